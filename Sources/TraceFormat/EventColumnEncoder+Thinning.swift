/// What is done only where kinds of events are left out: apart, for the other loops are the drainer's longest.
extension EventColumnEncoder {
  /// Puts the times and places of the events that are kept in the order of groups, and what corrects their words.
  @inline(never)
  mutating func placeThinned(_ words: UnsafePointer<UInt64>) {
    var position = 0
    var event = 0
    var before: UInt64 = 0
    while position < wordCount {
      let (start, time, packed) = (position, words[position], words[position + 1])
      position &+= 2 &+ RingRecord.wordCount(packed)
      if thinning.leavesOut(packed) {
        thinning.pass(at: time)
        continue
      }
      if event == 0 { (firstTime, before) = (time, time) }
      let group = Int(payload.load(fromByteOffset: event, as: UInt8.self))
      let place = Int(cursors[group])
      cursors[group] &+= 1
      deltas[place] = time &- before
      records[place] = UInt32(truncatingIfNeeded: start)
      shifts[place] = thinning.keep(packed, at: time)
      before = time
      event &+= 1
    }
    if event > 0 { lastTime = before }
  }

  /// Corrects the gathered words of a column, and measures it anew.
  @inline(never)
  func correct(_ events: Range<Int>, _ shape: inout ColumnShape) {
    for index in 0..<events.count { values[index] &+= shifts[events.lowerBound &+ index] }
    shape.base = values[0]
    shape.measureConstant(values, events.count)
  }
}

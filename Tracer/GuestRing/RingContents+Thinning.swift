import TraceFormat

extension RingContents {
  /// The same records, with the numbers that their events have in a trace out of which kinds of events are left.
  ///
  /// Nobody knows how many were among those that are missing: these are counted as the kernel counts them.
  ///
  /// - Parameter leftOutBefore: events before the first that are left out, as far as is known.
  consuming func thinned(by leftOut: LeftOutKinds, leftOutBefore: UInt64) -> RingContents {
    guard !leftOut.isEmpty else { return self }
    var contents = self
    var passed = leftOutBefore
    var spoilt = contents.spoilt[...]
    var renumbered: [SpoiltRecords] = []
    var stretches: [Stretch] = []
    func renumber(before number: UInt64) {
      while let first = spoilt.first, first.firstEvent < number {
        renumbered.append(SpoiltRecords(firstEvent: first.firstEvent - passed, count: first.count))
        spoilt.removeFirst()
      }
    }
    for stretch in contents.stretches {
      renumber(before: stretch.firstEvent)
      let count = stretch.count(of: leftOut)
      var thinned = stretch
      thinned.firstEvent -= passed
      thinned.eventCount -= count
      stretches.append(thinned)
      passed += UInt64(count)
    }
    renumber(before: .max)
    contents.renumber(stretches, renumbered, leftOutBefore: leftOutBefore)
    return contents
  }
}

extension RingContents.Stretch {
  /// How many of the records are of these kinds.
  fileprivate func count(of kinds: LeftOutKinds) -> Int {
    var (place, count) = (0, 0)
    while place + 1 < words.count {
      if kinds.contains(kind: UInt8(truncatingIfNeeded: words[place + 1])) { count += 1 }
      place += 2 + RingRecord.wordCount(words[place + 1])
    }
    return count
  }
}

/// Lays out the events of one block in groups of columns: the payload of an event block, before LZ4.
///
/// Works in memory that the caller gives; `prepare` sorts events into groups, `write` writes the columns.
struct EventColumnEncoder {
  /// Kinds whose operand's low byte names something (a line, a hypercall, a window, a port), so that events which
  /// share it are alike. Any choice gives a valid block; this one gives small ones.
  private static let kindsGroupedByOperand: UInt64 =
    bit(.interrupt) | bit(.hypercall) | bit(.exception) | bit(.kernelHandler) | bit(.mark) | bit(.upcall)
    | bit(.hypercallResult) | bit(.windowStart) | bit(.windowEnd) | bit(.portOperation) | bit(.spurious)
    | bit(.unclaimed) | bit(.acknowledged) | bit(.messageCopied)

  private static func bit(_ kind: EventKind) -> UInt64 { 1 &<< UInt64(kind.rawValue) }

  /// Beyond this many groups, events are grouped by kind and number of words only.
  private static let fineGroupLimit = 160
  private static let lookupEntries = 1024
  private static let bytesPerEvent = 4 + 8 + 8 + 8
  private static let bytesPerGroup = 8 + 4 + 4
  /// Bytes of scratch apart from those for events and payload.
  static let fixedBytes = lookupEntries + (TraceLimits.maximumGroupCount + 1) * bytesPerGroup

  static func scratchBytes(maximumEvents: Int) -> Int { fixedBytes + maximumEvents * bytesPerEvent }

  let maximumEvents: Int
  private let keys: UnsafeMutablePointer<UInt64>
  private let counts: UnsafeMutablePointer<UInt32>
  let cursors: UnsafeMutablePointer<UInt32>
  private let lookup: UnsafeMutablePointer<UInt8>
  /// Time deltas, in the order of groups.
  let deltas: UnsafeMutablePointer<UInt64>
  let values: UnsafeMutablePointer<UInt64>
  /// What is added to an event's word: to an entry's resume delay, or to the end's count of events; in the order of
  /// groups, and kept only while kinds are left out.
  let shifts: UnsafeMutablePointer<UInt64>
  /// Where each record begins, in words, in the order of groups.
  let records: UnsafeMutablePointer<UInt32>
  let payload: UnsafeMutableRawPointer
  private let payloadCapacity: Int
  private var groupCount = 0
  private(set) var eventCount = 0
  private(set) var wordCount = 0
  /// What the blocks' `loss` events count, in the prepared ones.
  private(set) var lost: UInt64 = 0
  /// Of the first and the last event prepared.
  var firstTime: UInt64 = 0
  var lastTime: UInt64 = 0
  /// What is passed over.
  var thinning = EventThinning()

  /// - Precondition: `scratch` has `scratchBytes(maximumEvents:)` bytes and is 8-byte aligned.
  init(scratch: UnsafeMutableRawBufferPointer, payload: UnsafeMutableRawBufferPointer, maximumEvents: Int) {
    precondition(scratch.count >= Self.scratchBytes(maximumEvents: maximumEvents))
    guard var next = scratch.baseAddress, let payloadBase = payload.baseAddress else { preconditionFailure() }
    // The scratch is cut into arrays, widest elements first, so that each is aligned.
    func take<Element>(_ type: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
      let array = next.bindMemory(to: type, capacity: count)
      next += count * MemoryLayout<Element>.stride
      return array
    }
    keys = take(UInt64.self, TraceLimits.maximumGroupCount + 1)
    deltas = take(UInt64.self, maximumEvents)
    values = take(UInt64.self, maximumEvents)
    shifts = take(UInt64.self, maximumEvents)
    counts = take(UInt32.self, TraceLimits.maximumGroupCount + 1)
    cursors = take(UInt32.self, TraceLimits.maximumGroupCount + 1)
    records = take(UInt32.self, maximumEvents)
    lookup = take(UInt8.self, Self.lookupEntries)
    self.payload = payloadBase
    payloadCapacity = payload.count
    self.maximumEvents = maximumEvents
  }

  // MARK: Grouping

  /// Sorts the whole records at the start of `words` into groups: as many as `limit`, memory and groups allow.
  ///
  /// Those that are left out count among the `limit`. Afterwards `eventCount` and `wordCount` tell how many events and
  /// how many words; no words where not even one record is whole.
  mutating func prepare(_ words: UnsafePointer<UInt64>, wordCount available: Int, limit: Int) {
    // Twice, so that who leaves nothing out does not ask at every record.
    if thinning.isThinning {
      group(words, available, limit, isThinned: true)
      placeThinned(words)
    } else {
      group(words, available, limit, isThinned: false)
      place(words)
    }
  }

  @inline(__always)
  private mutating func group(_ words: UnsafePointer<UInt64>, _ available: Int, _ limit: Int, isThinned: Bool) {
    lookup.update(repeating: 0, count: Self.lookupEntries)
    groupCount = 0
    lost = 0
    // What is passed over counts among the limit, so that blocks end where they would with it.
    var limit = min(limit, maximumEvents)
    var position = 0
    var event = 0
    // The worst that groups' headers and columns can take; the payload never outgrows it.
    var bound = 2
    while event < limit, available &- position >= 2 {
      let packed = words[position + 1]
      let length = RingRecord.wordCount(packed)
      guard available &- position >= 2 &+ length else { break }
      if isThinned, thinning.leavesOut(packed) {
        position &+= 2 &+ length
        limit &-= 1
        continue
      }
      let columns = EventColumn.firstWord &+ min(length, TraceLimits.maximumWordCount)
      bound &+= 15 &+ 8 &* (columns &- EventColumn.firstWord)
      guard bound &+ 4 &+ 20 &* columns <= payloadCapacity else { break }
      let groupsBefore = groupCount
      guard let group = self.group(of: packed) else { break }
      if groupCount != groupsBefore { bound &+= 4 &+ 20 &* columns }
      counts[group] &+= 1
      payload.storeBytes(of: UInt8(truncatingIfNeeded: group), toByteOffset: event, as: UInt8.self)
      if UInt8(truncatingIfNeeded: packed) == EventKind.loss.rawValue, length > 0 { lost &+= words[position + 2] }
      position &+= 2 &+ length
      event &+= 1
    }
    eventCount = event
    wordCount = position
    var start: UInt32 = 0
    for group in 0..<groupCount {
      cursors[group] = start
      start &+= counts[group]
    }
  }

  /// The group of a record with this second word, or nil where there are as many groups as can be.
  private mutating func group(of packed: UInt64) -> Int? {
    var mask: UInt64 = 0xFF00_00FF
    let kind = packed & 0xFF
    if kind < 64, Self.kindsGroupedByOperand &>> kind & 1 != 0 { mask = 0xFF_FF00_00FF }
    var key = packed & mask
    if groupCount >= Self.fineGroupLimit {
      if let fine = find(key) { return fine }
      key = packed & 0xFF00_00FF | 1 &<< 63
    }
    if let found = find(key) { return found }
    guard groupCount < TraceLimits.maximumGroupCount else { return nil }
    keys[groupCount] = key
    counts[groupCount] = 0
    var slot = Self.slot(key)
    while lookup[slot] != 0 { slot = (slot &+ 1) & (Self.lookupEntries &- 1) }
    groupCount &+= 1
    lookup[slot] = UInt8(truncatingIfNeeded: groupCount)
    return groupCount &- 1
  }

  @inline(__always)
  private func find(_ key: UInt64) -> Int? {
    var slot = Self.slot(key)
    while lookup[slot] != 0 {
      let group = Int(lookup[slot]) &- 1
      if keys[group] == key { return group }
      slot = (slot &+ 1) & (Self.lookupEntries &- 1)
    }
    return nil
  }

  @inline(__always)
  private static func slot(_ key: UInt64) -> Int { Int((key &* 0x9E37_79B1_85EB_CA87) &>> 54) }

  /// Puts the events' times and places in the order of groups.
  private mutating func place(_ words: UnsafePointer<UInt64>) {
    guard eventCount > 0 else { return }
    firstTime = words[0]
    var position = 0
    var before = words[0]
    for event in 0..<eventCount {
      let group = Int(payload.load(fromByteOffset: event, as: UInt8.self))
      let place = Int(cursors[group])
      cursors[group] &+= 1
      let time = words[position]
      deltas[place] = time &- before
      records[place] = UInt32(truncatingIfNeeded: position)
      before = time
      position &+= 2 &+ RingRecord.wordCount(words[position + 1])
    }
    lastTime = before
  }

  // MARK: Columns

  /// Writes the payload of the events prepared from `words`; returns its bytes.
  mutating func write(_ words: UnsafePointer<UInt64>) -> Int {
    var cursor = PayloadCursor(payload, eventCount)
    cursor.put(UInt64(groupCount), bytes: 2)
    var planes = cursor.position
    for group in 0..<groupCount { planes &+= headerBound(of: group) }
    // Headers grow towards the planes, which begin where the longest headers would end, and are moved down at last.
    let firstPlane = planes
    var first = 0
    for group in 0..<groupCount {
      let count = Int(counts[group])
      let wordCount = Self.wordCount(keys[group])
      cursor.put(keys[group] & 0xFF, bytes: 1)
      cursor.put(UInt64(wordCount), bytes: 1)
      cursor.put(UInt64(count), bytes: 4)
      for column in 0..<(EventColumn.firstWord &+ wordCount) {
        let isCorrected = thinning.isThinning && column == EventThinning.correctedColumn(of: keys[group])
        writeColumn(
          column, of: first..<(first &+ count), words, isCorrected: isCorrected, header: &cursor, planes: &planes)
      }
      first &+= count
    }
    let planeBytes = planes &- firstPlane
    (payload + cursor.position).copyMemory(from: payload + firstPlane, byteCount: planeBytes)
    return cursor.position &+ planeBytes
  }

  private static func wordCount(_ key: UInt64) -> Int {
    min(Int(key &>> 24 & 0xFF), TraceLimits.maximumWordCount)
  }

  private func headerBound(of group: Int) -> Int {
    6 &+ 18 &* (EventColumn.firstWord &+ Self.wordCount(keys[group]))
  }

  private func writeColumn(
    _ column: Int, of events: Range<Int>, _ words: UnsafePointer<UInt64>, isCorrected: Bool,
    header: inout PayloadCursor, planes: inout Int
  ) {
    let source = column == EventColumn.timeDelta ? deltas + events.lowerBound : values
    var shape = ColumnShape(bits: EventColumn.bitWidth(column))
    if column == EventColumn.timeDelta {
      shape.base = source[0]
      shape.measureConstant(source, events.count)
    } else {
      let place = Self.place(of: column)
      shape.base = gather(events, words, place, &shape.differences)
      if isCorrected { correct(events, &shape) }
    }
    if shape.differences != 0 {
      shape.choosePredictor(source, events.count)
      if column >= EventColumn.firstWord {
        shape.considerTime(source, records + events.lowerBound, words, events.count)
      }
      shape.replaceByResiduals(source, records + events.lowerBound, words, events.count)
    }
    let mask = shape.planeMask
    header.put(UInt64(mask), bytes: 1)
    header.put(UInt64(shape.predictor.rawValue) | UInt64(shape.baseBytes) &<< 4, bytes: 1)
    header.put(shape.base, bytes: shape.baseBytes)
    if shape.predictor == .step { header.put(shape.step, bytes: 8) }
    for plane in 0..<8 where mask &>> UInt8(plane) & 1 != 0 {
      let target = (payload + planes).assumingMemoryBound(to: UInt8.self)
      let shift = UInt64(plane) &<< 3
      for index in 0..<events.count { target[index] = UInt8(truncatingIfNeeded: source[index] &>> shift) }
      planes &+= events.count
    }
  }

  /// Where a column lies in a record: word, shift and mask.
  private static func place(of column: Int) -> (word: Int, shift: UInt64, mask: UInt64) {
    switch column {
    case EventColumn.partition: (1, 8, 0xFF)
    case EventColumn.detail: (1, 16, 0xFF)
    case EventColumn.operand: (1, 32, 0xFFFF_FFFF)
    default: (column &- EventColumn.firstWord &+ 2, 0, ~0)
    }
  }

  /// Copies a column to `values`; returns its first value and ors into `differences` how the others differ from it.
  private func gather(
    _ events: Range<Int>, _ words: UnsafePointer<UInt64>, _ place: (word: Int, shift: UInt64, mask: UInt64),
    _ differences: inout UInt64
  ) -> UInt64 {
    let records = self.records + events.lowerBound
    let first = words[Int(records[0]) &+ place.word] &>> place.shift & place.mask
    var different: UInt64 = 0
    for index in 0..<events.count {
      let value = words[Int(records[index]) &+ place.word] &>> place.shift & place.mask
      values[index] = value
      different |= value ^ first
    }
    differences = different
    return first
  }
}

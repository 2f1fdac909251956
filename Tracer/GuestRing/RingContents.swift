import TraceFormat

/// The records that a snapshot of a ring still has, as far as that is certain, and their place in the trace.
struct RingContents {
  /// The records, one after the other.
  private(set) var words: [UInt64] = []
  /// How many events the module had recorded before the first one.
  private(set) var firstEvent: UInt64 = 0
  private(set) var eventCount = 0
  /// The number in the trace of the block that ended before the first one; 0 where that is the module table's.
  private(set) var block: UInt32 = 0
  /// Events lost before the first one, as `loss` events before it count them.
  private(set) var lostBefore: UInt64 = 0
  /// Whether the last record is the end event.
  private(set) var isEnded = false
  /// What the user should know about how the machine was found.
  private(set) var remarks: [String] = []

  /// All records from the oldest boundary that is known and not overwritten.
  init(allOf ring: RingSnapshot) throws(RescueError) {
    var starts = ring.drained.filter { $0.position >= ring.firstIntact || $0 == ring.drained.last }
    if ring.firstIntact == 0 { starts.insert(.init(position: 0, events: 0, block: 0), at: 0) }
    if ring.drained.isEmpty, ring.firstIntact > 0 {
      throw .ringDamaged(reason: "the drainer does not tell where records begin")
    }
    for start in starts {
      guard let places = ring.records(from: start.position, to: ring.published.position) else { continue }
      // An older boundary counts only if it leads to the younger ones.
      let younger = ring.drained.filter { $0.position > start.position }
      guard younger.allSatisfy({ Self.index(of: $0.position, in: places, end: ring.published.position) != nil })
      else { continue }
      try self.init(ring, places, from: start.position)
      block = start.block ?? 0
      return
    }
    throw .ringDamaged(reason: "no run of whole records leads to its head")
  }

  /// All records from one word on, which must be where a record begins; nil where it is none.
  init?(of ring: RingSnapshot, from start: UInt64, notBefore time: UInt64) throws(RescueError) {
    guard let places = ring.records(from: start, to: ring.published.position, notBefore: time) else { return nil }
    try self.init(ring, places, from: start)
  }

  /// - Parameter places: where the records are, up to the published head.
  private init(_ ring: RingSnapshot, _ published: [UInt64], from start: UInt64) throws(RescueError) {
    var places = published
    var end = ring.published.position
    let lastTime = published.last.map { ring[$0] } ?? 0
    // A kernel that stopped inside has recorded what it had not published yet: the very events that tell why.
    if let own = ring.own, own.position > end,
      let more = ring.records(from: end, to: own.position, notBefore: lastTime)
    {
      places += more
      end = own.position
      remarks.append("the kernel had stopped inside: its last \(more.count) events were not published yet")
    }
    firstEvent = try Self.firstEvent(ring, places, start: start, end: end)
    eventCount = places.count
    words = (start..<end).map { ring[$0] }
    var lost: UInt64 = 0
    for place in places where UInt8(truncatingIfNeeded: ring[place + 1]) == EventKind.loss.rawValue {
      lost += ring[place + 2]
    }
    lostBefore = ring.reportedLoss >= lost ? ring.reportedLoss - lost : 0
    isEnded = places.last.map { UInt8(truncatingIfNeeded: ring[$0 + 1]) == EventKind.end.rawValue } ?? false
    if ring.unreportedLoss > 0 {
      remarks.append("\(ring.unreportedLoss) events more had found no room in the ring")
    }
  }

  /// What the statements of kernel and drainer make the number of the first event, of which most agree.
  ///
  /// A machine may stop between two stores, so that one of them is out of date; they are not all so at one instant.
  private static func firstEvent(
    _ ring: RingSnapshot, _ places: [UInt64], start: UInt64, end: UInt64
  ) throws(RescueError) -> UInt64 {
    var claims = ring.drained + [ring.published]
    if let own = ring.own { claims.append(own) }
    if start == 0 { claims.append(.init(position: 0, events: 0)) }
    var votes: [UInt64: Int] = [:]
    for claim in claims {
      guard let index = index(of: claim.position, in: places, end: end), claim.events >= UInt64(index) else { continue }
      votes[claim.events - UInt64(index), default: 0] += 1
    }
    let best = votes.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard let best else { throw .ringDamaged(reason: "its counts of events contradict its records") }
    return best.key
  }

  /// How many of the records lie before a word; nil where no record begins there.
  private static func index(of position: UInt64, in places: [UInt64], end: UInt64) -> Int? {
    if position == end { return places.count }
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < position { low = middle + 1 } else { high = middle }
    }
    return low < places.count && places[low] == position ? low : nil
  }
}

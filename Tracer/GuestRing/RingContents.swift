import TraceFormat

/// Events of a ring that are not what the kernel wrote any more, and are left out.
public struct SpoiltRecords: Equatable, Sendable {
  /// Number of the first one.
  public var firstEvent: UInt64
  /// How many there are, up to the next one that is the kernel's.
  public var count: UInt64

  /// Events `firstEvent` to `firstEvent + count - 1` of the run.
  public init(firstEvent: UInt64, count: UInt64) {
    self.firstEvent = firstEvent
    self.count = count
  }
}

/// The records that a snapshot of a ring still has, as far as that is certain, and their place in the trace.
struct RingContents {
  /// Records one behind the other.
  struct Stretch {
    /// How many events the module had recorded before the first one.
    var firstEvent: UInt64
    var eventCount: Int
    var words: [UInt64]
    /// Events lost before the first one, as `loss` events before it count them.
    var lostBefore: UInt64 = 0
  }

  /// In their order, each with spoilt records before it, but for the first.
  private(set) var stretches: [Stretch] = []
  private(set) var spoilt: [SpoiltRecords] = []
  /// The number in the trace of the block that ended before the first one; 0 where that is the module table's.
  private(set) var block: UInt32 = 0
  /// Events before the first one, and behind what the trace continued has, that the trace leaves out.
  private(set) var leftOutBefore: UInt64 = 0
  /// Whether the last record is the end event.
  private(set) var isEnded = false
  /// What the user should know about how the machine was found.
  private(set) var remarks: [String] = []
  /// Whether the ring holds something else than the kernel's records, or what is said of it contradicts itself.
  private(set) var isSpoilt = false

  var firstEvent: UInt64 { stretches.first?.firstEvent ?? 0 }
  var eventCount: Int { stretches.reduce(0) { $0 + $1.eventCount } }

  /// All records from the oldest boundary that is known and not overwritten.
  init(allOf ring: RingSnapshot, isInterrupted: @escaping () -> Bool = { false }) throws(RescueError) {
    // Behind the drainer's last block all is whole, where that ends before what is surely intact, too; behind a flight
    // recorder's marks it is not.
    let fallback = ring.isFlightRecorder ? nil : ring.drained.last
    let intact = ring.drained.first { $0.position >= ring.firstIntact } ?? fallback
    let start = ring.firstIntact == 0 ? RingSnapshot.Claim(position: 0, events: 0, block: 0) : intact
    guard let start else {
      let teller = ring.isFlightRecorder ? "the kernel" : "the drainer"
      throw .ringDamaged(reason: "\(teller) does not tell where records begin")
    }
    try self.init(
      of: ring, from: start.position, events: start.isPossible ? start.events : nil, notBefore: 0,
      isInterrupted: isInterrupted)
    guard !stretches.isEmpty else { throw .ringDamaged(reason: "no run of whole records leads to its head") }
    block = start.block ?? 0
  }

  /// All records from one word on, where a record must begin.
  ///
  /// - Parameters:
  ///   - events: recorded before it, as is known from elsewhere; nil where it is not.
  ///   - isInterrupted: asked now and then; true ends the walk through the ring.
  init(
    of ring: RingSnapshot, from start: UInt64, events: UInt64?, notBefore time: UInt64,
    isInterrupted: @escaping () -> Bool = { false }
  ) throws(RescueError) {
    // The kernel never overwrites what the drainer has not taken.
    guard start <= ring.end, ring.end - start <= ring.capacity else {
      throw .ringDamaged(reason: "its head is further than its length from where records are known to begin")
    }
    let walk = RingWalk(ring, from: start, notBefore: time, isInterrupted: isInterrupted)
    guard !walk.wasInterrupted else { throw .interrupted }
    isSpoilt = !walk.isIntact
    var kept: [(stretch: RingWalk.Stretch, first: UInt64)] = []
    for stretch in walk.stretches {
      // Without a mark in it nobody knows its events' numbers.
      let known = stretch.start == walk.start ? events : nil
      guard let first = countedFirstEvent(ring, stretch) ?? known else { continue }
      try Self.join(stretch, first, to: &kept)
    }
    if kept.isEmpty, walk.isIntact, walk.start < walk.end {
      throw .ringDamaged(reason: "its counts of events contradict its records")
    }
    var next = events
    for (stretch, first) in kept {
      if stretch.start > walk.start { note(from: next, to: first) }
      next = first + UInt64(stretch.places.count)
      stretches.append(
        Stretch(
          firstEvent: first, eventCount: stretch.places.count, words: (stretch.start..<stretch.end).map { ring[$0] }))
    }
    countLosses(kept.map(\.stretch), ring)
    describeEnd(ring, walk, kept.last?.stretch, next)
  }

  /// Adds a stretch behind those before, whose numbers it must not contradict.
  private static func join(
    _ stretch: RingWalk.Stretch, _ first: UInt64, to kept: inout [(stretch: RingWalk.Stretch, first: UInt64)]
  ) throws(RescueError) {
    if let (last, number) = kept.last {
      let end = number + UInt64(last.places.count)
      // The words between are of a record that is counted: the one before them has said a wrong length.
      if first == end { kept[kept.count - 1].stretch.removeLast() }
      guard first >= end, first - end <= (stretch.start - last.end) / 2 else {
        throw .ringDamaged(reason: "its counts of events contradict its records")
      }
      if kept[kept.count - 1].stretch.places.isEmpty { kept.removeLast() }
    }
    kept.append((stretch, first))
  }

  private mutating func note(from next: UInt64?, to first: UInt64) {
    guard let next, next < first else { return }
    spoilt.append(SpoiltRecords(firstEvent: next, count: first - next))
  }

  /// How many events had been lost before each stretch: what was reported in all, less what follows.
  private mutating func countLosses(_ kept: [RingWalk.Stretch], _ ring: RingSnapshot) {
    var later: UInt64 = 0
    for (index, stretch) in kept.enumerated().reversed() {
      for place in stretch.places where ring.kindNumber(at: place) == EventKind.loss.rawValue {
        later &+= ring[place + 2]
      }
      let isFirst = stretch.start == 0
      stretches[index].lostBefore = !isFirst && ring.reportedLoss >= later ? ring.reportedLoss - later : 0
    }
  }

  /// What lies between the last stretch and the head, and what else is to be known of the end.
  private mutating func describeEnd(
    _ ring: RingSnapshot, _ walk: RingWalk, _ last: RingWalk.Stretch?, _ next: UInt64?
  ) {
    if let own = ring.own, own.position > ring.published.position {
      let unpublished = last?.places.reversed().prefix { $0 >= ring.published.position }.count ?? 0
      if unpublished > 0 {
        remarks.append("the kernel had stopped inside: its last \(unpublished) events were not published yet")
      }
    }
    let reachesEnd = walk.start == walk.end || last?.end == walk.end
    if !reachesEnd, let next {
      let counted = (ring.own ?? ring.published).events
      let most = (walk.end - (last?.end ?? walk.start)) / 2
      // A count that cannot be is not told.
      spoilt.append(SpoiltRecords(firstEvent: next, count: counted > next ? min(counted - next, max(most, 1)) : 1))
    }
    if let last, reachesEnd, let place = last.places.last {
      isEnded = ring.kindNumber(at: place) == EventKind.end.rawValue
    }
    if ring.unreportedLoss > 0 {
      remarks.append("\(ring.unreportedLoss) events more had found no room in the ring")
    }
  }

  /// Takes other numbers for the events.
  mutating func renumber(_ stretches: [Stretch], _ spoilt: [SpoiltRecords], leftOutBefore: UInt64) {
    (self.stretches, self.spoilt, self.leftOutBefore) = (stretches, spoilt, leftOutBefore)
  }

  /// What the statements of kernel and drainer make the number of a stretch's first event, of which most agree; nil
  /// where they say nothing of it.
  ///
  /// A machine may stop between two stores, so that one of them is out of date; they are not all so at one instant.
  private mutating func countedFirstEvent(_ ring: RingSnapshot, _ stretch: RingWalk.Stretch) -> UInt64? {
    var claims = ring.drained + [ring.published]
    if let own = ring.own { claims.append(own) }
    if stretch.start == 0 { claims.append(.init(position: 0, events: 0)) }
    var votes: [UInt64: Int] = [:]
    var others = 0
    for claim in claims {
      guard let index = Self.index(of: claim.position, in: stretch.places, end: stretch.end),
        claim.events >= UInt64(index)
      else { continue }
      guard claim.isPossible else {
        others += 1
        continue
      }
      votes[claim.events - UInt64(index), default: 0] += 1
    }
    let best = votes.max(by: { ($0.value, $1.key) < ($1.value, $0.key) })
    others += votes.values.reduce(0, +) - (best?.value ?? 0)
    if others > 1 {
      isSpoilt = true
      remarks.append("\(others) counts of kernel and drainer contradict the others: events may have wrong numbers")
    }
    return best?.key
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

/// The handlers of one interrupt that were recorded and that nobody has taken yet, in order.
///
/// The last ones are there as strands, for they may still be recorded; of earlier ones that are over only their deeds
/// are kept, which can be put aside.
final class HandlerQueue {
  /// A handler that is over.
  private struct Closed {
    var deedCount: Int
    var hasReturned: Bool
    var computation: UInt64
    var wasOn: Bool?
    var turn: UInt64
    var timerEntry: (outcome: TimerOutcome, time: UInt64)?
  }

  private let room: SpillRoom?
  private let closed: SpillingQueue<Closed>
  private let deeds: SpillingQueue<RecordedDeed>
  private var recent = FIFO<RecordedStrand>()

  /// Strands that stay strands.
  private static let recentCount = 32

  init(room: SpillRoom?) {
    self.room = room
    closed = SpillingQueue(room: room)
    deeds = SpillingQueue(room: room)
  }

  var isEmpty: Bool { closed.isEmpty && recent.isEmpty }

  func append(_ strand: RecordedStrand) {
    recent.append(strand)
    while recent.count > Self.recentCount, let oldest = recent.front, oldest.end != .open, oldest.isKeptWhole {
      recent.removeFirst()
      for number in 0..<oldest.count {
        if let deed = oldest.deed(number) { deeds.append(deed) }
      }
      closed.append(
        Closed(
          deedCount: oldest.count, hasReturned: oldest.end == .returned, computation: oldest.computation,
          wasOn: oldest.wasOn, turn: oldest.turn, timerEntry: oldest.timerEntry))
    }
  }

  /// The next one; nil where there is none.
  func take() -> RecordedStrand? {
    guard let next = closed.front else {
      let strand = recent.front
      if strand != nil { recent.removeFirst() }
      return strand
    }
    closed.removeFirst()
    let strand = RecordedStrand(end: next.hasReturned ? .returned : .cut, room: room)
    for _ in 0..<next.deedCount {
      if let deed = deeds.front { strand.append(deed) }
      deeds.removeFirst()
    }
    strand.computation = next.computation
    strand.wasOn = next.wasOn
    strand.turn = next.turn
    strand.timerEntry = next.timerEntry
    return strand
  }
}

/// Leaves kinds of events out of what is encoded, and says what of the others has to be corrected for that.
///
/// An entry's resume delay counts from the event before, and the end counts the events of the trace: both are made to
/// speak of events that are there.
struct EventThinning {
  /// What is left out.
  var kinds = LeftOutKinds.none
  /// Records passed over, ever.
  private(set) var count: UInt64 = 0
  /// Time of the last event kept; nil where none is known.
  private var lastTime: UInt64?
  /// By how much later the last event was that has been passed over behind that one.
  private var delay: UInt64 = 0

  var isThinning: Bool { !kinds.isEmpty }

  /// Whether a record with this second word is passed over.
  @inline(__always)
  func leavesOut(_ packed: UInt64) -> Bool { kinds.contains(kind: UInt8(truncatingIfNeeded: packed)) }

  /// A record is passed over.
  mutating func pass(at time: UInt64) {
    count &+= 1
    // Where nobody knows what was before, nothing can count from it.
    if let lastTime { delay = time &- lastTime }
  }

  /// A record with this second word is kept; answers what is to be added to its corrected word, if it has one.
  mutating func keep(_ packed: UInt64, at time: UInt64) -> UInt64 {
    defer { (lastTime, delay) = (time, 0) }
    switch UInt8(truncatingIfNeeded: packed) {
    case EventKind.interrupt.rawValue:
      let isPulse = UInt8(truncatingIfNeeded: packed &>> 16) & EntrySnapshot.Flags.isPulse.rawValue != 0
      return isPulse ? 0 : delay
    case EventKind.timer.rawValue, EventKind.hypercall.rawValue, EventKind.exception.rawValue: return delay
    case EventKind.end.rawValue: return 0 &- count
    default: return 0
    }
  }

  /// The column of the word that is corrected in events of a group's kind.
  static func correctedColumn(of key: UInt64) -> Int {
    key & 0xFF == UInt64(EventKind.end.rawValue) ? EventColumn.firstWord : EventColumn.firstWord &+ 1
  }

  /// Goes on behind an event of this time, nil for none that is known, with so many records passed over before.
  mutating func resume(after time: UInt64?, count: UInt64) {
    (lastTime, delay) = (time, 0)
    self.count = count
  }
}

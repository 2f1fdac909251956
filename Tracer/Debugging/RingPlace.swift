/// Where an event's record is in the kernel's ring.
public struct RingPlace: Equatable, Sendable {
  /// Its first word, counted from the run's beginning as if nothing were ever overwritten.
  public var word: UInt64
  /// Its second word: `RingRecord.packed`.
  public var head: UInt64

  /// As `TraceAgreement` finds it, by counting the words of all events before.
  public init(word: UInt64, head: UInt64) {
    self.word = word
    self.head = head
  }
}

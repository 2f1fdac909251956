import TraceFormat

/// An event as who judges millions of them needs it: 64 bytes, which are one line of the processor's cache.
///
/// Nearly all kinds have six words at most. What others have lies elsewhere, in a `Rest`: `RowBuffer` finds it.
public struct EventRow: Sendable {
  /// Nanoseconds of the module's clock.
  public var time: UInt64
  /// The raw kind, which may be none of `EventKind`.
  public var kind: UInt8
  /// A partition index; 0xFF for none.
  public var partition: UInt8
  /// What the kind says, 8 bits.
  public var detail: UInt8
  /// How many words were recorded; with more than six there is a rest.
  public var wordCount: UInt8
  /// What the kind says, 32 bits.
  public var operand: UInt32
  /// The first six words.
  public var words: Words

  /// Six words; those beyond the event's own are 0.
  public struct Words: Sendable {
    public var w0, w1, w2, w3, w4, w5: UInt64

    /// The first six of an event's words.
    @inlinable public init(_ words: TraceEvent.Words) {
      (w0, w1, w2, w3, w4, w5) = (words.w0, words.w1, words.w2, words.w3, words.w4, words.w5)
    }
  }

  /// The words of an event behind the sixth; those beyond the event's own are 0.
  public struct Rest: Sendable {
    public var w6, w7: UInt64

    /// None.
    @inlinable public init() { (w6, w7) = (0, 0) }

    /// Those of an event.
    @inlinable public init(_ event: TraceEvent) { (w6, w7) = (event.words.w6, event.words.w7) }
  }

  /// An event without the rest of its words, which it is said to have.
  @inlinable public init(_ event: TraceEvent) {
    (time, kind, partition, detail) = (event.time, event.kind, event.partition, event.detail)
    wordCount = UInt8(Self.mostWords)
    operand = event.operand
    words = Words(event.words)
  }

  /// Words of an event with its rest.
  public static let mostWords = 8
  /// Words without it.
  public static let ownWords = 6
}

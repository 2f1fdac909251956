import TraceFormat

/// Which events a claim of the module file is about: those of a kind that have the fields named, all where none is.
public struct EventPattern: Equatable, Sendable {
  /// The event's kind; one pattern has one.
  public var kind: EventKind
  /// The event's `partition`, or nil for any.
  public var partition: UInt8?
  /// The event's `operand` (a vector, a hypercall's number, a port's index, a frame's number), or nil for any; its low
  /// 16 bits where the others say something else: of interrupts, timers, hypercalls, exceptions and health errors.
  public var operand: UInt16?
  /// The event's `detail`, whose meaning `EventKind` has, or nil for any.
  public var detail: UInt8?

  /// Every event of this kind, where nothing else is given.
  public init(_ kind: EventKind, partition: UInt8? = nil, operand: UInt16? = nil, detail: UInt8? = nil) {
    self.kind = kind
    self.partition = partition
    self.operand = operand
    self.detail = detail
  }

  /// Bits 0–7 kind, 8–15 partition, 16–31 operand, 32–39 detail; bits 40, 41, 42 say which of the three count.
  public init?(word: UInt64) {
    guard let kind = EventKind(rawValue: UInt8(truncatingIfNeeded: word)), word >> 43 == 0 else { return nil }
    self.kind = kind
    partition = word >> 40 & 1 != 0 ? UInt8(truncatingIfNeeded: word >> 8) : nil
    operand = word >> 41 & 1 != 0 ? UInt16(truncatingIfNeeded: word >> 16) : nil
    detail = word >> 42 & 1 != 0 ? UInt8(truncatingIfNeeded: word >> 32) : nil
  }

  /// As `init(word:)` reads it; the bits of a field that may be anything are 0.
  public var word: UInt64 {
    var word = UInt64(kind.rawValue)
    if let partition { word |= UInt64(partition) << 8 | 1 << 40 }
    if let operand { word |= UInt64(operand) << 16 | 1 << 41 }
    if let detail { word |= UInt64(detail) << 32 | 1 << 42 }
    return word
  }
}

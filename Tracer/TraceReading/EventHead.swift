import TraceFormat

/// What every event has beside its time and words, in one number: the second word of a `RingRecord`.
public struct EventHead: Equatable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  @inlinable public var partition: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 8) }
  @inlinable public var detail: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 16) }
  @inlinable public var wordCount: Int { Int(rawValue &>> 24 & 0xFF) }
  @inlinable public var operand: UInt32 { UInt32(truncatingIfNeeded: rawValue &>> 32) }

  /// Where a column of the format lies in it: bits to shift by, and the mask of what is shifted.
  static func place(of column: Int) -> (shift: UInt64, mask: UInt64) {
    switch column {
    case EventColumn.partition: (8, 0xFF)
    case EventColumn.detail: (16, 0xFF)
    default: (32, 0xFFFF_FFFF)
    }
  }
}

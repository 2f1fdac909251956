import APEXTypes

/// Whom and what an event is about, partition and operand, packed as in a record of the ring: for those who write the
/// same again and again.
public struct EventOrigin: BitwiseCopyable, Sendable {
  /// The partition in bits 8–15 and the operand in bits 32–63, as in `RingRecord`; the other bits are 0.
  public let word: UInt64

  /// An origin; without an operand `with` can give it one later.
  @inlinable public init(_ partition: PartitionIndex, operand: UInt32 = 0) {
    word = UInt64(partition.rawValue) &<< 8 | UInt64(operand) &<< 32
  }

  @usableFromInline init(word: UInt64) { self.word = word }

  /// Whom such events are about; `none` for the kernel itself.
  @inlinable public var partition: PartitionIndex { PartitionIndex(UInt8(truncatingIfNeeded: word &>> 8)) }
  /// What such events are about, as their kind says.
  @inlinable public var operand: UInt32 { UInt32(truncatingIfNeeded: word &>> 32) }

  /// The same partition with an operand; this one has none.
  @inlinable public func with(operand: UInt32) -> EventOrigin { EventOrigin(word: word | UInt64(operand) &<< 32) }

  /// The second word of such an event's record (`RingRecord`).
  @inlinable public func packed(kind: UInt8, detail: UInt8, wordCount: Int) -> UInt64 {
    word | UInt64(kind) | UInt64(detail) &<< 16 | UInt64(UInt8(truncatingIfNeeded: wordCount)) &<< 24
  }
}

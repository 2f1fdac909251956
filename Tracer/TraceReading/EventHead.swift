import ColumnKernels
import TraceFormat

/// What every event has beside its time and words, in one number: the second word of a `RingRecord`.
public struct EventHead: Equatable, Sendable {
  public var rawValue: UInt64

  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The head of an event whose number of words is left at 0.
  @inlinable @inline(__always)
  public init(kind: UInt8, partition: UInt8, detail: UInt8, operand: UInt32) {
    rawValue = UInt64(kind) | UInt64(partition) &<< 8 | UInt64(detail) &<< 16 | UInt64(operand) &<< 32
  }

  /// The same of an event where it lies, read at once.
  ///
  /// Unsafe: its parts lie as `checkLayout` says, which has been asked.
  @inlinable @inline(__always)
  public init(of event: UnsafePointer<TraceEvent>) {
    let raw = UnsafeRawPointer(event).load(fromByteOffset: 8, as: UInt64.self)
    rawValue = raw & 0xFFFF_FFFF_00FF_FFFF
  }

  @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  @inlinable public var partition: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 8) }
  @inlinable public var detail: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 16) }
  @inlinable public var wordCount: Int { Int(rawValue &>> 24 & 0xFF) }
  @inlinable public var operand: UInt32 { UInt32(truncatingIfNeeded: rawValue &>> 32) }

  /// Whether an event in memory has its time first, then its parts in the order of a head (kind, partition, detail, a
  /// byte that nobody reads, operand), then its words: as `partita_rows` writes them. Looked at once.
  private static let isEventAlike =
    MemoryLayout<TraceEvent>.offset(of: \.time) == 0 && MemoryLayout<TraceEvent>.offset(of: \.kind) == 8
    && MemoryLayout<TraceEvent>.offset(of: \.partition) == 9
    && MemoryLayout<TraceEvent>.offset(of: \.detail) == 10 && MemoryLayout<TraceEvent>.offset(of: \.operand) == 12
    && MemoryLayout<TraceEvent>.offset(of: \.words) == 16
    && MemoryLayout<TraceEvent>.stride == Int(PARTITA_ROW_BYTES)
  public static func checkLayout() { precondition(isEventAlike) }

  /// Where a column of the format lies in it: bits to shift by, and the mask of what is shifted.
  static func place(of column: Int) -> (shift: UInt64, mask: UInt64) {
    switch column {
    case EventColumn.partition: (8, 0xFF)
    case EventColumn.detail: (16, 0xFF)
    default: (32, 0xFFFF_FFFF)
    }
  }
}

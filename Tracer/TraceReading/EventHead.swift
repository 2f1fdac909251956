import ColumnKernels
import EventRows
import TraceFormat

/// What every event has beside its time and words, in one number: the second word of a `RingRecord`.
public struct EventHead: Equatable, Sendable {
  /// Bits 0–7 kind, 8–15 partition, 16–23 detail, 24–31 number of words, 32–63 operand.
  public var rawValue: UInt64

  /// - Parameter rawValue: any is a head, as one of `EventColumns.heads` is.
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

  /// Raw value of an `EventKind`, or one that this version does not know.
  @inlinable public var kind: UInt8 { UInt8(truncatingIfNeeded: rawValue) }
  /// Index in the module table; 255 for none, or the idle loop.
  @inlinable public var partition: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 8) }
  /// What the event's kind has there: see `EventKind`.
  @inlinable public var detail: UInt8 { UInt8(truncatingIfNeeded: rawValue &>> 16) }
  /// How many words were recorded; 0 in a head that was made of an event, which does not know.
  @inlinable public var wordCount: Int { Int(rawValue &>> 24 & 0xFF) }
  /// What the event's kind has there: see `EventKind`.
  @inlinable public var operand: UInt32 { UInt32(truncatingIfNeeded: rawValue &>> 32) }

  /// Whether an event in memory has its time first, then its parts in the order of a head (kind, partition, detail, a
  /// byte that nobody reads, operand), then its words: as `partita_events` writes them. Looked at once.
  private static let isEventAlike =
    MemoryLayout<TraceEvent>.offset(of: \.time) == 0 && MemoryLayout<TraceEvent>.offset(of: \.kind) == 8
    && MemoryLayout<TraceEvent>.offset(of: \.partition) == 9
    && MemoryLayout<TraceEvent>.offset(of: \.detail) == 10 && MemoryLayout<TraceEvent>.offset(of: \.operand) == 12
    && MemoryLayout<TraceEvent>.offset(of: \.words) == 16
    && MemoryLayout<TraceEvent>.stride == Int(PARTITA_EVENT_BYTES)

  /// The same of a row.
  private static let isRowAlike =
    MemoryLayout<EventRow>.offset(of: \.time) == 0 && MemoryLayout<EventRow>.offset(of: \.kind) == 8
    && MemoryLayout<EventRow>.offset(of: \.partition) == 9 && MemoryLayout<EventRow>.offset(of: \.detail) == 10
    && MemoryLayout<EventRow>.offset(of: \.wordCount) == 11
    && MemoryLayout<EventRow>.offset(of: \.operand) == 12 && MemoryLayout<EventRow>.offset(of: \.words) == 16
    && MemoryLayout<EventRow>.stride == Int(PARTITA_ROW_BYTES) && MemoryLayout<EventRow.Rest>.stride == 16

  /// Traps where events do not lie in memory as `init(of:)` and the kernels in C take for granted.
  public static func checkLayout() { precondition(isEventAlike && isRowAlike) }

  /// Where a column of the format lies in it: bits to shift by, and the mask of what is shifted.
  static func place(of column: Int) -> (shift: UInt64, mask: UInt64) {
    switch column {
    case EventColumn.partition: (8, 0xFF)
    case EventColumn.detail: (16, 0xFF)
    default: (32, 0xFFFF_FFFF)
    }
  }
}

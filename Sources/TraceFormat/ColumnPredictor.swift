/// How a column's values follow from what a decoder already has. The numbers are part of the format.
///
/// A column stores the residuals `value − prediction`, wrapping in the column's width, as zigzag numbers (0, −1, 1,
/// −2 … become 0, 1, 2, 3 …), so that small residuals of either sign leave the high bytes zero.
public enum ColumnPredictor: UInt8, Sendable {
  /// The column's base.
  case base = 0
  /// The value before in the same group; the base for the first.
  case previous = 1
  /// The value before plus the column's step; the base for the first.
  case step = 2
  /// The event's time plus the base.
  case time = 3
}

/// The columns that every group has, before those of its words.
public enum EventColumn {
  /// Time since the event before in the block, whatever its group; since the base time for the first.
  public static let timeDelta = 0
  /// Column of `TraceEvent.partition`, 8 bits.
  public static let partition = 1
  /// Column of `TraceEvent.detail`, 8 bits.
  public static let detail = 2
  /// Column of `TraceEvent.operand`, 32 bits.
  public static let operand = 3
  /// First of the columns for words 0 … 7.
  public static let firstWord = 4

  /// Bits of the values of a column.
  @inlinable public static func bitWidth(_ column: Int) -> UInt64 {
    switch column {
    case partition, detail: 8
    case operand: 32
    default: 64
    }
  }

  /// The bytes in which a column's residuals can differ from 0.
  @inlinable public static func byteWidth(_ column: Int) -> Int { Int(bitWidth(column) &>> 3) }

  /// A difference of two values of `bits` bits as a zigzag number of as many bits.
  @inlinable public static func zigzag(_ difference: UInt64, bits: UInt64) -> UInt64 {
    let signed = Int64(bitPattern: difference &<< (64 &- bits)) &>> Int64(64 &- bits)
    return UInt64(bitPattern: signed &<< 1 ^ signed &>> 63)
  }
}

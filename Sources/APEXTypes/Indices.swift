/// A partition's place in the module table, 0 … `ModuleLimits.maximumPartitionCount` − 1.
///
/// The integrator's `PartitionIdentifier` may be any number; inside kernel and trace the dense index is used.
public struct PartitionIndex: Hashable, Sendable, BitwiseCopyable {
  /// The place in the table; 0xFF for `none`.
  public var rawValue: UInt8

  /// The partition at this place, whether the module has one there or not.
  @inlinable public init(_ rawValue: UInt8) { self.rawValue = rawValue }

  /// Stands for 'no partition': the hardware idle loop, or the kernel itself.
  @inlinable public static var none: PartitionIndex { PartitionIndex(0xFF) }
  /// Whether it stands for no partition.
  @inlinable public var isNone: Bool { rawValue == 0xFF }
}

/// One of the sixteen lines of the two 8259 interrupt controllers, 0 … 15.
public struct InterruptLine: Hashable, Sendable {
  /// 0 … 7 at the first controller, 8 … 15 at the second.
  public var rawValue: UInt8

  /// - Precondition: `rawValue` is below 16.
  @inlinable public init(_ rawValue: UInt8) {
    precondition(rawValue < 16)
    self.rawValue = rawValue
  }

  /// The line whose vector this is, or nil outside 32 … 47.
  @inlinable public init?(vector: UInt64) {
    guard vector >= 32, vector < 48 else { return nil }
    rawValue = UInt8(truncatingIfNeeded: vector &- 32)
  }

  /// The interrupt vector of this line, 32 … 47 (lineage row L1).
  @inlinable public var vector: UInt8 { rawValue &+ 32 }
  /// Its bit in a mask of all lines, as the controllers and the module table have them.
  @inlinable public var bit: UInt16 { 1 &<< UInt16(rawValue) }

  /// The programmable interval timer's line, which has a kernel handler and may have guests too.
  @inlinable public static var intervalTimer: InterruptLine { InterruptLine(0) }
}

/// An interrupt of a vCPU: a device line, an event channel's end, or one of the kernel's own three.
///
/// | index | vector | what |
/// |---|---|---|
/// | 0 … 15 | 32 … 47 | the lines of the interrupt controllers (lineage row L1) |
/// | 16 … 31 | 48 … 63 | event channels from other partitions (lineage row L4) |
/// | 32 | 64 | the vCPU's own timer |
/// | 33 | 65 | the health monitor has taken an error at module level; system partitions only |
/// | 34 | 66 | a queuing port's state has changed: no longer empty, or no longer full |
///
/// All of them are registered, enabled, marked, delivered and acknowledged alike, by their vector.
public struct VirtualInterrupt: Hashable, Sendable, BitwiseCopyable {
  /// The index, 0 … 34, by which vCPUs keep what they know of it.
  public var rawValue: UInt8

  /// - Precondition: `rawValue` is below `count`.
  @inlinable public init(_ rawValue: UInt8) {
    precondition(rawValue < VirtualInterrupt.count)
    self.rawValue = rawValue
  }

  /// The interrupt whose vector this is, or nil outside 32 … 66.
  @inlinable public init?(vector: UInt64) {
    guard vector >= 32, vector < 32 + UInt64(VirtualInterrupt.count) else { return nil }
    rawValue = UInt8(truncatingIfNeeded: vector &- 32)
  }

  /// The interrupt that a device line is to a vCPU: the two have the same index.
  @inlinable public init(_ line: InterruptLine) { rawValue = line.rawValue }

  /// How many there are.
  @inlinable public static var count: UInt8 { 35 }
  /// Vector 64: a tick of the virtual timer (`HypercallNumber.setTimer`) fell due.
  @inlinable public static var timer: VirtualInterrupt { VirtualInterrupt(32) }
  /// Vector 65: the health monitor has taken an error at module level, and the system partitions may act on it first.
  @inlinable public static var health: VirtualInterrupt { VirtualInterrupt(33) }
  /// Vector 66: one of the partition's queuing ports is no longer empty, or no longer full.
  @inlinable public static var queuingPort: VirtualInterrupt { VirtualInterrupt(34) }
  /// Vectors that event channels may use.
  @inlinable public static var eventVectors: Range<UInt64> { 48..<64 }

  /// What hypercalls and upcalls name it by, 32 … 66.
  @inlinable public var vector: UInt8 { rawValue &+ 32 }
  /// Its bit in a word that has one for each interrupt of a vCPU.
  @inlinable public var bit: UInt64 { 1 &<< UInt64(rawValue) }
  /// The device line, where it is one.
  @inlinable public var line: InterruptLine? { rawValue < 16 ? InterruptLine(rawValue) : nil }
}

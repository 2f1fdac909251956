import PartitionEntry

/// A register of a device in I/O space, which the module grants to the partition.
///
/// Touching a port without a grant is a fault that the health monitor decides upon.
public struct IOPort: Sendable {
  /// Its address in I/O space; only those below 0x8000 can be granted.
  public let number: UInt16

  /// The register at this address; whether it is granted shows with the first access.
  @inlinable public init(_ number: UInt16) { self.number = number }

  /// Reads the register.
  @inlinable public func read() -> UInt8 { partita_port_read(number) }
  /// Writes the register.
  @inlinable public func write(_ value: UInt8) { partita_port_write(number, value) }
}

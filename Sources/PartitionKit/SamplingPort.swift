import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessScheduling

/// A port that holds the latest message only.
public struct SamplingPort: Sendable {
  /// A message as it was read.
  public struct Reading: Equatable, Sendable {
    /// Length of the message, which stands at the buffer's beginning.
    public var byteCount: Int
    /// Whether the message is no older than the port's refresh period.
    public var isValid: Bool

    /// A message that was read, as the kernel's answer tells of it.
    @inlinable public init(byteCount: Int, isValid: Bool) {
      self.byteCount = byteCount
      self.isValid = isValid
    }
  }

  /// The kernel's number of the port, from 1.
  public let identifier: UInt64

  /// Creates the partition's end of a port that the module configures under the same name, size and direction.
  ///
  /// - Parameter name: at most 32 bytes of UTF-8, as in the module file.
  /// - Throws: `invalidParameter` for a longer name, else what the kernel says.
  public init(
    named name: StaticString, maximumMessageBytes: Int, direction: PortDirection, refreshPeriod: Nanoseconds
  ) throws(ReturnCode) {
    identifier = try ObjectName(name).withAddress { (address) throws(ReturnCode) in
      try Hypercall.call(
        .createSamplingPort, address, UInt64(bitPattern: Int64(maximumMessageBytes)), UInt64(direction.rawValue),
        refreshPeriod.count)
    }
  }

  /// Replaces the port's message.
  @inlinable public func writeSamplingMessage(_ message: UnsafeRawBufferPointer) throws(ReturnCode) {
    try Hypercall.call(
      .writeSamplingMessage, identifier, UInt64(UInt(bitPattern: message.baseAddress)), UInt64(message.count))
  }

  /// Copies the latest message into `buffer`.
  ///
  /// - Throws: `noAction` while the port has never been written; `invalidParameter` where the buffer is too small.
  @inlinable public func readSamplingMessage(
    into buffer: UnsafeMutableRawBufferPointer
  ) throws(ReturnCode) -> Reading {
    let value = try Hypercall.call(
      .readSamplingMessage, identifier, UInt64(UInt(bitPattern: buffer.baseAddress)), UInt64(buffer.count))
    return Reading(byteCount: Int(value & 0xFFFF_FFFF), isValid: value >> 32 & 1 != 0)
  }

  /// Copies the latest message into `buffer` where it was written after an instant (READ_SAMPLING_MESSAGE_CONDITIONAL,
  /// ARINC 653 Part 2).
  ///
  /// - Returns: the message, and when it was written: the instant to ask with next, for who wants each one once.
  /// - Throws: `noAction` where there is none so new, else as without the instant.
  public func readSamplingMessage(
    into buffer: UnsafeMutableRawBufferPointer, writtenAfter reference: SystemTime
  ) throws(ReturnCode) -> (message: Reading, written: SystemTime) {
    var written = try messageTime()
    while written > reference {
      let message = try readSamplingMessage(into: buffer)
      // Another partition may write between two calls: only an instant that is the same before and after the message
      // is the message's own.
      let now = try messageTime()
      if now == written { return (message, written) }
      written = now
    }
    throw .noAction
  }

  /// When the message was written that a read gets: a later instant than before is another message.
  ///
  /// - Throws: `noAction` while there is none, `invalidMode` of a source.
  @inlinable public func messageTime() throws(ReturnCode) -> SystemTime {
    SystemTime(nanoseconds: try Hypercall.call(.readSamplingTime, identifier))
  }
}

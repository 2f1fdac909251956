import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The copies of messages. The core has checked addresses and lengths; a copy is made whole with interrupts off, and the
// longest is part of L. What is digested is what arrived.
extension Kernel {
  /// Copies a message from its writer or sender into a place of the channel.
  ///
  /// - Returns: the digest of what arrived there.
  @inline(__always)
  mutating func takeMessage(
    _ source: UnsafeRawPointer, channel: Int, slot: Int, _ byteCount: UInt64
  ) -> UInt64 {
    let target = messages.place(channel: channel, slot: slot, byteCount: byteCount)
    Instruction.copy(to: target, from: source, byteCount: byteCount)
    return Instruction.checksum(of: target, byteCount: byteCount)
  }

  /// Copies the message at a place of the channel to its reader or receiver.
  ///
  /// - Returns: the digest of what arrived there.
  @inline(__always)
  mutating func giveMessage(
    _ target: UnsafeMutableRawPointer, channel: Int, slot: Int, _ byteCount: UInt64
  ) -> UInt64 {
    let source = messages.place(channel: channel, slot: slot, byteCount: byteCount)
    Instruction.copy(to: target, from: source, byteCount: byteCount)
    return Instruction.checksum(of: target, byteCount: byteCount)
  }

  /// The copy of a message on the long way.
  ///
  /// - Parameter address: the bytes in the caller's memory.
  mutating func copyMessage(
    _ operation: PortOperation, of caller: PartitionIndex, port: Int, channel: Int, slot: Int, _ address: UInt64,
    _ byteCount: UInt64
  ) {
    guard let bytes = memory(of: caller, at: address) else { preconditionFailure() }
    let isTaken = operation == .write || operation == .send
    let digest =
      isTaken
      ? takeMessage(bytes, channel: channel, slot: slot, byteCount)
      : giveMessage(bytes, channel: channel, slot: slot, byteCount)
    ring.record(
      .messageCopied, partition: caller, detail: operation.rawValue, operand: UInt32(truncatingIfNeeded: port),
      digest, byteCount)
  }
}

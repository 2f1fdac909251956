import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The copies of messages. The core has checked addresses and lengths; a copy is made whole with interrupts off, and the
// longest is part of L. What is digested is what arrived.
extension Kernel {
  /// Copies a message.
  ///
  /// - Returns: the digest of what arrived.
  @inline(__always)
  static func pass(from source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ byteCount: UInt64) -> UInt64 {
    Instruction.copyAndDigest(to: target, from: source, byteCount: byteCount)
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
    let place = messages.place(channel: channel, slot: slot, byteCount: byteCount)
    let digest =
      isTaken ? Self.pass(from: bytes, to: place, byteCount) : Self.pass(from: place, to: bytes, byteCount)
    ring.record(
      .messageCopied, partition: caller, detail: operation.rawValue, operand: UInt32(truncatingIfNeeded: port),
      digest, byteCount)
  }
}

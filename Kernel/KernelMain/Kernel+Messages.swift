import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat
import ArchX86

// The copies of queuing messages. The core has checked addresses and lengths; a copy is made with interrupts off, and
// the longest is part of L.
extension Kernel {
  /// Copies a message from its sender into a place of the channel.
  mutating func send(
    from caller: PartitionIndex, _ port: Int, _ channel: Int, _ slot: Int, _ address: UInt64, _ byteCount: UInt64
  ) {
    guard let source = memory(of: caller, at: address) else { preconditionFailure() }
    messages.store(
      UnsafeRawBufferPointer(start: source, count: Int(truncatingIfNeeded: byteCount)), channel: channel, slot: slot)
    let message = messages.bytes(channel: channel, slot: slot, count: byteCount)
    observeCopy(.send, caller, port, UnsafeRawBufferPointer(message))
  }

  /// Copies the message at a place of the channel to its receiver, and digests what arrived there.
  mutating func receive(
    to caller: PartitionIndex, _ port: Int, _ channel: Int, _ slot: Int, _ address: UInt64, _ byteCount: UInt64
  ) {
    guard let target = memory(of: caller, at: address),
      let source = messages.bytes(channel: channel, slot: slot, count: byteCount).baseAddress
    else { preconditionFailure() }
    Instruction.copy(to: target, from: source, byteCount: byteCount)
    observeCopy(
      .receive, caller, port, UnsafeRawBufferPointer(start: target, count: Int(truncatingIfNeeded: byteCount)))
  }
}

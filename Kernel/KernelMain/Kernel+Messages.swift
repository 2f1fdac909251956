import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The copies of messages. The core has checked addresses and lengths; a copy is made whole with interrupts off, and the
// longest is part of L.
extension Kernel {
  /// Copies a message from its writer or sender into a place of the channel.
  @inline(__always)
  mutating func takeMessage(
    _ operation: PortOperation, from caller: PartitionIndex, port: Int, channel: Int, slot: Int, _ address: UInt64,
    _ byteCount: UInt64
  ) {
    guard let source = memory(of: caller, at: address) else { preconditionFailure() }
    let place = messages.bytes(channel: channel, slot: slot, count: byteCount)
    if let target = place.baseAddress { Instruction.copy(to: target, from: source, byteCount: byteCount) }
    observeCopy(operation, caller, port, UnsafeRawBufferPointer(place))
  }

  /// Copies the message at a place of the channel to its reader or receiver, and digests what arrived there.
  @inline(__always)
  mutating func giveMessage(
    _ operation: PortOperation, to caller: PartitionIndex, port: Int, channel: Int, slot: Int, _ address: UInt64,
    _ byteCount: UInt64
  ) {
    guard let target = memory(of: caller, at: address) else { preconditionFailure() }
    let message = messages.bytes(channel: channel, slot: slot, count: byteCount)
    if let source = message.baseAddress { Instruction.copy(to: target, from: source, byteCount: byteCount) }
    observeCopy(
      operation, caller, port, UnsafeRawBufferPointer(start: target, count: Int(truncatingIfNeeded: byteCount)))
  }

  @inline(__always)
  private mutating func observeCopy(
    _ operation: PortOperation, _ caller: PartitionIndex, _ port: Int, _ bytes: UnsafeRawBufferPointer
  ) {
    ring.record(
      .messageCopied, partition: caller, detail: operation.rawValue, operand: UInt32(truncatingIfNeeded: port),
      MessageDigest.digest(bytes), UInt64(bytes.count))
  }

  /// `sendQueuingMessage` and `receiveQueuingMessage` on the short way (`serveAtOnce`).
  @inline(never)
  mutating func sendAtOnce(at nanoseconds: UInt64, _ registers: RegisterPage) -> Bool {
    guard core.queuesAtOnce, recordAtOnce(.sendQueuingMessage, at: nanoseconds, registers, argumentCount: 3) else {
      return false
    }
    let address = registers[general: 4]
    let answer = core.queueAtOnce(
      isSend: true, port: registers[general: 5], address: address, byteCount: registers[general: 3], into: &ring)
    registers[general: 0] = UInt64(answer.status.rawValue)
    registers[general: 3] = answer.value
    if answer.port >= 0 {
      takeMessage(
        .send, from: loaded, port: answer.port, channel: answer.channel, slot: answer.slot, address, answer.byteCount)
    }
    return true
  }

  @inline(never)
  mutating func receiveAtOnce(at nanoseconds: UInt64, _ registers: RegisterPage) -> Bool {
    guard core.queuesAtOnce, recordAtOnce(.receiveQueuingMessage, at: nanoseconds, registers, argumentCount: 3) else {
      return false
    }
    let address = registers[general: 4]
    let answer = core.queueAtOnce(
      isSend: false, port: registers[general: 5], address: address, byteCount: registers[general: 3], into: &ring)
    registers[general: 0] = UInt64(answer.status.rawValue)
    registers[general: 3] = answer.value
    if answer.port >= 0 {
      giveMessage(
        .receive, to: loaded, port: answer.port, channel: answer.channel, slot: answer.slot, address,
        answer.byteCount)
    }
    return true
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// CREATE_SAMPLING_PORT (ARINC 653 Part 1, 3.6.2.1): the parameters must be those of the configuration.
  ///
  /// - Parameter operand: index + 1 of the caller's port of that name, looked up by the kernel; 0 for none.
  mutating func createSamplingPort<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let name = call.arguments.0
    guard allows(.read, current, name, UInt64(ModuleLimits.maximumNameLength)) else { return Answer(.invalidParameter) }
    guard call.operand > 0, call.operand <= UInt64(ports.count) else { return Answer(.invalidConfiguration) }
    let index = Int(call.operand &- 1)
    guard ports[index].partition == current.rawValue else { return Answer(.invalidConfiguration) }
    let direction: UInt64 = ports[index].isSource ? 0 : 1
    guard call.arguments.1 == ports[index].maximumMessageBytes, call.arguments.2 == direction,
      call.arguments.3 == ports[index].refreshNanoseconds
    else { return Answer(.invalidConfiguration) }
    guard !ports[index].isCreated else { return Answer(.noAction, value: call.operand) }
    ports[index].isCreated = true
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.create.rawValue,
      operand: UInt32(truncatingIfNeeded: index), 0, channels[ports[index].channel].sequence)
    return Answer(.noError, value: call.operand)
  }

  /// WRITE_SAMPLING_MESSAGE (3.6.2.2).
  mutating func writeSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let index = createdPort(call.arguments.0) else { return Answer(.invalidParameter) }
    guard ports[index].isSource else { return Answer(.invalidMode) }
    let byteCount = call.arguments.2
    guard byteCount > 0, byteCount <= ports[index].maximumMessageBytes,
      allows(.read, current, call.arguments.1, byteCount)
    else { return Answer(.invalidParameter) }
    let channel = ports[index].channel
    channels[channel].sequence &+= 1
    channels[channel].messageBytes = byteCount
    channels[channel].writtenNanoseconds = now.nanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.write.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, channels[channel].sequence)
    return Answer(
      .noError,
      effect: .writeMessage(port: index, channel: channel, address: call.arguments.1, byteCount: byteCount))
  }

  /// READ_SAMPLING_MESSAGE (3.6.2.3): the last message, valid while it is no older than the port's refresh period.
  mutating func readSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let index = createdPort(call.arguments.0) else { return Answer(.invalidParameter) }
    guard !ports[index].isSource else { return Answer(.invalidMode) }
    let channel = channels[ports[index].channel]
    guard channel.sequence > 0 else { return Answer(.noAction) }
    guard call.arguments.2 >= channel.messageBytes,
      allows(.write, current, call.arguments.1, channel.messageBytes)
    else { return Answer(.invalidParameter) }
    let isValid = now.nanoseconds &- channel.writtenNanoseconds <= ports[index].refreshNanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.read.rawValue,
      operand: UInt32(truncatingIfNeeded: index), channel.messageBytes, channel.sequence, isValid ? 1 : 0)
    return Answer(
      .noError, value: channel.messageBytes | (isValid ? 1 &<< 32 : 0),
      effect: .readMessage(
        port: index, channel: ports[index].channel, address: call.arguments.1, byteCount: channel.messageBytes))
  }

  /// The index of the caller's port with that identifier, if it has been created.
  private func createdPort(_ identifier: UInt64) -> Int? {
    guard identifier > 0, identifier <= UInt64(ports.count) else { return nil }
    let index = Int(identifier &- 1)
    return ports[index].partition == current.rawValue && ports[index].isCreated ? index : nil
  }
}

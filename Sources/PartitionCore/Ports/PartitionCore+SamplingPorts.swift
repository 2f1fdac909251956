import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// CREATE_SAMPLING_PORT (ARINC 653 Part 1, 3.6.2.1): the parameters must be those of the configuration.
  mutating func createSamplingPort<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let name = call.arguments.0
    guard allows(.read, current, name, UInt64(ModuleLimits.maximumNameLength)) else { return Answer(.invalidParameter) }
    guard let index = configuredPort(call.operand, isQueuing: false) else { return Answer(.invalidConfiguration) }
    let direction: UInt64 = ports[index].isSource ? 0 : 1
    guard call.arguments.1 == ports[index].maximumMessageBytes, call.arguments.2 == direction,
      call.arguments.3 == ports[index].refreshNanoseconds
    else { return Answer(.invalidConfiguration) }
    return create(index, operand: call.operand, into: &recorder)
  }

  /// WRITE_SAMPLING_MESSAGE (3.6.2.2).
  mutating func writeSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let index = createdPort(call.arguments.0, isQueuing: false) else { return Answer(.invalidParameter) }
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

  /// READ_SAMPLING_MESSAGE (3.6.2.3): the last message that was written since the port was created, valid while it is no
  /// older than the port's refresh period.
  mutating func readSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let index = createdPort(call.arguments.0, isQueuing: false) else { return Answer(.invalidParameter) }
    guard !ports[index].isSource else { return Answer(.invalidMode) }
    let channel = ports[index].channel
    let sequence = channels[channel].sequence
    guard sequence != ports[index].unseenSequence else { return Answer(.noAction) }
    let byteCount = channels[channel].messageBytes
    guard call.arguments.2 >= byteCount, allows(.write, current, call.arguments.1, byteCount) else {
      return Answer(.invalidParameter)
    }
    let isValid = now.nanoseconds &- channels[channel].writtenNanoseconds <= ports[index].refreshNanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.read.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, sequence, isValid ? 1 : 0)
    return Answer(
      .noError, value: byteCount | (isValid ? 1 &<< 32 : 0),
      effect: .readMessage(port: index, channel: channel, address: call.arguments.1, byteCount: byteCount))
  }
}

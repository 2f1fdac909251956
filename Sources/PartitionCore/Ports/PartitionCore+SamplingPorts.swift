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
    let (identifier, address, byteCount) = (call.arguments.0, call.arguments.1, call.arguments.2)
    let answer = writeSample(identifier, address, byteCount, at: now, into: &recorder)
    guard answer.port >= 0 else { return Answer(answer.status) }
    return Answer(
      .noError,
      effect: .writeMessage(port: answer.port, channel: answer.channel, address: address, byteCount: byteCount))
  }

  /// READ_SAMPLING_MESSAGE (3.6.2.3): the last message that was written since the port was created, valid while it is
  /// no older than the port's refresh period.
  mutating func readSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let address = call.arguments.1
    let answer = readSample(call.arguments.0, address, call.arguments.2, at: now, into: &recorder)
    guard answer.port >= 0 else { return Answer(answer.status) }
    return Answer(
      .noError, value: answer.value,
      effect: .readMessage(
        port: answer.port, channel: answer.channel, address: address, byteCount: answer.byteCount))
  }

  @inline(__always)
  mutating func writeSample<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, at now: SystemTime, into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier, isQueuing: false) else { return MessageAnswer(.invalidParameter) }
    guard ports[index].isSource else { return MessageAnswer(.invalidMode) }
    guard byteCount > 0, byteCount <= ports[index].maximumMessageBytes, allows(.read, current, address, byteCount)
    else { return MessageAnswer(.invalidParameter) }
    let channel = ports[index].channel
    channels[channel].sequence &+= 1
    channels[channel].messageBytes = byteCount
    channels[channel].writtenNanoseconds = now.nanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.write.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, channels[channel].sequence)
    var answer = MessageAnswer(.noError)
    answer.port = index
    answer.channel = channel
    answer.byteCount = byteCount
    return answer
  }

  @inline(__always)
  mutating func readSample<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ capacity: UInt64, at now: SystemTime, into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier, isQueuing: false) else { return MessageAnswer(.invalidParameter) }
    guard !ports[index].isSource else { return MessageAnswer(.invalidMode) }
    let channel = ports[index].channel
    let byteCount = channels[channel].messageBytes
    let sequence = channels[channel].sequence
    guard sequence != ports[index].unseenSequence else { return MessageAnswer(.noAction) }
    guard capacity >= byteCount, allows(.write, current, address, byteCount) else {
      return MessageAnswer(.invalidParameter)
    }
    let isValid = now.nanoseconds &- channels[channel].writtenNanoseconds <= ports[index].refreshNanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.read.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, sequence, isValid ? 1 : 0)
    var answer = MessageAnswer(.noError)
    answer.value = byteCount | (isValid ? 1 &<< 32 : 0)
    answer.port = index
    answer.channel = channel
    answer.byteCount = byteCount
    return answer
  }
}

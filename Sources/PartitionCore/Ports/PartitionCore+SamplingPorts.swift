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
    let (identifier, address, byteCount) = (call.arguments.0, call.arguments.1, call.arguments.2)
    let answer = writeSample(identifier, address, byteCount, at: now, into: &recorder)
    guard answer.port >= 0 else { return Answer(answer.status) }
    return Answer(
      .noError,
      effect: .writeMessage(port: answer.port, channel: answer.channel, address: address, byteCount: byteCount))
  }

  /// READ_SAMPLING_MESSAGE (3.6.2.3): the last message, valid while it is no older than the port's refresh period.
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
  ) -> SamplingAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier) else { return SamplingAnswer(.invalidParameter) }
    guard ports[index].isSource else { return SamplingAnswer(.invalidMode) }
    guard byteCount > 0, byteCount <= ports[index].maximumMessageBytes, allows(.read, current, address, byteCount)
    else { return SamplingAnswer(.invalidParameter) }
    let channel = ports[index].channel
    channels[channel].sequence &+= 1
    channels[channel].messageBytes = byteCount
    channels[channel].writtenNanoseconds = now.nanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.write.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, channels[channel].sequence)
    var answer = SamplingAnswer(.noError)
    answer.port = index
    answer.channel = channel
    answer.byteCount = byteCount
    return answer
  }

  @inline(__always)
  mutating func readSample<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ capacity: UInt64, at now: SystemTime, into recorder: inout Recorder
  ) -> SamplingAnswer where Recorder: ~Copyable {
    guard let index = createdPort(identifier) else { return SamplingAnswer(.invalidParameter) }
    guard !ports[index].isSource else { return SamplingAnswer(.invalidMode) }
    let channel = ports[index].channel
    let byteCount = channels[channel].messageBytes
    guard channels[channel].sequence > 0 else { return SamplingAnswer(.noAction) }
    guard capacity >= byteCount, allows(.write, current, address, byteCount) else {
      return SamplingAnswer(.invalidParameter)
    }
    let isValid = now.nanoseconds &- channels[channel].writtenNanoseconds <= ports[index].refreshNanoseconds
    recorder.record(
      .portOperation, partition: current, detail: PortOperation.read.rawValue,
      operand: UInt32(truncatingIfNeeded: index), byteCount, channels[channel].sequence, isValid ? 1 : 0)
    var answer = SamplingAnswer(.noError)
    answer.value = byteCount | (isValid ? 1 &<< 32 : 0)
    answer.port = index
    answer.channel = channel
    answer.byteCount = byteCount
    return answer
  }

  /// The index of the caller's port with that identifier, if it has been created.
  @inline(__always)
  private mutating func createdPort(_ identifier: UInt64) -> Int? {
    let index = Int(truncatingIfNeeded: identifier &- 1)
    guard index >= 0, index < ports.count else { return nil }
    return ports[index].partition == current.rawValue && ports[index].isCreated ? index : nil
  }
}

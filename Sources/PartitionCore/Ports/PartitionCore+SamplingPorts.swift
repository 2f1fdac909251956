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
    let caller = caller(current)
    guard let message = writeSample(identifier, address, byteCount, of: caller, at: now, into: &recorder) else {
      return Answer(refusal(.writeSamplingMessage, identifier, address, byteCount, of: caller))
    }
    return Answer(
      .noError,
      effect: .writeMessage(port: message.port, channel: message.channel, address: address, byteCount: byteCount))
  }

  /// READ_SAMPLING_MESSAGE (3.6.2.3): the last message that was written since the port was created, valid while it is
  /// no older than the port's refresh period.
  mutating func readSamplingMessage<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let (identifier, address, capacity) = (call.arguments.0, call.arguments.1, call.arguments.2)
    let caller = caller(current)
    guard let message = readSample(identifier, address, capacity, of: caller, at: now, into: &recorder) else {
      return Answer(refusal(.readSamplingMessage, identifier, address, capacity, of: caller))
    }
    return Answer(
      .noError, value: message.value,
      effect: .readMessage(
        port: message.port, channel: message.channel, address: address, byteCount: message.byteCount))
  }

  /// When the message was written that `readSamplingMessage` gives (what ARINC 653 Part 2 calls its time stamp).
  mutating func readSamplingTime(_ identifier: UInt64) -> Answer {
    guard let index = createdPort(identifier, isQueuing: false) else { return Answer(.invalidParameter) }
    guard !ports[index].isSource else { return Answer(.invalidMode) }
    let channel = ports[index].channelState
    guard channel.pointee.sequence != ports[index].unseenSequence else { return Answer(.noAction) }
    return Answer(.noError, value: channel.pointee.writtenNanoseconds)
  }

  /// The message that is written; nil, and nothing changed, where the service is refused (`refusal`).
  @inline(__always)
  mutating func writeSample<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ byteCount: UInt64, of caller: Caller, at now: SystemTime,
    into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    // No bytes at all are as wrong as too many.
    guard let index = port(identifier, of: caller, isQueuing: false, isSource: true),
      byteCount &- 1 < ports[index].maximumMessageBytes,
      let displacement = displacement(of: caller, .read, address, byteCount)
    else { return nil }
    let channel = ports[index].channelState
    let sequence = channel.pointee.sequence &+ 1
    channel.pointee.sequence = sequence
    channel.pointee.messageBytes = byteCount
    channel.pointee.writtenNanoseconds = now.nanoseconds
    recorder.record(
      .portOperation, ports[index].origin, detail: PortOperation.write.rawValue, byteCount, sequence)
    return PassedMessage(
      port: index, origin: ports[index].origin, channel: ports[index].channel, slot: 0,
      place: channel.pointee.firstPlace, byteCount: byteCount,
      displacement: displacement, value: 0)
  }

  /// The message that is read; nil, and nothing changed, where the service is refused (`refusal`).
  @inline(__always)
  mutating func readSample<Recorder: DecisionRecorder>(
    _ identifier: UInt64, _ address: UInt64, _ capacity: UInt64, of caller: Caller, at now: SystemTime,
    into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    guard let index = port(identifier, of: caller, isQueuing: false, isSource: false) else { return nil }
    let channel = ports[index].channelState
    let byteCount = channel.pointee.messageBytes
    let sequence = channel.pointee.sequence
    // No message has no bytes.
    guard sequence != ports[index].unseenSequence, byteCount &- 1 < capacity,
      let displacement = displacement(of: caller, .write, address, byteCount)
    else { return nil }
    let age = now.nanoseconds &- channel.pointee.writtenNanoseconds
    let isValid: UInt64 = age <= ports[index].refreshNanoseconds ? 1 : 0
    recorder.record(
      .portOperation, ports[index].origin, detail: PortOperation.read.rawValue, byteCount, sequence, isValid)
    return PassedMessage(
      port: index, origin: ports[index].origin, channel: ports[index].channel, slot: 0,
      place: channel.pointee.firstPlace, byteCount: byteCount,
      displacement: displacement,
      value: byteCount | isValid &<< 32)
  }
}

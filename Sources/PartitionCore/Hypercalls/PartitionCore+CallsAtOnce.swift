import APEXTypes
import ModuleConfiguration
import TraceFormat

// Hypercalls that a partition makes all the time and that need nothing but their answer. What is decided here is what
// `hypercall` would decide; a test runs both ways side by side. The caller makes sure that the instant is before
// `quietUntilNanoseconds`.
extension PartitionCore where Marking: MarkingRule {
  /// Takes over what the snapshot of a call says, unless upcalls have returned of which the core does not know: then
  /// nothing is changed, and the call is one for `hypercall`.
  @inline(__always)
  public mutating func learnAtOnce(_ flags: EntrySnapshot.Flags, upcallsReturned: UInt16) -> Bool {
    let index = Int(current.rawValue)
    guard partitions[index].upcallsReturned == upcallsReturned else { return false }
    partitions[index].seen = flags
    return true
  }

  /// `null`, `note` (value 0) and `readTime` (value: the instant in ns).
  @inline(__always)
  public mutating func answerAtOnce<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, value: UInt64, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    recorder.record(
      .hypercallResult, partition: current, detail: ReturnCode.noError.rawValue, operand: UInt32(number.rawValue), value
    )
  }

  /// `writeSamplingMessage` and `readSamplingMessage`.
  ///
  /// - Returns: as `MessageAnswer`; the port's bytes are to be copied where its `port` is not negative.
  @inline(__always)
  public mutating func sampleAtOnce<Recorder: DecisionRecorder>(
    isWrite: Bool, port identifier: UInt64, address: UInt64, byteCount: UInt64, at now: SystemTime,
    into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    let answer =
      isWrite
      ? writeSample(identifier, address, byteCount, at: now, into: &recorder)
      : readSample(identifier, address, byteCount, at: now, into: &recorder)
    let number = isWrite ? HypercallNumber.writeSamplingMessage : .readSamplingMessage
    recorder.record(
      .hypercallResult, partition: current, detail: answer.status.rawValue, operand: UInt32(number.rawValue),
      answer.value)
    return answer
  }

  /// Whether sending and receiving may be served at once: the caller has not registered the interrupt of its queuing
  /// ports, so that no call of its own can mark it.
  @inline(__always) public var queuesAtOnce: Bool {
    mutating get {
      vcpus.interrupts[Int(current.rawValue)].registered & VirtualInterrupt.queuingPort.bit == 0
    }
  }

  /// `sendQueuingMessage` and `receiveQueuingMessage`.
  ///
  /// - Returns: as `sampleAtOnce`.
  @inline(__always)
  public mutating func queueAtOnce<Recorder: DecisionRecorder>(
    isSend: Bool, port identifier: UInt64, address: UInt64, byteCount: UInt64, into recorder: inout Recorder
  ) -> MessageAnswer where Recorder: ~Copyable {
    let answer =
      isSend
      ? send(identifier, address, byteCount, into: &recorder)
      : receive(identifier, address, byteCount, into: &recorder)
    let number = isSend ? HypercallNumber.sendQueuingMessage : .receiveQueuingMessage
    recorder.record(
      .hypercallResult, partition: current, detail: answer.status.rawValue, operand: UInt32(number.rawValue),
      answer.value)
    return answer
  }
}

/// What a service of ports answers, and which bytes are to be copied.
public struct MessageAnswer {
  public var status: ReturnCode
  public var value: UInt64 = 0
  /// Index of the port, or −1 where nothing is copied.
  public var port = -1
  public var channel = 0
  /// The place of the message in the channel.
  public var slot = 0
  public var byteCount: UInt64 = 0

  init(_ status: ReturnCode) { self.status = status }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

// Hypercalls that a partition makes all the time and that need nothing but their answer. What is decided here is what
// `hypercall` would decide; a test runs both ways side by side. The caller makes sure that the instant is before
// `quietUntilNanoseconds`.
extension PartitionCore where Marking: MarkingRule {
  /// Takes note that the window whose start was waited for runs, as `conclude` would at its first entry.
  ///
  /// - Returns: whether calls may be served at once now.
  public mutating func noteWindowBegun(at nanoseconds: UInt64) -> Bool {
    guard pendingStartNanoseconds != 0, nanoseconds >= pendingStartNanoseconds, !hasStopped else { return false }
    pendingStartNanoseconds = 0
    decision.notBefore = .zero
    findQuiet()
    return nanoseconds < quietUntilNanoseconds
  }

  /// Takes over what the snapshot of a call says. Upcalls that have returned let nothing come that waits: nothing does,
  /// before `quietUntilNanoseconds`.
  ///
  /// - Parameter caller: the partition that runs; it is taken at its word.
  @inline(__always)
  public mutating func learnAtOnce<Recorder: DecisionRecorder>(
    _ flags: EntrySnapshot.Flags, upcallsReturned: UInt16, of caller: Caller, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    caller.state.pointee.seen = flags
    if upcallsReturned != caller.state.pointee.upcallsReturned {
      learn(flags, upcallsReturned: upcallsReturned, into: &recorder)
    }
  }

  /// The same where none has returned since.
  @inline(__always) public mutating func learnAtOnce(_ flags: EntrySnapshot.Flags, of caller: Caller) {
    caller.state.pointee.seen = flags
  }

  /// `null`, notes, `tellProcess` (value 0) and `readTime` (value: the instant in ns).
  @inline(__always)
  public mutating func answerAtOnce<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ status: ReturnCode, value: UInt64, of caller: Caller, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    recorder.record(
      .hypercallResult, caller.origin.with(operand: UInt32(number.rawValue)), detail: status.rawValue, value)
  }

  /// `noteWords`, answered.
  ///
  /// - Returns: what the kernel has said of the memory where the caller has the words (`setDisplacement`); nil where
  ///   the note is refused.
  @inline(__always)
  public mutating func noteAtOnce<Recorder: DecisionRecorder>(
    _ address: UInt64, _ count: UInt64, of caller: Caller, into recorder: inout Recorder
  ) -> UInt64? where Recorder: ~Copyable {
    let found =
      Self.canBeNoted(address, count) ? displacement(of: caller, .read, address, count &* 8) : nil
    answerAtOnce(.noteWords, found == nil ? .invalidParameter : .noError, value: 0, of: caller, into: &recorder)
    return found
  }

  /// Whether sending and receiving may be served at once: the caller has not registered the interrupt of its queuing
  /// ports, so that no call of its own can mark it.
  @inline(__always) public mutating func queuesAtOnce(_ caller: Caller) -> Bool { !caller.isMarkedForQueues }

  /// The four services that pass a message, where that is simple; nobody is marked.
  ///
  /// - Parameter number: a constant, or the services that are not meant are compiled too.
  /// - Returns: nil where it is not simple, or the service is refused: nothing has changed or been recorded
  ///   (`passOrRefuse`).
  @inline(__always)
  public mutating func passAtOnce<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, port: UInt64, address: UInt64, byteCount: UInt64, of caller: Caller, at now: SystemTime,
    into recorder: inout Recorder
  ) -> PassedMessage? where Recorder: ~Copyable {
    let passed: PassedMessage?
    switch number {
    case .writeSamplingMessage:
      passed = writeSample(port, address, byteCount, of: caller, at: now, into: &recorder)
    case .readSamplingMessage: passed = readSample(port, address, byteCount, of: caller, at: now, into: &recorder)
    case .sendQueuingMessage: passed = sendSimply(port, address, byteCount, of: caller, into: &recorder)
    default: passed = receive(port, address, byteCount, of: caller, isSimple: true, into: &recorder)
    }
    guard let message = passed else { return nil }
    answerAtOnce(number, .noError, value: message.value, of: caller, into: &recorder)
    return message
  }

  /// The same services, whatever there is to do.
  ///
  /// - Returns: what the caller is told, and the message if one has passed.
  public mutating func passOrRefuse<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, port: UInt64, address: UInt64, byteCount: UInt64, of caller: Caller, at now: SystemTime,
    into recorder: inout Recorder
  ) -> (status: ReturnCode, message: PassedMessage?) where Recorder: ~Copyable {
    let message: PassedMessage?
    switch number {
    case .sendQueuingMessage: message = send(port, address, byteCount, of: caller, into: &recorder)
    case .receiveQueuingMessage:
      message = receive(port, address, byteCount, of: caller, isSimple: false, into: &recorder)
    // Sampling messages that pass at all have passed at once.
    default: message = nil
    }
    let status = message != nil ? .noError : refusal(number, port, address, byteCount, of: caller)
    answerAtOnce(number, status, value: message?.value ?? 0, of: caller, into: &recorder)
    return (status, message)
  }

  /// Services that change nothing of which another service, a mark or an instant would have to be asked: while nothing
  /// waits for the caller, its answer is all that follows from them.
  ///
  /// - Parameter number: one of those below; an event that the caller raises to itself is none (`isEventToItself`).
  @inline(__always)
  public mutating func serveAtOnce<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ first: UInt64, _ second: UInt64, of caller: Caller, into recorder: inout Recorder
  ) -> HypercallAnswer where Recorder: ~Copyable {
    let call = Hypercall(number: UInt64(number.rawValue), arguments: (first, second, 0, 0, 0, 0), operand: 0)
    var answer = Answer(.invalidParameter)
    switch number {
    case .acknowledgeInterrupt, .enableInterrupt, .disableInterrupt:
      if let interrupt = VirtualInterrupt(vector: first) { answer = serveInterrupt(number, interrupt, call) }
    case .raiseEvent: answer = serveEvent(number, call, into: &recorder)
    case .readQueuingStatus: answer = readQueuingStatus(first)
    case .readSamplingTime: answer = readSamplingTime(first)
    case .readStatistic: answer = readStatistic(first, second)
    default: preconditionFailure()
    }
    answerAtOnce(number, answer.status, value: answer.value, of: caller, into: &recorder)
    return HypercallAnswer(caller: caller.index, status: answer.status, value: answer.value)
  }
}

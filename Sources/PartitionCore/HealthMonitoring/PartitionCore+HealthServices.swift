import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func serveHealth<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    switch number {
    case .raiseApplicationError: return raiseApplicationError(call, at: now, into: &recorder)
    case .completeCallback:
      guard partitions[Int(current.rawValue)].life.isInCallback else { return Answer(.noAction) }
      endCallback(of: current, into: &recorder)
      return Answer(.noError)
    case .readErrorLog: return readErrorLog(call.arguments.0, call.arguments.1)
    default: preconditionFailure()
    }
  }

  /// RAISE_APPLICATION_ERROR (ARINC 653 Part 1, 3.8.2.4). The message itself stays with the partition: its address is
  /// what handler, callback and log get.
  ///
  /// Deadlines of processes are the partition's own business, too: its scheduler tells here of one that has passed,
  /// with DEADLINE_MISSED and without a message.
  private mutating func raiseApplicationError<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    let (code, address, byteCount) = (call.arguments.0, call.arguments.1, call.arguments.2)
    // What the partition's own scheduler of processes finds; an application raises only its own.
    var found: ErrorCode?
    if byteCount == 0, code == UInt64(ErrorCode.deadlineMissed.rawValue) { found = .deadlineMissed }
    if byteCount == 0, code == UInt64(ErrorCode.stackOverflow.rawValue) { found = .stackOverflow }
    guard found != nil || code == UInt64(ErrorCode.applicationError.rawValue),
      byteCount <= UInt64(ModuleLimits.maximumErrorBytes), byteCount == 0 || allows(.read, current, address, byteCount)
    else { return Answer(.invalidParameter) }
    let error = found ?? .applicationError
    entryNanoseconds = now.nanoseconds
    handle(error, of: current, vector: nil, address: byteCount == 0 ? 0 : address, into: &recorder)
    return Answer(.noError)
  }

  /// A field of an entry of the log. A partition that is no system partition sees its own errors only.
  private func readErrorLog(_ number: UInt64, _ field: UInt64) -> Answer {
    guard let field = ErrorLogField(rawValue: field) else { return Answer(.invalidParameter) }
    let owner = configurations[Int(current.rawValue)].isSystem ? nil : current
    if field == .next {
      return errorLog.next(from: number, of: owner).map { Answer(.noError, value: $0) } ?? Answer(.notAvailable)
    }
    guard let entry = errorLog.entry(number, of: owner) else { return Answer(.notAvailable) }
    switch field {
    case .next: preconditionFailure()
    case .time: return Answer(.noError, value: entry.time)
    case .description: return Answer(.noError, value: entry.description)
    case .address: return Answer(.noError, value: entry.address)
    }
  }
}

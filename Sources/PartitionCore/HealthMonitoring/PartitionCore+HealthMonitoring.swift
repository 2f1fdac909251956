import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// The standard's name for a CPU exception.
  ///
  /// A page fault in the page below the stack is a stack overflow. Source: vectors of the AMD64 manual, volume 2, 8.2.
  func error(vector: UInt8, address: UInt64, of partition: PartitionIndex) -> ErrorCode {
    switch vector {
    case 0, 4, 16, 19: return .numericError
    case 12: return .stackOverflow
    case 14:
      let stackBottom = PartitionLayout.stackTop &- configurations[Int(partition.rawValue)].stackBytes
      return address < stackBottom && address >= stackBottom &- 4096 ? .stackOverflow : .memoryViolation
    case 18: return .hardwareFault
    default: return .illegalRequest
    }
  }

  /// What the partition is doing, for the row of the health-monitor tables.
  mutating func systemState(of partition: PartitionIndex) -> SystemState {
    let index = Int(partition.rawValue)
    if partitions[index].life.isInCallback || isInHandler(partition) { return .errorHandling }
    return partitions[index].mode == .normal ? .partitionExecution : .partitionInitialisation
  }

  /// Enters an error in the log and gives it to whom its level names; what the tables say for it is done.
  mutating func handle<Recorder: DecisionRecorder>(
    _ error: ErrorCode, of partition: PartitionIndex, vector: UInt8?, address: UInt64 = 0,
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let cause = vector.map { $0 &+ 1 } ?? 0
    let state = systemState(of: partition)
    let rule = healthTable.rule(partition, state, error)
    let place = log(error, of: partition, state, rule.level, cause: cause, address: address, into: &recorder)
    let index = Int(partition.rawValue)
    if rule.level == .process, partitions[index].mode == .normal,
      reflect(
        vector: GuestTables.errorHandlerVector, errorCode: UInt64(error.rawValue), address: address, to: partition,
        into: &recorder)
    {
      return errorLog.setAction(0xFF, at: place)
    }
    if rule.level == .module {
      errorLog.setAction(rule.moduleAction.rawValue, at: place)
      if rule.moduleAction != .ignore || !partitions[index].life.isInCallback {
        return handleAtModuleLevel(rule.moduleAction, error, of: partition, into: &recorder)
      }
    }
    if partitions[index].life.isInCallback {
      // An error of the callback ends it.
      if rule.level != .module { errorLog.setAction(partitions[index].life.callbackAction.rawValue, at: place) }
      return endCallback(of: partition, into: &recorder)
    }
    errorLog.setAction(rule.action.rawValue, at: place)
    if rule.action != .ignore, configurations[index].callbackEntry != 0, partition == schedule.owner {
      return beginCallback(rule.action, error, of: partition, cause: cause, address: address, into: &recorder)
    }
    take(rule.action, error, of: partition, cause: cause, into: &recorder)
  }

  /// Enters an error in the log, and answers where it is.
  private mutating func log<Recorder: DecisionRecorder>(
    _ error: ErrorCode, of partition: PartitionIndex, _ state: SystemState, _ level: ErrorLevel, cause: UInt8,
    address: UInt64, into recorder: inout Recorder
  ) -> Int where Recorder: ~Copyable {
    let what = UInt64(partition.rawValue) | UInt64(error.rawValue) &<< 8
    let how = UInt64(state.rawValue) &<< 16 | UInt64(level.rawValue) &<< 24 | UInt64(cause) &<< 32
    let number = errorLog.count
    let place = errorLog.append(
      ErrorLog.Entry(time: entryNanoseconds, description: what | how, address: address))
    recorder.record(
      .healthError, partition: partition, detail: error.rawValue,
      operand: UInt32(level.rawValue) | UInt32(state.rawValue) &<< 8 | UInt32(cause) &<< 16, address, number)
    return place
  }

  /// Takes an action at partition level.
  ///
  /// Who has not yet been initialised cold has nothing to keep: it starts cold, whatever the table says. The standard
  /// knows no transition from COLD_START to WARM_START, and `setPartitionMode` refuses it.
  mutating func take<Recorder: DecisionRecorder>(
    _ action: PartitionRecoveryAction, _ error: ErrorCode, of partition: PartitionIndex, cause: UInt8,
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    recorder.record(
      .healthAction, partition: partition, detail: action.rawValue, operand: UInt32(error.rawValue), UInt64(cause))
    switch action {
    case .ignore: break
    case .idle: idle(partition, into: &recorder)
    case .warmStart:
      let isCold = partitions[Int(partition.rawValue)].mode == .coldStart
      restart(partition, in: isCold ? .coldStart : .warmStart, .healthPartitionRestart, into: &recorder)
    case .coldStart: restart(partition, in: .coldStart, .healthPartitionRestart, into: &recorder)
    }
  }
}

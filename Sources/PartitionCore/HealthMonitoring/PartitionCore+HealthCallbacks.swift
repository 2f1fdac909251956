import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// The partition's callback takes the place of what it was doing; the action follows when it is complete, errs, or
  /// its window ends.
  mutating func beginCallback<Recorder: DecisionRecorder>(
    _ action: PartitionRecoveryAction, _ error: ErrorCode, of partition: PartitionIndex, cause: UInt8,
    address: UInt64, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    partitions[index].life.isInCallback = true
    partitions[index].life.callbackError = error
    partitions[index].life.callbackAction = action
    partitions[index].life.callbackCause = cause
    partitions[index].interruptsEnabled = false
    partitions[index].isInReturnTail = false
    let entry = configurations[index].callbackEntry
    recorder.record(
      .callback, partition: partition, detail: 0, operand: UInt32(error.rawValue), entry, UInt64(action.rawValue))
    decision.callback = CallbackDecision(
      partition: partition, entry: entry, error: error, address: address, action: action)
  }

  /// The partition's callback is over, if one runs: the action that waited for it is taken.
  @inline(never)
  mutating func endCallback<Recorder: DecisionRecorder>(
    of partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let life = partitions[Int(partition.rawValue)].life
    guard life.isInCallback else { return }
    partitions[Int(partition.rawValue)].life.isInCallback = false
    take(life.callbackAction, life.callbackError, of: partition, cause: life.callbackCause, into: &recorder)
  }

  /// An error at module level: its action at once, or where the module has a callback, at the next major frame.
  ///
  /// Of several errors before that frame the most severe action is taken, once.
  mutating func handleAtModuleLevel<Recorder: DecisionRecorder>(
    _ action: ModuleRecoveryAction, _ error: ErrorCode, of partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard hasModuleCallback else { return take(action, error, culprit: partition, into: &recorder) }
    if !pendingModuleAction.isPending || pendingModuleAction.action.severity < action.severity {
      pendingModuleAction = PendingModuleAction(
        isPending: true, action: action, error: error, culprit: partition.rawValue)
    }
    for index in 0..<partitions.count
    where configurations[index].isSystem && vcpus.interrupts[index].registered & VirtualInterrupt.health.bit != 0 {
      let system = PartitionIndex(UInt8(index))
      let waiting = vcpus.mark(system, .health)
      recorder.record(
        .mark, partition: system, detail: 0, operand: UInt32(VirtualInterrupt.health.vector), UInt64(waiting))
    }
  }

  /// A major frame begins: an action at module level that waited for it is taken.
  mutating func takePendingModuleAction<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard pendingModuleAction.isPending else { return }
    let pending = pendingModuleAction
    pendingModuleAction = PendingModuleAction()
    take(pending.action, pending.error, culprit: PartitionIndex(pending.culprit), into: &recorder)
  }

  private mutating func take<Recorder: DecisionRecorder>(
    _ action: ModuleRecoveryAction, _ error: ErrorCode, culprit: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    recorder.record(
      .moduleAction, partition: culprit, detail: action.rawValue, operand: UInt32(error.rawValue))
    switch action {
    case .ignore: break
    case .shutdown: stop(.healthMonitor, into: &recorder)
    case .reset:
      for index in 0..<partitions.count where PartitionIndex(UInt8(index)) != drainer {
        restart(PartitionIndex(UInt8(index)), in: .coldStart, .healthModuleRestart, into: &recorder)
      }
    }
  }
}

extension ModuleRecoveryAction {
  /// Of two actions the greater one is taken.
  fileprivate var severity: Int {
    switch self {
    case .ignore: 0
    case .reset: 1
    case .shutdown: 2
    }
  }
}

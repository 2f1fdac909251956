import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// SET_PARTITION_MODE (ARINC 653 Part 1, 3.2.2.2).
  ///
  /// INVALID_MODE in the health callback: the action that was decided follows, and no other mode takes its place.
  mutating func setPartitionMode<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard call.arguments.0 <= 3, let mode = OperatingMode(rawValue: UInt8(call.arguments.0)) else {
      return Answer(.invalidParameter)
    }
    if partitions[Int(current.rawValue)].life.isInCallback { return Answer(.invalidMode) }
    let old = partitions[Int(current.rawValue)].mode
    switch mode {
    case .idle: idle(current, into: &recorder)
    case .normal:
      guard old != .normal else { return Answer(.noAction) }
      enter(.normal, current, into: &recorder)
    case .warmStart, .coldStart:
      if mode == .warmStart, old == .coldStart { return Answer(.invalidMode) }
      // What the drainer has written of the trace cannot be begun anew.
      guard current != drainer else { return Answer(.invalidConfiguration) }
      restart(current, in: mode, .partitionRestart, into: &recorder)
    }
    return Answer(.noError)
  }

  private mutating func enter<Recorder: DecisionRecorder>(
    _ mode: OperatingMode, _ partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    let old = partitions[index].mode
    partitions[index].mode = mode
    // A callback that was to begin in this step does not, where the window ends with it: its action has been taken.
    if decision.callback?.partition == partition { decision.callback = nil }
    // Nor does the handler of an exception get it any more: whose callback erred so late has none when it starts.
    if decision.exception?.partition == partition { decision.exception = nil }
    recorder.record(
      .modeChange, partition: partition, detail: mode.rawValue,
      operand: UInt32(old.rawValue) | UInt32(partitions[index].life.startCondition.rawValue) &<< 8)
    decision.noteChange(of: partition, isRestart: false)
  }

  /// The partition runs no more. Its registrations go with it: a line that nobody can take is masked.
  mutating func idle<Recorder: DecisionRecorder>(
    _ partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    partitions[index].life.isInitialising = false
    partitions[index].life.isInCallback = false
    enter(.idle, partition, into: &recorder)
    mustPlan = true
    forgetInterrupts(of: partition)
    forgetPorts(of: partition, into: &recorder)
  }

  /// The partition starts: nothing of what it was before is left but its retained memory at a warm start. It runs from
  /// its entry point when all pieces of its memory have been made anew.
  ///
  /// The drainer starts only once: it goes to idle instead.
  mutating func restart<Recorder: DecisionRecorder>(
    _ partition: PartitionIndex, in mode: OperatingMode, _ condition: StartCondition, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard partition != drainer || condition == .normalStart else { return idle(partition, into: &recorder) }
    let index = Int(partition.rawValue)
    forgetInterrupts(of: partition)
    forgetPorts(of: partition, into: &recorder)
    let (old, action) = (partitions[index].mode, partitions[index].life.scheduleAction)
    partitions[index] = PartitionState()
    vcpus.interrupts[index].markTotal = 0
    partitions[index].mode = old
    partitions[index].life.scheduleAction = action
    partitions[index].life.startCondition = condition
    partitions[index].life.isInitialising = true
    enter(mode, partition, into: &recorder)
    recorder.record(
      .restart, partition: partition, detail: mode.rawValue, operand: configurations[index].pieceCount,
      UInt64(condition.rawValue))
    mustPlan = true
  }

  /// A piece of the partition's memory is done; after the last one it runs.
  mutating func notePiece<Recorder: DecisionRecorder>(
    of partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    precondition(!partition.isNone)
    let index = Int(partition.rawValue)
    partitions[index].life.nextPiece &+= 1
    guard partitions[index].life.nextPiece >= configurations[index].pieceCount else { return }
    partitions[index].life.isInitialising = false
    recorder.record(.initialised, partition: partition, detail: 0, operand: 0)
    decision.noteChange(of: partition, isRestart: true)
    mustPlan = true
  }
}

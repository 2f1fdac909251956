import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// SET_MODULE_SCHEDULE (ARINC 653 Part 2): the schedule that runs from the next major frame on.
  mutating func setModuleSchedule<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard let wanted = schedule.index(identifier: call.arguments.0) else { return Answer(.invalidParameter) }
    guard configurations[Int(current.rawValue)].mayChangeSchedule else { return Answer(.invalidConfiguration) }
    if wanted == schedule.scheduleIndex, wanted == schedule.nextScheduleIndex { return Answer(.noAction) }
    schedule.nextScheduleIndex = wanted
    schedule.asker = current
    recorder.record(.scheduleChange, partition: current, detail: 0, operand: UInt32(truncatingIfNeeded: wanted))
    return Answer(.noError)
  }

  /// GET_MODULE_SCHEDULE_ID (ARINC 653 Part 2): whoever may read the name may ask.
  ///
  /// The call's operand is the index + 1 of the schedule of that name, looked up by the kernel; 0 for none.
  func findModuleSchedule(_ call: Hypercall) -> Answer {
    let name = call.arguments.0
    guard allows(.read, current, name, UInt64(ModuleLimits.maximumNameLength)) else { return Answer(.invalidParameter) }
    guard call.operand > 0, call.operand <= UInt64(schedule.schedules.count) else {
      return Answer(.invalidConfiguration)
    }
    return Answer(.noError, value: schedule.schedules[Int(truncatingIfNeeded: call.operand &- 1)].identifier)
  }

  /// A major frame begins at `instant`: with the schedule that was asked for, if it is another.
  mutating func changeSchedule<Recorder: DecisionRecorder>(
    at instant: UInt64, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let next = schedule.nextScheduleIndex
    guard next != schedule.scheduleIndex else { return }
    schedule.run(next)
    schedule.lastChange = instant
    decision.works.insert(.promises)
    recorder.record(
      .scheduleChange, partition: schedule.asker, detail: 1, operand: UInt32(truncatingIfNeeded: next))
    for index in 0..<partitions.count {
      partitions[index].life.scheduleAction = scheduleActions[next * partitions.count + index]
    }
  }

  /// The partition's first window of a new schedule begins: what was configured for it is done, whatever its mode.
  ///
  /// A partition that is starting already goes on with that, but for a warm start where a cold one is configured: that
  /// would keep what the integrator wants gone. One in COLD_START has nothing to keep and starts cold.
  @inline(never)
  mutating func takeScheduleAction<Recorder: DecisionRecorder>(
    of partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    let action = partitions[index].life.scheduleAction
    guard action != .ignore else { return }
    partitions[index].life.scheduleAction = .ignore
    let isCold = action == .coldStart || partitions[index].mode == .coldStart
    let isDone = partitions[index].life.isInitialising && (!isCold || partitions[index].mode == .coldStart)
    guard !isDone, partition != drainer else { return }
    restart(partition, in: isCold ? .coldStart : .warmStart, .partitionRestart, into: &recorder)
  }
}

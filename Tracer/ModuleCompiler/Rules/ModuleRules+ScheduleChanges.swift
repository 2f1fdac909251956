import APEXTypes
import ModuleConfiguration

/// What a change of schedules does to processes that go on through it.
extension ModuleRules {
  /// Processes keep their release points when the schedule changes: where their partition's periods begin elsewhere in
  /// the other one, they are released in the midst of its periods, and may miss every deadline from then on.
  mutating func checkPeriodsAcrossSchedules() {
    guard let place = module.initialScheduleIndex,
      module.schedules.flatMap(\.partitions).contains(where: \.mayChangeSchedule)
    else { return }
    let initial = module.schedules[place]
    for (index, schedule) in module.schedules.enumerated() where index != place {
      for own in schedule.partitions where own.changeAction == .ignore {
        guard let before = initial.partitions.first(where: { $0.partitionIdentifier == own.partitionIdentifier }),
          let partition = module.partitions.first(where: { $0.identifier == own.partitionIdentifier }),
          let process = partition.processes.first(where: { $0.completion == .told && ($0.period?.count ?? 0) > 0 })
        else { continue }
        check(process, of: partition, before, in: initial, own, in: schedule)
      }
    }
  }

  private mutating func check(
    _ process: ProcessDescription, of partition: PartitionDescription, _ before: PartitionScheduleDescription,
    in initial: ScheduleDescription, _ own: PartitionScheduleDescription, in schedule: ScheduleDescription
  ) {
    let period = own.period.count
    // Else it depends on when the schedule changes, or is said elsewhere of the process's period.
    guard period > 0, !own.windows.isEmpty, !before.windows.isEmpty, initial.majorFrame.count % period == 0 else {
      return
    }
    let old = PartitionPeriods(before, majorFrame: initial.majorFrame).origin % period
    let new = PartitionPeriods(own, majorFrame: schedule.majorFrame).origin % period
    guard old != new else { return }
    let late = secondsText(Nanoseconds((old &+ period &- new) % period))
    diagnostics.warning(
      .periodsShifted, line: own.line,
      "the periods of '\(partition.name)' begin at \(secondsText(Nanoseconds(new))) here and at "
        + "\(secondsText(Nanoseconds(old))) in schedule \(initial.identifier) (line \(before.line)): after a change "
        + "'\(process.name)' is released \(late) behind each of them",
      "begin them at \(secondsText(Nanoseconds(old))) in both, or let the partition start anew by "
        + "ScheduleChangeAction=\"WARM_START\"")
  }
}

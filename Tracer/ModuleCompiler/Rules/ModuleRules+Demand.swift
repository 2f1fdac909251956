import APEXTypes
import ModuleConfiguration

/// Whether a partition's windows can bear all its processes together.
extension ModuleRules {
  /// What is asked for above what is sure can never be caught up: an error where the module begins, and a warning in
  /// schedules that it may be changed to, of which some are for a while only.
  mutating func checkDemand() {
    for (index, schedule) in module.schedules.enumerated() {
      for own in schedule.partitions {
        guard let partition = module.partitions.first(where: { $0.identifier == own.partitionIdentifier }) else {
          continue
        }
        checkDemand(of: partition, own, in: schedule, isInitial: index == module.initialScheduleIndex)
      }
    }
  }

  private mutating func checkDemand(
    of partition: PartitionDescription, _ own: PartitionScheduleDescription, in schedule: ScheduleDescription,
    isInitial: Bool
  ) {
    let frame = schedule.majorFrame.count
    let sure = own.windows.reduce(UInt64(0)) { sum, window in
      sum &+ supply.supply(of: window, partition: own.partitionIdentifier).count
    }
    let periodic = partition.processes.compactMap { process -> ProcessorDemand.Process? in
      guard let period = process.period?.count, period > 0, let capacity = process.capacity?.count else { return nil }
      return ProcessorDemand.Process(capacity: capacity, period: period)
    }
    // Where there is no supply at all, that is said elsewhere.
    guard frame > 0, sure > 0 else { return }
    let demand = ProcessorDemand(periodic)
    guard demand.exceeds(sure, in: frame) else { return }
    // So is that one process alone asks for too much in the initial schedule.
    if isInitial, periodic.contains(where: { ProcessorDemand([$0]).exceeds(sure, in: frame) }) { return }
    let text =
      "the processes of '\(partition.name)' need \(secondsText(Nanoseconds(demand.perFrame(frame)))) together in each "
      + "\(secondsText(schedule.majorFrame)) of schedule \(schedule.identifier), but it is sure of "
      + secondsText(Nanoseconds(sure))
    let advice = "lengthen its windows, lower p:TimeCapacitySeconds or raise p:PeriodSeconds"
    if isInitial {
      diagnostics.error(.demandExceedsSupply, line: partition.line, text, advice)
    } else {
      diagnostics.warning(.demandExceedsSupply, line: partition.line, text, advice)
    }
  }
}

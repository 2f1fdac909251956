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
    let tasks = partition.processes.compactMap { process -> ProcessorDemand.Task? in
      guard let period = process.period?.count, period > 0, let capacity = process.capacity?.count else { return nil }
      return ProcessorDemand.Task(capacity: capacity, period: period)
    }
    // Where there is no supply at all, that is said elsewhere.
    guard frame > 0, sure > 0 else { return }
    let demand = ProcessorDemand(tasks)
    guard demand.exceeds(sure, in: frame) else { return }
    // So is that one process alone asks for too much in the initial schedule.
    if isInitial, tasks.contains(where: { ProcessorDemand([$0]).exceeds(sure, in: frame) }) { return }
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

/// What processes ask for in the long run: the sum of capacity by period, exactly.
struct ProcessorDemand {
  struct Task {
    var capacity: UInt64
    /// Not 0.
    var period: UInt64
  }

  private let tasks: [Task]

  init(_ tasks: [Task]) { self.tasks = tasks }

  /// Whether more is asked for than `supply` in each `frame`.
  ///
  /// By fractions of 128 bits. Where their common denominator is greater than that, which no periods in whole
  /// microseconds make it, less than a nanosecond a process and frame is let pass.
  func exceeds(_ supply: UInt64, in frame: UInt64) -> Bool {
    var (sum, denominator): (UInt128, UInt128) = (0, 1)
    for task in tasks {
      let (period, capacity) = (UInt128(task.period), UInt128(task.capacity))
      let factor = period / Self.commonDivisor(denominator, period)
      let (scaled, isBeyond) = sum.multipliedReportingOverflow(by: factor)
      let (common, isBeyondToo) = denominator.multipliedReportingOverflow(by: factor)
      guard !isBeyond, !isBeyondToo else { return perFrame(frame) > supply }
      let (added, isTooMuch) = capacity.multipliedReportingOverflow(by: common / period)
      let (total, isMore) = scaled.addingReportingOverflow(added)
      guard !isTooMuch, !isMore else { return perFrame(frame) > supply }
      (sum, denominator) = (total, common)
    }
    let (asked, isBeyond) = sum.multipliedReportingOverflow(by: UInt128(frame))
    let (given, isBeyondToo) = denominator.multipliedReportingOverflow(by: UInt128(supply))
    return isBeyond || isBeyondToo ? perFrame(frame) > supply : asked > given
  }

  /// What is asked for in each `frame`, each process's share rounded down to whole nanoseconds.
  func perFrame(_ frame: UInt64) -> UInt64 {
    tasks.reduce(0) { sum, task in
      let share = UInt128(task.capacity) * UInt128(frame) / UInt128(task.period)
      let (total, isBeyond) = sum.addingReportingOverflow(UInt64(clamping: share))
      return isBeyond ? .max : total
    }
  }

  private static func commonDivisor(_ one: UInt128, _ other: UInt128) -> UInt128 {
    var (a, b) = (one, other)
    while b > 0 { (a, b) = (b, a % b) }
    return a
  }
}

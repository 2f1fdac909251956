import APEXTypes
import ModuleCompiler
import ModuleConfiguration

/// Analyses a checked module, schedule by schedule.
public struct ModuleAnalyst {
  let module: ModuleDescription
  let scheduling: SchedulingDiscipline
  /// Messages that a queuing source sends in each of its periods.
  let messagesPerPeriod: UInt64
  /// What each job costs beside its capacity in a partition whose scheduler tells of its processes, in ns: the upcall
  /// that takes the processor from another one, the switch to it, and the switch back.
  let jobCost: UInt64
  private let allowance: Nanoseconds
  private let guaranteed: GuaranteedSupply

  /// - Parameters:
  ///   - module: without errors of `ModuleCompiler.check`.
  ///   - messagesPerPeriod: what no module file says.
  ///   - jobCost: in ns; neither.
  public init(
    _ module: ModuleDescription, scheduling: SchedulingDiscipline, messagesPerPeriod: UInt64 = 1,
    jobCost: UInt64 = Self.usualJobCost
  ) {
    self.jobCost = jobCost
    self.module = module
    self.scheduling = scheduling
    self.messagesPerPeriod = messagesPerPeriod
    allowance = SwitchAllowance(module).total
    guaranteed = GuaranteedSupply(module: module, allowance: allowance)
  }

  /// What the processes of ARINC653.h cost: a test holds each release on the machine against it.
  public static let usualJobCost: UInt64 = 24_000

  /// The schedules' answers, in the file's order.
  public func analyse() -> [AnalysedModule] {
    module.schedules.indices.map { index in
      let schedule = module.schedules[index]
      let partitions = module.partitions.map { analyse($0, in: schedule) }
      return AnalysedModule(
        module: module.name, schedule: schedule.name.isEmpty ? "\(schedule.identifier)" : schedule.name,
        isInitial: index == module.initialScheduleIndex, majorFrameNanoseconds: schedule.majorFrame.count,
        switchAllowanceNanoseconds: allowance.count, assumptions: assumptions,
        partitions: partitions,
        ports: ports(in: schedule, late: Set(partitions.filter(\.isLate).map(\.identifier))))
    }
  }

  private var assumptions: [String] {
    var lines = [
      "a window supplies from its start to its end less L; foreign lines steal their whole budget, at the worst place",
      "capacities are true: no process computes longer between its release and its completion, its calls included",
      "a partition's processes are started before NORMAL mode: they count from whichever of its period starts comes "
        + "next, and each is released so much later as the module file says (p:ReleaseOffsetSeconds, else at once), "
        + "then at its period",
      "the schedule stays: of a response or a message's age that begins under another one, nothing is said",
      scheduling == .preemptive
        ? "within a partition the greatest priority runs at once (--processes preemptive, as ARINC653.h has it)"
        : "within a partition a process runs until it waits, and a less urgent one may have begun just before "
          + "(--processes cooperative)",
    ]
    if module.partitions.contains(where: { $0.processes.contains { $0.completion == .told } }) {
      lines.append(
        "where completion is told, each job costs \(jobCost) ns beside its capacity: an upcall and two switches "
          + "(--job-cost)")
    }
    if !module.channels.isEmpty {
      lines.append(
        "a source writes once a period, anywhere in its windows, \(messagesPerPeriod) at a time where it queues; a "
          + "destination takes all that waits once a period (--messages-per-period); a period is that of the process "
          + "in the partition for which it is worst, and processes may overrun their periods in neither")
    }
    return lines
  }

  /// The supply of a partition in a schedule; none where it has no windows.
  func supply(of identifier: UInt64, in schedule: ScheduleDescription) -> SupplyFunction {
    let own = schedule.partitions.first { $0.partitionIdentifier == identifier }
    let stolen = guaranteed.stolenTime(fromWindowOf: identifier).count
    return SupplyFunction(
      windows: (own?.windows ?? []).map { window in
        let end = window.end.count
        return SupplyFunction.Window(
          start: window.start.count, end: end > allowance.count ? end - allowance.count : 0, stolen: stolen)
      }, majorFrame: schedule.majorFrame.count)
  }

  /// Beyond so many periods until everything comes round again, nothing is said.
  static let mostPeriods: UInt64 = 512

  /// The partition's period starts in a major frame: with which of them its processes begin, its start decides.
  private static func origins(of partition: PartitionScheduleDescription, in schedule: ScheduleDescription) -> [UInt64]
  {
    let first = origin(of: partition)
    let period = partition.period.count
    guard period > 0, schedule.majorFrame.count / period <= mostPeriods else { return [first] }
    return (0..<max(schedule.majorFrame.count / period, 1)).map { first + $0 * period }
  }

  static func origin(of partition: PartitionScheduleDescription) -> UInt64 {
    partition.windows.filter(\.isPeriodStart).map(\.start.count).min() ?? 0
  }

  private func analyse(_ partition: PartitionDescription, in schedule: ScheduleDescription) -> AnalysedModule.Partition
  {
    let own = schedule.partitions.first { $0.partitionIdentifier == partition.identifier }
    let supply = supply(of: partition.identifier, in: schedule)
    let processes = partition.processes.map {
      PeriodicProcess(
        name: $0.name, period: $0.period?.count, capacity: jobDemand(of: $0), deadline: $0.deadline?.count,
        priority: $0.priority, offset: $0.releaseOffset?.count ?? 0)
    }
    let analyses = Self.readings(of: processes, own?.period.count ?? 0).map {
      ResponseTimeAnalysis(
        supply: supply, processes: $0, scheduling: scheduling,
        releaseOrigins: own.map { Self.origins(of: $0, in: schedule) } ?? [0])
    }
    let demand = processes.reduce(0.0) { sum, process in
      guard let period = process.period, period > 0 else { return sum }
      return sum + Double(process.capacity ?? 0) / Double(period)
    }
    return AnalysedModule.Partition(
      name: partition.name, identifier: partition.identifier, periodNanoseconds: own?.period.count ?? 0,
      suppliedPerPeriodNanoseconds: own.map {
        guaranteed.perPeriod($0, majorFrame: schedule.majorFrame).count
      } ?? 0,
      blackoutNanoseconds: supply.longestBlackout, demandMillionths: UInt64(min(demand * 1e6, 1e18).rounded()),
      supplyMillionths: UInt64((Double(supply.perFrame) / Double(max(schedule.majorFrame.count, 1)) * 1e6).rounded()),
      processes: processes.indices.map { index in
        let process = processes[index]
        var bound: UInt64?
        var reason: String?
        for analysis in analyses {
          switch analysis.bound(of: index) {
          case .bounded(let worst): bound = max(bound ?? 0, worst)
          case .unbounded(let why): reason = why
          }
        }
        if reason != nil { bound = nil }
        return AnalysedModule.Process(
          name: process.name, priority: process.priority, periodNanoseconds: process.period,
          capacityNanoseconds: partition.processes[index].capacity?.count,
          deadlineNanoseconds: process.deadline, boundNanoseconds: bound,
          reason: reason, releaseOffsetNanoseconds: partition.processes[index].releaseOffset?.count,
          completesWithOthers: processes.count > 1 && partition.processes[index].completion == .yield)
      })
  }

  /// What a job takes of its partition's time, at most; nil where the module file does not say.
  private func jobDemand(of process: ProcessDescription) -> UInt64? {
    guard let capacity = process.capacity?.count, process.completion == .told else { return process.capacity?.count }
    let (sum, isBeyond) = capacity.addingReportingOverflow(jobCost)
    return isBeyond ? .max : sum
  }

  /// A process whose period is no multiple of its partition's in a schedule is released with the partition there, as
  /// `check` warns and `verify` has it; C's PERIODIC_WAIT counts on by its own period. Both must be bounded.
  private static func readings(of processes: [PeriodicProcess], _ own: UInt64) -> [[PeriodicProcess]] {
    var released = processes
    for index in released.indices {
      if let period = released[index].period, own > 0, period % own != 0 { released[index].period = own }
    }
    return released == processes ? [processes] : [processes, released]
  }
}

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
      "a partition's processes are started before NORMAL mode: released together at whichever of its period starts "
        + "comes next, then each at its period",
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

  /// When a partition can act in each of its periods, or in each of so many of them together.
  ///
  /// - Parameters:
  ///   - period: a multiple of the partition's own.
  ///   - frame: a multiple of the major frame and of `period`.
  /// - Returns: one activity for each of the partition's period starts that `period` can begin with; none where there
  ///   are no windows, or too many periods.
  func activities(
    of identifier: UInt64, in schedule: ScheduleDescription, period: UInt64, over frame: UInt64
  ) -> [PartitionActivity] {
    let majorFrame = schedule.majorFrame.count
    guard let own = schedule.partitions.first(where: { $0.partitionIdentifier == identifier }), period > 0,
      majorFrame > 0, frame > 0, frame % period == 0, frame % majorFrame == 0, frame / period <= Self.mostPeriods,
      frame / majorFrame <= Self.mostPeriods, own.period.count > 0, period / own.period.count <= Self.mostPeriods
    else { return [] }
    // A period that runs over the frame's end has windows at its beginning too.
    let turns = (0...(frame + 2 * period) / majorFrame).map { $0 * majorFrame }
    let starts = turns.flatMap { turn in own.windows.map { $0.start.count + turn } }.sorted()
    let ends = turns.flatMap { turn in own.windows.map { $0.end.count + turn } }.sorted()
    return (0..<period / own.period.count).map { phase in
      let origin = Self.origin(of: own) + phase * own.period.count
      let spans = (0..<frame / period).compactMap { index -> PartitionActivity.Span? in
        let start = origin + index * period
        guard let first = starts.first(where: { $0 >= start && $0 < start + period }),
          let last = ends.last(where: { $0 > start && $0 <= start + period })
        else { return nil }
        return PartitionActivity.Span(first: first, last: last)
      }
      return PartitionActivity(spans: spans, majorFrame: frame)
    }
  }

  /// The worst over all pairs of activities; nil where there is none, or one of them says nothing.
  private static func worst(
    _ writers: [PartitionActivity], _ readers: [PartitionActivity],
    _ bound: (PartitionActivity, PartitionActivity) -> UInt64?
  ) -> UInt64? {
    guard !writers.isEmpty, !readers.isEmpty, writers.count * readers.count <= Self.mostPeriods else { return nil }
    var worst: UInt64 = 0
    for writer in writers {
      for reader in readers {
        guard let found = bound(writer, reader) else { return nil }
        worst = max(worst, found)
      }
    }
    return worst
  }

  /// Beyond so many periods until everything comes round again, nothing is said.
  private static let mostPeriods: UInt64 = 512

  /// The longest and the shortest that may lie between two releases of who writes or reads in a partition: the module
  /// file does not say which of its processes that is. Without processes, or where one has no period, it may be anybody
  /// in each of the partition's. 0 where the partition has no windows.
  private func periods(of identifier: UInt64, in schedule: ScheduleDescription) -> (longest: UInt64, shortest: UInt64) {
    guard let own = schedule.partitions.first(where: { $0.partitionIdentifier == identifier })?.period.count else {
      return (0, 0)
    }
    let partition = module.partitions.first { $0.identifier == identifier }
    let all = (partition?.processes ?? []).map { $0.period?.count ?? own }
    let least = all.map { AnalysedModule.Partition.leastBetweenReleases($0, of: own) }.min()
    return (max(own, all.max() ?? own), least ?? own)
  }

  /// The least common multiple; 0 where it is beyond all reason.
  private static func common(_ one: UInt64, _ other: UInt64) -> UInt64 {
    guard one > 0, other > 0 else { return 0 }
    var (a, b) = (one, other)
    while b > 0 { (a, b) = (b, a % b) }
    let (product, isBeyond) = (one / a).multipliedReportingOverflow(by: other)
    return isBeyond || product > 1 << 60 ? 0 : product
  }

  /// The partition's period starts in a major frame: with which of them its processes begin, its start decides.
  private static func origins(of partition: PartitionScheduleDescription, in schedule: ScheduleDescription) -> [UInt64]
  {
    let first = origin(of: partition)
    let period = partition.period.count
    guard period > 0, schedule.majorFrame.count / period <= mostPeriods else { return [first] }
    return (0..<max(schedule.majorFrame.count / period, 1)).map { first + $0 * period }
  }

  private static func origin(of partition: PartitionScheduleDescription) -> UInt64 {
    partition.windows.filter(\.isPeriodStart).map(\.start.count).min() ?? 0
  }

  private func analyse(_ partition: PartitionDescription, in schedule: ScheduleDescription) -> AnalysedModule.Partition
  {
    let own = schedule.partitions.first { $0.partitionIdentifier == partition.identifier }
    let supply = supply(of: partition.identifier, in: schedule)
    let processes = partition.processes.map {
      PeriodicProcess(
        name: $0.name, period: $0.period?.count, capacity: jobDemand(of: $0), deadline: $0.deadline?.count,
        priority: $0.priority)
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
          reason: reason, observedNanoseconds: nil,
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

  /// - Parameter late: partitions of which not every process is sure to be done within its period.
  private func ports(in schedule: ScheduleDescription, late: Set<UInt64>) -> [AnalysedModule.Port] {
    module.channels.flatMap { channel -> [AnalysedModule.Port] in
      let source = channel.source.partitionIdentifier
      let writing = periods(of: source, in: schedule)
      let own = schedule.partitions.first { $0.partitionIdentifier == source }?.period.count ?? 0
      return channel.destinations.compactMap { end in
        guard let port = port(end) else { return nil }
        let reading = periods(of: end.partitionIdentifier, in: schedule).longest
        // Who is released more often than the partition sends several times in a period of it.
        let period = port.kind == .sampling ? writing.longest : max(writing.shortest, own)
        let frame = Self.common(Self.common(schedule.majorFrame.count, period), reading)
        var answer = AnalysedModule.Port(
          channel: channel.identifier, source: name(of: channel.source), destination: name(of: end))
        let isSure = !late.contains(source) && !late.contains(end.partitionIdentifier)
        let readers =
          isSure ? activities(of: end.partitionIdentifier, in: schedule, period: reading, over: frame) : []
        let writers = activities(of: source, in: schedule, period: period, over: frame)
        switch port.kind {
        case .sampling:
          answer.worstAgeNanoseconds = Self.worst(writers, readers) { $0.worstAge(readBy: $1) }
          answer.refreshNanoseconds = port.refreshPeriod?.count
        case .queuing:
          let times = writing.shortest > 0 ? (period + writing.shortest - 1) / writing.shortest : 1
          let (each, isBeyond) = messagesPerPeriod.multipliedReportingOverflow(by: times)
          answer.mostWaiting =
            isBeyond ? nil : Self.worst(writers, readers) { $0.mostWaiting(for: $1, perPeriod: each) }
          answer.capacity = port.maximumMessageCount
        }
        return answer
      }
    }
  }

  private func port(_ end: ChannelDescription.End) -> PortDescription? {
    module.partitions.first { $0.identifier == end.partitionIdentifier }?.ports.first { $0.name == end.portName }
  }

  private func name(of end: ChannelDescription.End) -> String {
    let partition = module.partitions.first { $0.identifier == end.partitionIdentifier }?.name
    return "\(partition ?? "\(end.partitionIdentifier)").\(end.portName)"
  }
}

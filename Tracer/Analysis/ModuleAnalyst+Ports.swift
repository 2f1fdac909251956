import APEXTypes
import ModuleCompiler
import ModuleConfiguration

/// Ages of messages and lengths of queues, from when writers and readers can act.
extension ModuleAnalyst {
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
    let sorted = own.windows.sorted { $0.start < $1.start }
    let windows = turns.flatMap { turn in sorted.map { (start: $0.start.count + turn, end: $0.end.count + turn) } }
    let phases = (0..<period / own.period.count).flatMap { phase in
      offsets(of: identifier, within: own.period.count).map { phase * own.period.count + $0 }
    }
    return phases.map { phase in
      let origin = (Self.origin(of: own) + phase) % period
      let spans = (0..<frame / period).compactMap { index -> PartitionActivity.Span? in
        let start = origin + index * period
        let end = start + period
        // Who is released in the middle of a window acts from there on, and to there in the next period.
        guard let first = windows.first(where: { $0.end > start }), first.start < end,
          let last = windows.last(where: { $0.start < end })
        else { return nil }
        return PartitionActivity.Span(first: max(first.start, start), last: min(last.end, end))
      }
      return PartitionActivity(spans: spans, majorFrame: frame)
    }
  }

  /// How much later than the partition's period starts who writes or reads there may be released: anybody among its
  /// processes, as the module file does not say who that is.
  private func offsets(of identifier: UInt64, within period: UInt64) -> [UInt64] {
    let processes = module.partitions.first { $0.identifier == identifier }?.processes ?? []
    return processes.isEmpty ? [0] : Set(processes.map { ($0.releaseOffset?.count ?? 0) % period }).sorted()
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

  /// - Parameter late: partitions of which not every process is sure to be done within its period.
  func ports(in schedule: ScheduleDescription, late: Set<UInt64>) -> [AnalysedModule.Port] {
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

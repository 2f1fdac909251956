import TestSeeds

/// Module schedules drawn at random: windows of all lengths in any order, of whomever.
struct RandomSchedules {
  /// What a schedule promises a partition, and where its windows are; times in microseconds.
  struct Share {
    var partition: Int
    var windows: [(start: Int, duration: Int)]
    var periodStart: Int
    var duration: Int { windows.reduce(0) { $0 + $1.duration } }
  }
  struct Schedule {
    var identifier: Int
    var frame: Int
    var shares: [Share]
  }

  let schedules: [Schedule]

  /// - Parameters:
  ///   - arePeriodsEqual: all schedules have the same frame; only where in it a partition's period begins differs.
  ///   - everybody: the identifiers of the partitions, the drainer's last; the first schedule has windows for all but
  ///     the drainer, all others for the last two of the rest.
  init(_ generator: inout SeededGenerator, count: Int, arePeriodsEqual: Bool, everybody: [Int]) {
    let frames = [8_000, 10_000, 12_000, 20_000, 25_000]
    let first = frames.randomElement(using: &generator) ?? 8_000
    let identifiers = [0, 1, 2, 5, 7, 300].shuffled(using: &generator)
    schedules = (0..<count).map { index in
      let frame = arePeriodsEqual ? first : frames.randomElement(using: &generator) ?? first
      let windows = Self.windows(in: frame, &generator)
      let owners = Self.owners(of: windows.count, isFirst: index == 0, everybody, &generator)
      let shares = everybody.compactMap { partition -> Share? in
        let own = windows.indices.filter { owners[$0] == partition }.map { windows[$0] }
        guard !own.isEmpty else { return nil }
        let start = arePeriodsEqual ? Int.random(in: own.indices, using: &generator) : 0
        return Share(partition: partition, windows: own, periodStart: start)
      }
      return Schedule(identifier: identifiers[index], frame: frame, shares: shares)
    }
  }

  /// Five to eight windows, one behind the other, of 400 µs or more.
  private static func windows(in frame: Int, _ generator: inout SeededGenerator) -> [(start: Int, duration: Int)] {
    let unit = 100
    while true {
      let count = Int.random(in: 5...8, using: &generator)
      let inner = (5..<(frame / unit - 8)).shuffled(using: &generator).prefix(count - 1).sorted()
      let cuts = [0] + inner + [frame / unit - (generator.oneIn(3) ? 6 : 0)]
      let windows = zip(cuts, cuts.dropFirst()).map { (start: $0 * unit, duration: ($1 - $0) * unit) }
      if windows.allSatisfy({ $0.duration >= 400 }) { return windows }
    }
  }

  private static func owners(
    of count: Int, isFirst: Bool, _ everybody: [Int], _ generator: inout SeededGenerator
  ) -> [Int] {
    // 0: idle time.
    let others = everybody + [everybody[0], everybody[0], everybody[1], 0]
    var owners = (0..<count).map { _ in others.randomElement(using: &generator) ?? 0 }
    let certain = everybody.dropLast().reversed().prefix(isFirst ? everybody.count - 1 : 2)
    for (place, owner) in zip((0..<count).shuffled(using: &generator), certain) { owners[place] = owner }
    return owners
  }

  /// - Parameters:
  ///   - mayChange: who may ask for another schedule.
  ///   - mayStart: whom a change may start anew.
  func text(_ generator: inout SeededGenerator, mayChange: Set<Int>, mayStart: Set<Int>) -> String {
    schedules.enumerated().map { index, schedule in
      let shares = schedule.shares.map { share in
        let action = ["WARM_START", "COLD_START", "IGNORE"].randomElement(using: &generator) ?? "IGNORE"
        let start = mayStart.contains(share.partition) ? " ScheduleChangeAction=\"\(action)\"" : ""
        let change = mayChange.contains(share.partition) ? " SetModuleSchedule=\"true\"" : ""
        return """
          <Partition_Schedule PartitionIdentifier="\(share.partition)" PeriodSeconds="\(seconds(schedule.frame))"
            PeriodDurationSeconds="\(seconds(share.duration))"\(start)\(change)>
          \(share.windows.indices.map { Self.text(share, $0) }.joined(separator: "\n"))
          </Partition_Schedule>
          """
      }
      return """
        <Module_Schedule MajorFrameSeconds="\(seconds(schedule.frame))" ScheduleIdentifier="\(schedule.identifier)"
          ScheduleName="s\(index)" InitialModuleSchedule="\(index == 0)">
        \(shares.joined(separator: "\n"))
        </Module_Schedule>
        """
    }.joined(separator: "\n")
  }

  private static func text(_ share: Share, _ index: Int) -> String {
    """
      <Window_Schedule WindowIdentifier="\(share.partition * 10 + index)"
        WindowStartSeconds="\(seconds(share.windows[index].start))"
        WindowDurationSeconds="\(seconds(share.windows[index].duration))"
        PartitionPeriodStart="\(index == share.periodStart)"/>
    """
  }
}

/// Microseconds as the module file has them.
func seconds(_ microseconds: Int) -> String {
  let digits = String(microseconds % 1_000_000)
  return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
}

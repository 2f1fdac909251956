import APEXTypes
import ModuleCompiler
import ModuleConfiguration

/// Windows of other lengths as a module file writes them, and what else in it must follow.
struct ProposedSchedule {
  /// A process that may no longer ask for as much as it does.
  struct Capacity: Encodable {
    var partition: String
    var process: String
    var recordedNanoseconds: UInt64
    /// Of what its partition is sure of in a period of the process; where the processes of a partition ask for too much
    /// together, in its share.
    var greatestNanoseconds: UInt64
  }

  /// Elements to put in the place of those of the initial `Module_Schedule`, a line each.
  private(set) var elements: [String] = []
  private(set) var capacities: [Capacity] = []

  private let table: ModuleTable
  private let durations: [Int: Nanoseconds]
  /// What L and foreign lines take of a partition's window.
  private let taken: (PartitionIndex) -> Nanoseconds

  /// - Parameters:
  ///   - durations: of windows by their index in the table; the others keep theirs.
  ///   - taken: what L and foreign lines take of a partition's window.
  init(_ table: ModuleTable, durations: [Int: Nanoseconds], taken: @escaping (PartitionIndex) -> Nanoseconds) {
    self.table = table
    self.durations = durations
    self.taken = taken
    for index in 0..<table.partitionCount { add(PartitionIndex(UInt8(index))) }
  }

  private var schedule: ScheduleRecord { table.record(ScheduleRecord.self, Int(table.module.initialSchedule)) }

  private func window(_ index: Int) -> WindowRecord {
    var window = table.record(WindowRecord.self, index)
    window.duration = durations[index] ?? window.duration
    return window
  }

  private mutating func add(_ partition: PartitionIndex) {
    let windows = schedule.windows.indices.map(window).filter { $0.partition == partition }
    let record = table.partition(partition)
    guard !windows.isEmpty, record.period.count > 0, schedule.majorFrame.count > 0 else { return }
    let duration = min(record.duration, leastOfPeriods(windows, record.period, \.duration.count))
    elements.append(
      "<Partition_Schedule PartitionIdentifier=\"\(record.identifier)\" PeriodSeconds=\"\(seconds(record.period))\" "
        + "PeriodDurationSeconds=\"\(seconds(duration))\"\(changes(of: partition))>")
    for window in windows {
      elements.append(
        "  <Window_Schedule WindowIdentifier=\"\(window.identifier)\" WindowStartSeconds=\"\(seconds(window.start))\" "
          + "WindowDurationSeconds=\"\(seconds(window.duration))\""
          + (window.isPeriodStart ? " PartitionPeriodStart=\"true\"/>" : "/>"))
    }
    elements.append("</Partition_Schedule>")
    let cost = taken(partition).count
    func sure(_ window: WindowRecord) -> UInt64 { window.duration.count - min(window.duration.count, cost) }
    addCapacities(
      of: partition, record, inPeriod: leastOfPeriods(windows, record.period, sure).count,
      inFrame: windows.reduce(UInt64(0)) { UInt64(clamping: UInt128($0) + UInt128(sure($1))) })
  }

  /// What the element says of changes of schedules, which must not be lost with its windows.
  private func changes(of partition: PartitionIndex) -> String {
    let actions = (0..<table.count(ScheduleActionRecord.self)).map { table.record(ScheduleActionRecord.self, $0) }
    let own = actions.first { $0.partition == partition && $0.schedule == table.module.initialSchedule }
    let action =
      switch own?.action ?? .ignore {
      case .ignore: ""
      case .warmStart: " ScheduleChangeAction=\"WARM_START\""
      case .coldStart: " ScheduleChangeAction=\"COLD_START\""
      }
    let mayChange = table.partition(partition).flags.contains(.mayChangeSchedule)
    return action + (mayChange ? " SetModuleSchedule=\"true\"" : "")
  }

  /// - Parameters:
  ///   - supply: what is sure in each of the partition's periods, ns.
  ///   - all: in each major frame, ns.
  private mutating func addCapacities(
    of partition: PartitionIndex, _ record: PartitionRecord, inPeriod supply: UInt64, inFrame all: UInt64
  ) {
    let processes = (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }.filter {
      $0.partition == partition && $0.period.count > 0 && $0.capacity.count != .max
    }
    var greatest = processes.map { process in
      let (most, isBeyond) = supply.multipliedReportingOverflow(by: process.period.count / record.period.count)
      return isBeyond ? process.capacity.count : min(most, process.capacity.count)
    }
    // In the long run all of them ask for no more than the windows give.
    let asked = zip(greatest, processes).reduce(UInt64(0)) { sum, next in
      let period = UInt128(next.1.period.count)
      let share = (UInt128(next.0) * UInt128(schedule.majorFrame.count) + period - 1) / period
      return UInt64(clamping: UInt128(sum) + min(share, UInt128(UInt64.max)))
    }
    if asked > all { greatest = greatest.map { UInt64(UInt128($0) * UInt128(all) / UInt128(asked)) } }
    for (process, most) in zip(processes, greatest) where process.capacity.count > most {
      capacities.append(
        Capacity(
          partition: text(record.name), process: text(process.name), recordedNanoseconds: process.capacity.count,
          greatestNanoseconds: most))
    }
  }

  /// The least sum in a period of the partition; sums beyond all numbers are the last of them.
  private func leastOfPeriods(
    _ windows: [WindowRecord], _ period: Nanoseconds, _ time: (WindowRecord) -> UInt64
  ) -> Nanoseconds {
    let frame = schedule.majorFrame.count
    let origin = (windows.first(where: \.isPeriodStart)?.start.count ?? 0) % frame
    var sums: [UInt64: UInt64] = [:]
    for window in windows {
      let start = window.start.count % frame
      let sinceOrigin = start >= origin ? start - origin : frame - (origin - start)
      let (sum, isBeyond) = sums[sinceOrigin / period.count, default: 0].addingReportingOverflow(time(window))
      sums[sinceOrigin / period.count] = isBeyond ? .max : sum
    }
    return Nanoseconds(sums.values.min() ?? 0)
  }

  private func seconds(_ time: Nanoseconds) -> String { DecimalSeconds.format(time) }

  private func text(_ name: NameReference) -> String { String(decoding: table.name(name), as: UTF8.self) }
}

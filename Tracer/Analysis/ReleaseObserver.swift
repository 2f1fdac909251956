import APEXTypes
import Foundation
import ModuleCompiler
import ModuleConfiguration
import TraceFormat

/// Whether the processes of a trace are released as the analysis assumes, as far as their schedulers tell it: a job's
/// age says when it was released (`ProcessTelling`). And how many missed deadlines partitions have recorded.
///
/// Assumed is that all processes of a partition count from one of its period starts, each with its offset. So a job's
/// release less the offset lies whole periods of the partition from its period starts, and from such an instant of
/// another process so much as both periods allow.
public struct ReleaseObserver {
  /// A process that is released otherwise.
  struct Deviation: Equatable, Sendable {
    /// Index of the schedule.
    var schedule: Int
    var partition: String
    var process: String
    /// In words, against what the module file says.
    var reason: String
  }

  private struct ProcessName: Hashable {
    var partition: String
    var process: String
  }

  private struct Process {
    var partition: String
    var name: String
    var owner: Int
    var key: ProcessKey
    var period: UInt64
    var offset: UInt64
    /// Its last release, less its offset; nil where none is known since it, its partition or the schedule began.
    var base: UInt64?
    /// The schedules under which it was found out.
    var isFound: Set<Int> = []
  }

  private let table: ModuleTable
  /// By partition: its processes that are told of and have releases.
  private let members: [[Int]]
  private var processes: [Process]
  /// By window: its schedule.
  private let schedules: [Int]
  /// By partition: the last start of a period, and the schedule that it belongs to.
  private var periodStarts = [(start: UInt64, schedule: Int)?](repeating: nil, count: 256)
  /// By schedule and partition, how long the periods are.
  private let periods: [[String: UInt64]]
  /// Since when the schedule runs: what is released before belongs to another one.
  private var scheduleStart: UInt64 = 0
  private var call: (partition: UInt8, telling: ProcessTelling)?

  private(set) var deviations: [Deviation] = []
  private var replenished: Set<ProcessName> = []
  /// By partition.
  private var misses = [UInt64](repeating: 0, count: 256)

  /// - Parameter module: the module file that is held against the trace; of the same windows.
  public init(_ table: ModuleTable, module: ModuleDescription) {
    self.table = table
    var members = [[Int]](repeating: [], count: 256)
    var processes: [Process] = []
    for index in 0..<table.count(ProcessRecord.self) {
      let record = table.record(ProcessRecord.self, index)
      let partition = String(decoding: table.name(table.partition(record.partition).name), as: UTF8.self)
      let name = String(decoding: table.name(record.name), as: UTF8.self)
      let own = module.partitions.first { $0.name == partition }?.processes.first { $0.name == name }
      guard record.completion == .told, let own, let period = own.period?.count, period > 0 else { continue }
      members[Int(record.partition.rawValue)].append(processes.count)
      processes.append(
        Process(
          partition: partition, name: name, owner: Int(record.partition.rawValue),
          key: ProcessKey(name: table.name(record.name)), period: period, offset: own.releaseOffset?.count ?? 0))
    }
    self.members = members
    self.processes = processes
    var schedules = [Int](repeating: 0, count: table.count(WindowRecord.self))
    for schedule in 0..<table.count(ScheduleRecord.self) {
      for window in table.record(ScheduleRecord.self, schedule).windows.indices { schedules[window] = schedule }
    }
    self.schedules = schedules
    periods = module.schedules.map { schedule in
      Dictionary(
        schedule.partitions.compactMap { own in
          guard let name = module.partitions.first(where: { $0.identifier == own.partitionIdentifier })?.name else {
            return nil
          }
          return (name, own.period.count)
        }, uniquingKeysWith: { first, _ in first })
    }
  }

  /// How many errors DEADLINE_MISSED the partition of that name has recorded.
  public func misses(of name: String) -> UInt64 {
    (0..<table.count(PartitionRecord.self)).reduce(0) { sum, index in
      let record = table.record(PartitionRecord.self, index)
      return String(decoding: table.name(record.name), as: UTF8.self) == name ? sum + misses[index] : sum
    }
  }

  /// Events are missing.
  public mutating func noteGap() {
    call = nil
    for process in processes.indices { processes[process].base = nil }
    periodStarts = Array(repeating: nil, count: 256)
  }

  /// Takes the next event of the trace.
  public mutating func consume(_ event: TraceEvent) {
    guard let kind = event.knownKind else { return }
    switch kind {
    case .hypercall:
      call = nil
      guard UInt16(truncatingIfNeeded: event.operand) == HypercallNumber.tellProcess.rawValue else { return }
      call = (event.partition, ProcessTelling((event.words.w3, event.words.w4, event.words.w5)))
    case .hypercallResult: answer(event)
    case .windowStart:
      let window = Int(event.operand)
      guard schedules.indices.contains(window), table.record(WindowRecord.self, window).isPeriodStart else { return }
      periodStarts[Int(event.partition)] = (event.words.w0, schedules[window])
    case .scheduleChange where event.detail == 1:
      scheduleStart = event.time
      for process in processes.indices { processes[process].base = nil }
    case .restart, .initialised: forget(event.partition)
    case .modeChange where event.detail == OperatingMode.idle.rawValue: forget(event.partition)
    case .healthError where event.detail == ErrorCode.deadlineMissed.rawValue: misses[Int(event.partition)] += 1
    case .loss: noteGap()
    case .interrupt, .timer, .exception, .memoryPiece: call = nil
    default: break
    }
  }

  private mutating func forget(_ partition: UInt8) {
    for process in members[Int(partition)] { processes[process].base = nil }
  }

  /// What a scheduler tells counts if its call succeeds.
  private mutating func answer(_ event: TraceEvent) {
    guard let told = call, event.partition == told.partition,
      UInt16(truncatingIfNeeded: event.operand) == HypercallNumber.tellProcess.rawValue
    else { return }
    call = nil
    guard event.detail == 0 else { return }
    if told.telling.state == .replenished { noteReplenishment(told.telling.from, of: told.partition) }
    guard told.telling.isDispatch, told.telling.age != ProcessTelling.aperiodic,
      let (start, schedule) = periodStarts[Int(told.partition)],
      let process = members[Int(told.partition)].first(where: { processes[$0].key == told.telling.to })
    else { return }
    let release = start &- UInt64(bitPattern: told.telling.age)
    // Nobody has the processor for what is not released yet; and what another schedule released is not spoken of.
    guard release <= event.time, release >= scheduleStart else { return }
    judge(process, release, from: start, under: schedule)
  }

  /// What the judge says of such a job is how much of its deadline was left, and nothing of how long it took.
  private mutating func noteReplenishment(_ key: ProcessKey, of partition: UInt8) {
    guard let index = members[Int(partition)].first(where: { processes[$0].key == key }) else { return }
    replenished.insert(ProcessName(partition: processes[index].partition, process: processes[index].name))
  }

  /// Whether jobs of a process were given other deadlines than its own (REPLENISH).
  func hasOtherDeadlines(_ process: String, of partition: String) -> Bool {
    replenished.contains(ProcessName(partition: partition, process: process))
  }

  private mutating func judge(_ index: Int, _ release: UInt64, from start: UInt64, under schedule: Int) {
    let process = processes[index]
    guard !process.isFound.contains(schedule), periods.indices.contains(schedule),
      let own = periods[schedule][process.partition], own > 0
    else { return }
    let base = release &- process.offset
    var reason: String?
    // One whose period is no multiple of its partition's is released by its own.
    if !Self.areInStep(base, start, gcd(process.period, own)) {
      let into = release >= start ? (release - start) % own : (own - (start - release) % own) % own
      reason =
        "released \(milliseconds(into)) ms after its period's start, and the module file says "
        + "\(milliseconds(process.offset))"
    } else if let other = members[process.owner].first(where: { other in
      processes[other].base.map { !Self.areInStep(base, $0, gcd(process.period, processes[other].period)) } ?? false
    }) {
      reason =
        other == index
        ? "released in other periods than before, as if started again"
        : "released in other periods than '\(processes[other].name)' beside it, as if started later"
    }
    // With who is out of step others need not be in step.
    processes[index].base = reason == nil ? base : nil
    guard let reason else { return }
    processes[index].isFound.insert(schedule)
    deviations.append(
      Deviation(schedule: schedule, partition: process.partition, process: process.name, reason: reason))
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String { String(format: "%.9g", Double(nanoseconds) / 1e6) }

  private static func areInStep(_ one: UInt64, _ other: UInt64, _ period: UInt64) -> Bool {
    // A base may lie before 0, and wraps round then: its distance to another one is what counts.
    let distance = Int64(bitPattern: one &- other).magnitude
    return distance % period == 0
  }
}

import APEXTypes
import ModuleConfiguration

/// The module table, laid out for judging: dense arrays, names as strings, sums worked out once.
struct ModulePlan {
  /// What is accepted of a window's first instant where the module declares no budget, in ns.
  static let defaultStartError: UInt64 = 1000
  /// Claims on so many processes are made at most.
  static let maximumProcessCount = 1024

  struct Partition {
    var name: String
    var permittedLines: UInt16
    var isSystem: Bool
    var executable: [Range<UInt64>]
  }
  struct Schedule {
    var majorFrame: UInt64
    var windows: Range<Int>
  }
  struct Window {
    var start: UInt64
    var duration: UInt64
    var partition: UInt8
    var isPeriodStart: Bool
    /// From this window's start to that of its partition's next window.
    var toNextOwn: UInt64
    /// In-window time that the partition must get in the period that starts here; 0 where none starts.
    var requiredSupply: UInt64
  }
  struct Line {
    var isMaskedUntilOwner = false
    var budgetPerWindow: UInt64 = .max
    var hasKernelHandler = false
    var stolenTime: UInt64 = 0
  }
  struct Port {
    var partition: UInt8
    var isSource: Bool
    var maximumBytes: UInt64
    var refreshPeriod: UInt64
    var channel: Int
  }

  var name: String
  var checksum: UInt64
  var allowance: UInt64
  /// What a window may start late, in ns.
  var startError: UInt64 = ModulePlan.defaultStartError
  var drainer: UInt8
  var initialSchedule: Int
  var partitions: [Partition] = []
  var schedules: [Schedule] = []
  var windows: [Window] = []
  var lines = [Line](repeating: Line(), count: ModuleLimits.lineCount)
  var ports: [Port] = []
  var channelCount: Int
  /// By partition × 8 + error code.
  var healthActions: [UInt8]
  var stimuli: [StimulusRecord] = []
  /// Whether the kernel's fixed tables could not hold the module, so that no kernel can have run it.
  var isBeyondLimits: Bool

  init(_ table: ModuleTable) {
    let module = table.module
    name = Self.text(table, module.name)
    checksum = table.checksum
    allowance = module.switchAllowance.count
    drainer = module.drainer.rawValue
    initialSchedule = Int(module.initialSchedule)
    isBeyondLimits =
      table.count(WindowRecord.self) > ModuleLimits.maximumWindowCount
      || table.count(ScheduleRecord.self) > ModuleLimits.maximumWindowCount
      || table.count(PortRecord.self) > ModuleLimits.maximumPortCount
      || table.count(ProcessRecord.self) > Self.maximumProcessCount
    channelCount = table.count(ChannelRecord.self)
    healthActions = [UInt8](repeating: PartitionRecoveryAction.idle.rawValue, count: table.partitionCount * 8)
    readPartitions(table)
    for index in 0..<table.count(LineRecord.self) {
      let line = table.record(LineRecord.self, index)
      lines[Int(line.line)] = Line(
        isMaskedUntilOwner: line.policy == .maskedUntilOwner,
        budgetPerWindow: line.policy == .markedAtOnce ? line.budgetPerWindow : .max,
        hasKernelHandler: line.hasKernelHandler, stolenTime: line.stolenTime.count)
    }
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      ports.append(
        Port(
          partition: port.partition.rawValue, isSource: port.direction == .source,
          maximumBytes: port.maximumMessageBytes, refreshPeriod: port.refreshPeriod.count, channel: Int(port.channel)))
    }
    for index in 0..<table.count(HealthActionRecord.self) {
      let record = table.record(HealthActionRecord.self, index)
      healthActions[Int(record.partition.rawValue) * 8 + Int(record.error.rawValue)] = record.action.rawValue
    }
    for index in 0..<table.count(BudgetRecord.self) {
      let budget = table.record(BudgetRecord.self, index)
      if budget.quantity == .windowStartError { startError = budget.bound }
    }
    for index in 0..<table.count(StimulusRecord.self) { stimuli.append(table.record(StimulusRecord.self, index)) }
    readSchedules(table)
  }

  static func text(_ table: ModuleTable, _ name: NameReference) -> String {
    String(decoding: table.name(name), as: UTF8.self)
  }

  private mutating func readPartitions(_ table: ModuleTable) {
    for index in 0..<table.partitionCount {
      let record = table.record(PartitionRecord.self, index)
      var executable: [Range<UInt64>] = []
      for segment in record.segments.indices {
        let piece = table.record(SegmentRecord.self, segment)
        guard piece.access.contains(.execute), piece.virtualAddress < piece.virtualAddress &+ piece.memoryBytes else {
          continue
        }
        executable.append(piece.virtualAddress..<(piece.virtualAddress &+ piece.memoryBytes))
      }
      partitions.append(
        Partition(
          name: Self.text(table, record.name), permittedLines: record.permittedLines,
          isSystem: record.flags.contains(.system) || record.flags.contains(.drainer), executable: executable))
    }
  }

  private mutating func readSchedules(_ table: ModuleTable) {
    for index in 0..<table.count(WindowRecord.self) {
      let record = table.record(WindowRecord.self, index)
      windows.append(
        Window(
          start: record.start.count, duration: record.duration.count, partition: record.partition.rawValue,
          isPeriodStart: record.isPeriodStart, toNextOwn: 0, requiredSupply: 0))
    }
    for index in 0..<table.count(ScheduleRecord.self) {
      let record = table.record(ScheduleRecord.self, index)
      let schedule = Schedule(majorFrame: record.majorFrame.count, windows: record.windows.indices)
      schedules.append(schedule)
      guard !isBeyondLimits else { continue }
      for window in schedule.windows { completeWindow(window, schedule, table) }
    }
  }

  /// Works out what depends on the windows after this one, cyclically.
  private mutating func completeWindow(_ index: Int, _ schedule: Schedule, _ table: ModuleTable) {
    let owner = windows[index].partition
    let record = table.partition(PartitionIndex(owner))
    var count: UInt64 = 0
    var next: UInt64?
    for step in 0...schedule.windows.count {
      let offset = index - schedule.windows.lowerBound + step
      let other = schedule.windows.lowerBound + offset % schedule.windows.count
      guard windows[other].partition == owner else { continue }
      if step > 0 {
        if next == nil {
          let turns = UInt64(offset / schedule.windows.count)
          next = windows[other].start &+ turns &* schedule.majorFrame &- windows[index].start
        }
        if windows[other].isPeriodStart { break }
      }
      if step < schedule.windows.count { count += 1 }
    }
    windows[index].toNextOwn = next ?? schedule.majorFrame
    guard windows[index].isPeriodStart, record.period.count > 0 else { return }
    var stolen: UInt64 = 0
    for line in 0..<lines.count
    where !lines[line].isMaskedUntilOwner && lines[line].budgetPerWindow != .max
      && record.permittedLines & 1 << UInt16(line) == 0
    {
      stolen = stolen &+ lines[line].budgetPerWindow &* lines[line].stolenTime
    }
    let taken = count &* (allowance &+ startError &+ stolen)
    windows[index].requiredSupply = record.duration.count > taken ? record.duration.count - taken : 0
  }
}

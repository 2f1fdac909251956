import ModuleConfiguration
import TraceFormat

/// What the auditor needs of the module, read from its table.
struct ModuleFacts {
  struct Window {
    var start: UInt64
    var duration: UInt64
    var owner: Int
    var beginsPeriod: Bool
    var leastSupply: UInt64 = 0
    /// The period that begins here is not over at the frame's end: the owner has windows before its frame's first.
    var spansFrames = false
    /// The length of the owner's periods, as far as the schedule begins some.
    var period: UInt64?
  }
  struct Process {
    var owner: Int
    var period: UInt64
    var deadline: UInt64
    var identifier: String
    /// How its partition's scheduler names it, and whether that tells when it is complete.
    var key: UInt32
    var isTold: Bool
  }
  var names: [String] = []
  var permitted: [UInt16] = []
  /// By partition.
  var periods: [UInt64] = []
  var windows: [Window] = []
  var frames: [UInt64] = []
  var windowsOfSchedules: [Range<Int>] = []
  var processes: [Process] = []
  var claims: [(record: ClaimRecord, identifier: String)] = []
  var budgets: [BudgetRecord] = []
  let choices: ChoiceFacts
  let allowance: UInt64
  let drainer: Int
  /// What the trace does not show.
  let leftOut: LeftOutKinds

  init(_ table: ModuleTable) {
    func text(_ name: NameReference) -> String { String(decoding: table.name(name), as: UTF8.self) }
    choices = ChoiceFacts(table)
    allowance = table.module.switchAllowance.count
    drainer = Int(table.module.drainer.rawValue)
    leftOut = table.module.leftOutKinds
    for index in 0..<table.partitionCount {
      let partition = table.record(PartitionRecord.self, index)
      names.append(text(partition.name))
      permitted.append(partition.permittedLines)
      periods.append(partition.period.count)
    }
    budgets = Self.lastBudgets(table)
    for index in 0..<table.count(WindowRecord.self) {
      let window = table.record(WindowRecord.self, index)
      windows.append(
        Window(
          start: window.start.count, duration: window.duration.count, owner: Int(window.partition.rawValue),
          beginsPeriod: window.isPeriodStart))
    }
    for index in 0..<table.count(ScheduleRecord.self) {
      let schedule = table.record(ScheduleRecord.self, index)
      frames.append(schedule.majorFrame.count)
      windowsOfSchedules.append(schedule.windows.indices)
      setPeriods(schedule)
    }
    for index in 0..<table.count(ProcessRecord.self) {
      let process = table.record(ProcessRecord.self, index)
      guard process.deadline.count != .max else { continue }
      let owner = Int(process.partition.rawValue)
      processes.append(
        Process(
          owner: owner, period: process.period.count, deadline: process.deadline.count,
          identifier: "process.deadline.\(names[owner]).\(text(process.name))",
          key: ProcessKey(name: table.name(process.name)).rawValue, isTold: process.completion == .told))
    }
    for index in 0..<table.count(ClaimRecord.self) {
      let record = table.record(ClaimRecord.self, index)
      claims.append((record, "custom." + text(record.name)))
    }
    for number in 0..<table.count(ScheduleRecord.self) {
      let schedule = table.record(ScheduleRecord.self, number).windows.indices
      for index in schedule where windows[index].beginsPeriod {
        windows[index].leastSupply = leastSupply(at: index, of: number, schedule, table)
        windows[index].spansFrames = spansFrames(index, schedule)
      }
    }
  }

  private func spansFrames(_ index: Int, _ schedule: Range<Int>) -> Bool {
    let own = schedule.filter { windows[$0].owner == windows[index].owner }
    let isLast = own.last { windows[$0].beginsPeriod } == index
    return isLast && own.first.map { !windows[$0].beginsPeriod } ?? false
  }

  /// Whoever bounds one thing twice, which no module file may, means the later bound. What bounds the whole module has
  /// subject 0 here, whatever its record says.
  private static func lastBudgets(_ table: ModuleTable) -> [BudgetRecord] {
    var seen: Set<String> = []
    var kept: [BudgetRecord] = []
    for index in (0..<table.count(BudgetRecord.self)).reversed() {
      var record = table.record(BudgetRecord.self, index)
      switch record.quantity {
      case .interruptToMark, .markToUpcall, .hypercall, .partitionSupply: break
      default: record.subject = 0
      }
      if seen.insert("\(record.quantity) \(record.subject)").inserted { kept.append(record) }
    }
    return kept.reversed()
  }

  func budget(_ quantity: BudgetRecord.Quantity, _ subject: UInt64 = 0) -> UInt64? {
    budgets.last { $0.quantity == quantity && $0.subject == subject }?.bound
  }

  /// The start error allowed, in ns.
  var startError: UInt64 { budget(.windowStartError) ?? 1000 }

  /// The period starts of an owner share the frame evenly.
  private mutating func setPeriods(_ schedule: ScheduleRecord) {
    var starts: [Int: UInt64] = [:]
    for index in schedule.windows.indices where windows[index].beginsPeriod {
      starts[windows[index].owner, default: 0] += 1
    }
    for index in schedule.windows.indices {
      windows[index].period = starts[windows[index].owner].map { schedule.majorFrame.count / $0 }
    }
  }

  /// Periods of the owner from one release of a process to the next, in the schedule of a window.
  func periodsPerRelease(of process: Process, in window: Window) -> UInt64 {
    guard let period = window.period, period > 0, process.period % period == 0 else { return 1 }
    return max(process.period / period, 1)
  }

  /// The time in a period that a partition's configuration has in a schedule, in ns; 0 where it says nothing.
  private func duration(of owner: Int, in schedule: Int, _ table: ModuleTable) -> UInt64 {
    if schedule == Int(table.module.initialSchedule) { return table.record(PartitionRecord.self, owner).duration.count }
    for place in (0..<table.count(PartitionScheduleRecord.self)).reversed() {
      if let record = table.recordIfValid(PartitionScheduleRecord.self, place), record.schedule == UInt64(schedule),
        Int(record.partition.rawValue) == owner
      {
        return record.duration.count
      }
    }
    return 0
  }

  /// Duration less what each window of the period may lose: L, start error, and the lines of others.
  private func leastSupply(
    at index: Int, of number: Int, _ schedule: Range<Int>, _ table: ModuleTable
  ) -> UInt64 {
    let owner = windows[index].owner
    let partition = table.record(PartitionRecord.self, owner)
    let duration = duration(of: owner, in: number, table)
    guard duration > 0 else { return 0 }
    if let least = budget(.partitionSupply, UInt64(owner)) { return least }
    var own = 1
    var place = index
    while true {
      place = place + 1 < schedule.upperBound ? place + 1 : schedule.lowerBound
      if place == index || windows[place].owner == owner && windows[place].beginsPeriod { break }
      if windows[place].owner == owner { own += 1 }
    }
    var loss = allowance &+ startError
    for index in 0..<table.count(LineRecord.self) {
      let line = table.record(LineRecord.self, index)
      let isForeign = partition.permittedLines >> UInt16(line.line) & 1 == 0
      if isForeign, line.policy == .markedAtOnce, line.budgetPerWindow != .max {
        loss = loss &+ line.budgetPerWindow &* line.stolenTime.count
      }
    }
    let lost = loss &* UInt64(own)
    return duration > lost ? duration - lost : 0
  }
}

import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkSchedules() {
    if module.schedules.isEmpty {
      diagnostics.error(.noSchedule, line: module.line, "the module has no schedule", "add a Module_Schedule")
    }
    if module.schedules.count > 1 {
      let initial = module.schedules.filter(\.isInitial)
      if initial.count != 1 {
        diagnostics.error(
          .initialSchedule, line: module.schedules[0].line,
          "\(initial.count) of \(module.schedules.count) schedules are initial",
          "mark exactly one with InitialModuleSchedule=\"true\"")
      }
      checkScheduleChanges()
    }
    var lineByIdentifier: [UInt64: Int] = [:]
    var lineByName: [String: Int] = [:]
    var windowCount = 0
    for schedule in module.schedules {
      checkName(schedule.name, of: "a schedule", line: schedule.line)
      checkIdentifier(schedule.identifier, of: "a schedule", line: schedule.line)
      if let first = lineByIdentifier.updateValue(schedule.line, forKey: schedule.identifier) {
        diagnostics.error(
          .duplicateSchedule, line: schedule.line,
          "schedule identifier \(schedule.identifier) is taken (line \(first))", "give each schedule its own")
      }
      if !schedule.name.isEmpty, let first = lineByName.updateValue(schedule.line, forKey: schedule.name) {
        diagnostics.error(
          .duplicateSchedule, line: schedule.line, "schedule name '\(schedule.name)' is taken (line \(first))",
          "give each schedule its own: GET_MODULE_SCHEDULE_ID finds one by its name")
      }
      windowCount += schedule.partitions.reduce(0) { $0 + $1.windows.count }
      check(schedule)
    }
    if windowCount > ModuleLimits.maximumWindowCount {
      diagnostics.error(
        .tooManyWindows, line: module.schedules[0].line, "the module has \(windowCount) windows",
        "the kernel has room for \(ModuleLimits.maximumWindowCount)")
    }
  }

  private mutating func check(_ schedule: ScheduleDescription) {
    guard schedule.majorFrame.count > 0 else {
      diagnostics.error(
        .emptyMajorFrame, line: schedule.line, "the major frame has no length", "write MajorFrameSeconds above 0")
      return
    }
    checkFrame(of: schedule)
    var lineByPartition: [UInt64: Int] = [:]
    for partition in schedule.partitions {
      checkPartition(partition.partitionIdentifier, namedBy: "the schedule", line: partition.line)
      if let first = lineByPartition.updateValue(partition.line, forKey: partition.partitionIdentifier) {
        diagnostics.error(
          .duplicatePartitionSchedule, line: partition.line,
          "partition \(partition.partitionIdentifier) is scheduled twice (first in line \(first))",
          "join its windows into one Partition_Schedule")
      }
      checkPeriod(of: partition, in: schedule)
    }
    let isOnlyOne = module.schedules.count == 1
    for partition in module.partitions where !partition.isDrainer && (isOnlyOne || !hasWindows(partition)) {
      let own = schedule.partitions.first { $0.partitionIdentifier == partition.identifier }
      if own?.windows.isEmpty ?? true {
        diagnostics.error(
          .partitionWithoutWindow, line: own?.line ?? partition.line,
          "'\(partition.name)' has no window in the schedule of line \(schedule.line)",
          "add a Window_Schedule; only the drainer lives on idle time")
      }
    }
    checkWindows(of: schedule)
  }

  /// A frame's start is work of the kernel's own, as a window's is: where the next one is due before it is done, starts
  /// fall behind for ever, and nobody has idle time.
  private mutating func checkFrame(of schedule: ScheduleDescription) {
    let least = Nanoseconds(2 * allowance.count)
    if schedule.majorFrame < least {
      diagnostics.error(
        .majorFrameTooShort, line: schedule.line,
        "the major frame has \(secondsText(schedule.majorFrame)), less than two switch allowances L",
        "make it \(secondsText(least)) or longer")
    }
    if schedule.partitions.allSatisfy(\.windows.isEmpty) {
      diagnostics.warning(
        .scheduleWithoutWindows, line: schedule.line,
        "the schedule has no windows: while it runs, no partition does but the drainer",
        "add a Window_Schedule, or leave the schedule out")
    }
  }

  private func hasWindows(_ partition: PartitionDescription) -> Bool {
    module.schedules.flatMap(\.partitions).contains {
      $0.partitionIdentifier == partition.identifier && !$0.windows.isEmpty
    }
  }

  /// Several schedules need somebody who may change them, and the drainer goes on through every change.
  private mutating func checkScheduleChanges() {
    let all = module.schedules.flatMap(\.partitions)
    if !all.contains(where: \.mayChangeSchedule) {
      diagnostics.warning(
        .scheduleRight, line: module.schedules[1].line, "no partition may ask for another schedule",
        "add SetModuleSchedule=\"true\" to a Partition_Schedule; until then the initial one runs for ever")
    }
    for entry in all {
      guard let index = module.partitionIndex(identifier: entry.partitionIdentifier) else { continue }
      let partition = module.partitions[index]
      let own = all.first { $0.partitionIdentifier == entry.partitionIdentifier }
      if let own, own.mayChangeSchedule != entry.mayChangeSchedule {
        diagnostics.warning(
          .scheduleRight, line: entry.line,
          "'\(partition.name)' may change the schedule in one schedule and not in another (line \(own.line))",
          "say the same in both: the kernel grants the right to a partition, whatever schedule runs")
      }
      if partition.isDrainer, entry.changeAction != .ignore {
        diagnostics.error(
          .drainerRestart, line: entry.line, "the drainer would start again, in the middle of the trace",
          "leave ScheduleChangeAction out, or write IGNORE")
      }
    }
  }

  private mutating func checkWindows(of schedule: ScheduleDescription) {
    for partition in schedule.partitions {
      var lineByIdentifier: [UInt64: Int] = [:]
      for window in partition.windows {
        if let first = lineByIdentifier.updateValue(window.line, forKey: window.identifier) {
          diagnostics.error(
            .duplicateWindow, line: window.line,
            "window identifier \(window.identifier) is taken (line \(first))", "give each window its own")
        }
        if window.end > schedule.majorFrame {
          diagnostics.error(
            .windowOutsideFrame, line: window.line,
            "window \(window.identifier) ends at \(secondsText(window.end)), after the major frame",
            "end it by \(secondsText(schedule.majorFrame))")
        }
        if window.duration <= allowance {
          diagnostics.error(
            .windowTooShort, line: window.line,
            "window \(window.identifier) has \(secondsText(window.duration)), not more than the switch allowance L",
            "make it longer than \(secondsText(allowance))")
        }
      }
    }
    checkNeighbours(in: schedule)
  }

  /// Windows must not overlap, and what lies between two must be nothing or enough for a switch.
  private mutating func checkNeighbours(in schedule: ScheduleDescription) {
    let windows = schedule.windowsByStart
    var last: WindowDescription?
    for (_, window) in windows {
      if let last {
        if window.start < last.end {
          diagnostics.error(
            .windowsOverlap, line: window.line,
            "window \(window.identifier) starts at \(secondsText(window.start)), before window "
              + "\(last.identifier) of line \(last.line) ends at \(secondsText(last.end))",
            "start it at \(secondsText(last.end)) or later")
        } else {
          checkGap(window.start.count - last.end.count, before: window)
        }
      }
      if last.map({ window.end > $0.end }) ?? true { last = window }
    }
    if let first = windows.first?.window, let last, last.end <= schedule.majorFrame {
      checkGap(schedule.majorFrame.count - last.end.count + first.start.count, before: first)
    }
  }

  private mutating func checkGap(_ length: UInt64, before window: WindowDescription) {
    guard length > 0, length < allowance.count else { return }
    diagnostics.error(
      .gapTooShort, line: window.line,
      "the gap of \(secondsText(Nanoseconds(length))) before window \(window.identifier) is shorter than "
        + "the switch allowance L",
      "leave no gap, or \(secondsText(allowance)) and more")
  }

  private mutating func checkPeriod(of partition: PartitionScheduleDescription, in schedule: ScheduleDescription) {
    let frame = schedule.majorFrame
    let who = "partition \(partition.partitionIdentifier)"
    let isDrainer =
      module.partitionIndex(identifier: partition.partitionIdentifier)
      .map { module.partitions[$0].isDrainer } ?? false
    if partition.windows.isEmpty, isDrainer { return }
    guard partition.period.count > 0, frame.count % partition.period.count == 0 else {
      diagnostics.error(
        .periodNotDividing, line: partition.line,
        "the period \(secondsText(partition.period)) of \(who) does not divide the major frame",
        "take \(secondsText(frame)) or a whole part of it")
      return
    }
    if partition.duration.count == 0 || partition.duration > partition.period {
      diagnostics.error(
        .durationExceedsPeriod, line: partition.line,
        "the duration \(secondsText(partition.duration)) of \(who) is not within its period",
        "write more than 0 s and at most \(secondsText(partition.period))")
    }
    guard !partition.windows.isEmpty else { return }
    checkPeriodStarts(of: partition, frame: frame, who)
    let periods = PartitionPeriods(partition, majorFrame: frame)
    guard let sums = periods.sums(of: partition.windows, time: \.duration) else {
      diagnostics.error(
        .durationNotMet, line: partition.line,
        "\(who) has \(frame.count / partition.period.count) periods in the major frame but only "
          + "\(partition.windows.count) windows", "give it a window in each period")
      return
    }
    for (index, sum) in sums.enumerated() where sum < partition.duration.count {
      diagnostics.error(
        .durationNotMet, line: partition.line,
        "\(who) gets \(secondsText(Nanoseconds(sum))) in its period number \(index + 1)",
        "its windows must give it \(secondsText(partition.duration)) in each period")
    }
    if supply.perPeriod(partition, majorFrame: frame).count == 0 {
      diagnostics.error(
        .noSupply, line: partition.line,
        "\(who) is not sure of any time: L and the lines' budgets take all of a period",
        "lengthen its windows, or lower BudgetPerWindow of foreign lines")
    }
  }

  private mutating func checkPeriodStarts(
    of partition: PartitionScheduleDescription, frame: Nanoseconds, _ who: String
  ) {
    let periods = PartitionPeriods(partition, majorFrame: frame)
    let starts = partition.windows.filter(\.isPeriodStart)
    let needed = frame.count / partition.period.count
    if UInt64(starts.count) != needed {
      diagnostics.error(
        .periodStart, line: partition.line,
        "\(starts.count) windows of \(who) have PartitionPeriodStart, but the major frame has \(needed) of its periods",
        "write PartitionPeriodStart=\"true\" at the window that begins each period")
    }
    for window in starts where periods.place(of: window.start).elapsed != 0 {
      diagnostics.error(
        .periodStart, line: window.line,
        "window \(window.identifier) starts a period at \(secondsText(window.start)), which is no whole number of "
          + "periods after \(secondsText(Nanoseconds(periods.origin)))",
        "period starts of \(who) lie \(secondsText(partition.period)) apart")
    }
  }
}

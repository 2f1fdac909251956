import APEXTypes
import ModuleConfiguration

/// Schedules and their windows, with what depends on windows that follow: periods, and what each must bring.
extension ModulePlan {
  mutating func readSchedules(_ table: ModuleTable) {
    for index in 0..<table.count(WindowRecord.self) {
      let record = table.record(WindowRecord.self, index)
      windows.append(
        Window(
          start: record.start.count, duration: record.duration.count, partition: record.partition.rawValue,
          isPeriodStart: record.isPeriodStart, toNextOwn: 0, requiredSupply: 0))
    }
    let promises = Self.promises(table)
    for index in 0..<table.count(ScheduleRecord.self) {
      let record = table.record(ScheduleRecord.self, index)
      let schedule = Schedule(
        identifier: record.identifier, majorFrame: record.majorFrame.count, windows: record.windows.indices)
      schedules.append(schedule)
      guard !isBeyondLimits else { continue }
      for window in schedule.windows {
        let isInitial = index == initialSchedule
        let owner = table.partition(PartitionIndex(windows[window].partition))
        let promised = isInitial ? owner.duration.count : promises[index]?[windows[window].partition] ?? 0
        let losses = completeWindow(window, schedule, owner)
        guard promised > 0, windows[window].isPeriodStart else { continue }
        if let least = leastSupply[windows[window].partition] {
          windows[window].requiredSupply = least
        } else {
          windows[window].requiredSupply = promised > losses ? promised - losses : 0
        }
      }
    }
  }

  /// Time in each period that partitions are promised in other schedules than the initial one, in ns, by schedule.
  private static func promises(_ table: ModuleTable) -> [Int: [UInt8: UInt64]] {
    var promises: [Int: [UInt8: UInt64]] = [:]
    for index in 0..<table.count(PartitionScheduleRecord.self) {
      guard let record = table.recordIfValid(PartitionScheduleRecord.self, index) else { continue }
      promises[Int(clamping: record.schedule), default: [:]][record.partition.rawValue] = record.duration.count
    }
    return promises
  }

  /// Works out what depends on the windows after this one, cyclically.
  ///
  /// - Returns: what the windows of the period that starts with it may lose together, in ns.
  private mutating func completeWindow(_ index: Int, _ schedule: Schedule, _ record: PartitionRecord) -> UInt64 {
    let owner = windows[index].partition
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
      if offset >= schedule.windows.count { windows[index].continuesInNextFrame = true }
    }
    windows[index].toNextOwn = next ?? schedule.majorFrame
    guard windows[index].isPeriodStart else { return 0 }
    let starts = schedule.windows.count { windows[$0].partition == owner && windows[$0].isPeriodStart }
    windows[index].period = schedule.majorFrame / UInt64(starts)
    var stolen: UInt64 = 0
    for line in 0..<lines.count
    where !lines[line].isMaskedUntilOwner && lines[line].budgetPerWindow != .max
      && record.permittedLines & 1 << UInt16(line) == 0
    {
      stolen = stolen &+ lines[line].budgetPerWindow &* lines[line].stolenTime
    }
    return count &* (allowance &+ startError &+ stolen)
  }
}

import APEXTypes

// The keyframe words of modes, module schedules and the health monitor.
extension PartitionCore where Marking: MarkingRule {
  /// Before what lies within a schedule: which one runs.
  @inline(__always) func scheduleWords(_ body: (UInt64) -> Void) {
    body(
      UInt64(schedule.scheduleIndex) | UInt64(schedule.nextScheduleIndex) &<< 16
        | UInt64(schedule.asker.rawValue) &<< 32)
    body(schedule.lastChange)
  }

  mutating func restoreSchedule(_ word: () -> UInt64) -> Bool {
    let which = word()
    let (index, next) = (Int(which & 0xFFFF), Int(which &>> 16 & 0xFFFF))
    guard index < schedule.schedules.count, next < schedule.schedules.count else { return false }
    schedule.run(index)
    schedule.nextScheduleIndex = next
    schedule.asker = PartitionIndex(UInt8(truncatingIfNeeded: which &>> 32))
    schedule.lastChange = word()
    return true
  }

  @inline(__always) func lifeWords(_ body: (UInt64) -> Void) {
    for index in 0..<partitions.count { body(partitions[index].life.word) }
    body(UInt64(decision.initialising.rawValue))
    body(pendingModuleAction.word)
    errorLog.forEachWord(body)
  }

  mutating func restoreLives(_ word: () -> UInt64) -> Bool {
    for index in 0..<partitions.count { partitions[index].life.word = word() }
    let initialising = PartitionIndex(UInt8(truncatingIfNeeded: word()))
    if !initialising.isNone {
      guard Int(initialising.rawValue) < partitions.count, current.isNone,
        partitions[Int(initialising.rawValue)].life.isInitialising
      else { return false }
    }
    decision.initialising = initialising
    pendingModuleAction.word = word()
    guard !pendingModuleAction.isPending || Int(pendingModuleAction.culprit) < partitions.count else { return false }
    return errorLog.restore(word)
  }
}

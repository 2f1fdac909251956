import APEXTypes

/// What a partition does at its first window of a schedule that was switched to; without a record it ignores the
/// change.
public struct ScheduleActionRecord: Equatable, Sendable {
  /// Index of the schedule among the schedules.
  public var schedule: UInt64
  public var partition: PartitionIndex
  public var action: ScheduleChangeAction

  public init(schedule: UInt64, partition: PartitionIndex, action: ScheduleChangeAction) {
    self.schedule = schedule
    self.partition = partition
    self.action = action
  }
}

extension ScheduleActionRecord: TableRecord {
  public static var section: ModuleSection { .scheduleActions }
  public init?(_ word: (Int) -> UInt64) {
    guard word(2) < 256, let action = ScheduleChangeAction(rawValue: UInt8(truncatingIfNeeded: word(2))) else {
      return nil
    }
    schedule = word(0)
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(1)))
    self.action = action
  }
  public func write(_ put: (UInt64) -> Void) {
    put(schedule)
    put(UInt64(partition.rawValue))
    put(UInt64(action.rawValue))
  }
}

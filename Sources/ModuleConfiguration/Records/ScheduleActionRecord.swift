import APEXTypes

/// What a partition does at its first window of a schedule that was switched to; without a record it ignores the
/// change.
public struct ScheduleActionRecord: Equatable, Sendable {
  /// Index of the schedule among the schedules.
  public var schedule: UInt64
  /// Who does it.
  public var partition: PartitionIndex
  /// What it does; the packer writes no record for `ignore`.
  public var action: ScheduleChangeAction

  /// What `partition` does when `schedule` comes; there is one record for the two at most.
  public init(schedule: UInt64, partition: PartitionIndex, action: ScheduleChangeAction) {
    self.schedule = schedule
    self.partition = partition
    self.action = action
  }
}

extension ScheduleActionRecord: TableRecord {
  /// In any order: the core spreads them over a table of all schedules and partitions at the start.
  public static var section: ModuleSection { .scheduleActions }
  /// Nil where word 2 is no `ScheduleChangeAction`.
  public init?(_ word: (Int) -> UInt64) {
    guard word(2) < 256, let action = ScheduleChangeAction(rawValue: UInt8(truncatingIfNeeded: word(2))) else {
      return nil
    }
    schedule = word(0)
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(1)))
    self.action = action
  }
  /// Three words: schedule, partition, action.
  public func write(_ put: (UInt64) -> Void) {
    put(schedule)
    put(UInt64(partition.rawValue))
    put(UInt64(action.rawValue))
  }
}

import APEXTypes

/// What a partition is promised in a schedule other than the initial one: so much time in each of its periods.
///
/// The initial schedule's stands in `PartitionRecord`. Windows are what the kernel goes by; it shows the promise
/// to its partition, and who judges asks whether they keep it. Source: ARINC 653 Part 2, multiple module schedules.
public struct PartitionScheduleRecord: Equatable, Sendable {
  /// Index of the schedule among the schedules.
  public var schedule: UInt64
  public var partition: PartitionIndex
  public var period: Nanoseconds
  public var duration: Nanoseconds

  public init(schedule: UInt64, partition: PartitionIndex, period: Nanoseconds, duration: Nanoseconds) {
    self.schedule = schedule
    self.partition = partition
    self.period = period
    self.duration = duration
  }
}

extension PartitionScheduleRecord: TableRecord {
  public static var section: ModuleSection { .partitionSchedules }
  public init?(_ word: (Int) -> UInt64) {
    schedule = word(0)
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(1)))
    period = Nanoseconds(word(2))
    duration = Nanoseconds(word(3))
  }
  public func write(_ put: (UInt64) -> Void) {
    put(schedule)
    put(UInt64(partition.rawValue))
    put(period.count)
    put(duration.count)
  }
}

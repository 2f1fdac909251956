import APEXTypes

/// What a partition is promised in a schedule other than the initial one: so much time in each of its periods.
///
/// The initial schedule's stands in `PartitionRecord`. Windows are what the kernel goes by; it shows the promise
/// to its partition, and who judges asks whether they keep it. Source: ARINC 653 Part 2, multiple module schedules.
public struct PartitionScheduleRecord: Equatable, Sendable {
  /// Index of the schedule among the schedules.
  public var schedule: UInt64
  /// Who is promised it; who has no window in the schedule has no record.
  public var partition: PartitionIndex
  /// From one of its period starts to the next.
  public var period: Nanoseconds
  /// What it is promised of each of these periods.
  public var duration: Nanoseconds

  /// A promise; the caller sees to the order that `ModuleTable.forEachPromise` asks for.
  public init(schedule: UInt64, partition: PartitionIndex, period: Nanoseconds, duration: Nanoseconds) {
    self.schedule = schedule
    self.partition = partition
    self.period = period
    self.duration = duration
  }
}

extension PartitionScheduleRecord: TableRecord {
  /// Sorted by schedule, the initial one left out.
  public static var section: ModuleSection { .partitionSchedules }
  /// Never nil; of word 1 only bits 0–7 count.
  public init?(_ word: (Int) -> UInt64) {
    schedule = word(0)
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(1)))
    period = Nanoseconds(word(2))
    duration = Nanoseconds(word(3))
  }
  /// Four words: schedule, partition, period, duration.
  public func write(_ put: (UInt64) -> Void) {
    put(schedule)
    put(UInt64(partition.rawValue))
    put(period.count)
    put(duration.count)
  }
}

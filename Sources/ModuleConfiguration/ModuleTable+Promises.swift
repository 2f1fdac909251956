import APEXTypes

extension ModuleTable {
  /// What partitions are promised in a schedule: of the initial one what their own records say, of others what
  /// `PartitionScheduleRecord` says of those that have windows in it.
  ///
  /// The packer writes the records of a schedule one behind the other, in the order of the schedules. In a table that
  /// has them otherwise some are not found, and nothing worse.
  ///
  /// - Parameters:
  ///   - schedule: index of the schedule.
  ///   - body: is called for each of them; at most as often as there are partitions.
  public func forEachPromise(
    inSchedule schedule: Int, _ body: (PartitionIndex, _ period: Nanoseconds, _ duration: Nanoseconds) -> Void
  ) {
    if UInt64(schedule) == module.initialSchedule {
      for index in 0..<partitionCount {
        let partition = PartitionIndex(UInt8(truncatingIfNeeded: index))
        let record = self.partition(partition)
        body(partition, record.period, record.duration)
      }
      return
    }
    var index = firstPromise(inSchedule: UInt64(schedule))
    let end = min(index &+ partitionCount, count(PartitionScheduleRecord.self))
    while index < end {
      let promise = record(PartitionScheduleRecord.self, index)
      guard promise.schedule == UInt64(schedule) else { return }
      body(promise.partition, promise.period, promise.duration)
      index &+= 1
    }
  }

  /// The first record of the schedule or of one behind it.
  private func firstPromise(inSchedule schedule: UInt64) -> Int {
    var (low, high) = (0, count(PartitionScheduleRecord.self))
    while low < high {
      let middle = (low &+ high) / 2
      if record(PartitionScheduleRecord.self, middle).schedule < schedule {
        low = middle &+ 1
      } else {
        high = middle
      }
    }
    return low
  }
}

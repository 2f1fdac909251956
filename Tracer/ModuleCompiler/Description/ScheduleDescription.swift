import APEXTypes

/// A module schedule as the file describes it.
public struct ScheduleDescription: Sendable {
  public var identifier: UInt64
  public var name: String
  public var isInitial: Bool
  public var majorFrame: Nanoseconds
  public var partitions: [PartitionScheduleDescription]
  public var line: Int

  /// Every window with its partition schedule's index, in order of starts.
  public var windowsByStart: [(schedule: Int, window: WindowDescription)] {
    let all = partitions.indices.flatMap { index in
      partitions[index].windows.map { (schedule: index, window: $0) }
    }
    return all.enumerated().sorted {
      ($0.element.window.start.count, $0.offset) < ($1.element.window.start.count, $1.offset)
    }.map(\.element)
  }
}

/// Period, duration and windows of one partition in a schedule.
public struct PartitionScheduleDescription: Sendable {
  public var partitionIdentifier: UInt64
  public var period: Nanoseconds
  public var duration: Nanoseconds
  public var windows: [WindowDescription]
  /// What the partition does at its first window after a change to this schedule.
  public var changeAction = ScheduleChangeAction.ignore
  /// Whether the partition may ask for another schedule.
  public var mayChangeSchedule = false
  public var line: Int
}

public struct WindowDescription: Sendable {
  public var identifier: UInt64
  public var start: Nanoseconds
  public var duration: Nanoseconds
  public var isPeriodStart: Bool
  public var line: Int

  /// The instant in the major frame at which the window ends.
  public var end: Nanoseconds { start + duration }
}

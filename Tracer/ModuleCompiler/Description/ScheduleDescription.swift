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

  /// Marks the windows that begin a period, where only one way of reading them gives each period a window at its start.
  ///
  /// For files in which no window says whether it begins one: with one window a period there is nothing to say. Where
  /// starts fit in two ways none is marked, because releases would be at instants that nobody has asked for.
  mutating func markPeriodStarts(majorFrame: Nanoseconds) {
    guard period.count > 0, majorFrame.count % period.count == 0 else { return }
    let periodCount = majorFrame.count / period.count
    guard periodCount <= UInt64(windows.count) else { return }
    let starts = Set(windows.map(\.start.count))
    let phases = starts.filter { start in
      start < period.count && (0..<periodCount).allSatisfy { starts.contains(start + $0 * period.count) }
    }
    guard phases.count == 1, let phase = phases.first else { return }
    for index in windows.indices { windows[index].isPeriodStart = windows[index].start.count % period.count == phase }
  }
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

import APEXTypes

/// A module schedule as the file describes it.
public struct ScheduleDescription: Sendable {
  /// `ScheduleIdentifier`; where the file has none, the schedule's place among the module's, from 0.
  public var identifier: UInt64
  /// What GET_MODULE_SCHEDULE_ID finds it by; empty where the file has none.
  public var name: String
  var isInitial: Bool
  /// How long it takes until the windows come round again.
  public var majorFrame: Nanoseconds
  /// Whoever is not among them has no windows in this schedule.
  public var partitions: [PartitionScheduleDescription]
  var line: Int

  /// Every window with its partition schedule's index, in order of starts.
  var windowsByStart: [(schedule: Int, window: WindowDescription)] {
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
  /// `PartitionIdentifier` of whom it schedules.
  public var partitionIdentifier: UInt64
  /// In a module that holds it divides the major frame, unless the partition is the drainer and has no windows.
  public var period: Nanoseconds
  var duration: Nanoseconds
  /// In the file's order, which need not be that of their starts.
  public var windows: [WindowDescription]
  /// What the partition does at its first window after a change to this schedule.
  var changeAction = ScheduleChangeAction.ignore
  /// Whether the partition may ask for another schedule.
  var mayChangeSchedule = false
  var line: Int

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

/// A partition window: a stretch of every major frame in which one partition has the processor.
public struct WindowDescription: Sendable {
  /// `WindowIdentifier`, which the integrator chooses; unique among its partition's windows.
  public var identifier: UInt64
  /// From the start of the major frame.
  public var start: Nanoseconds
  /// From start to end: what the partition is sure of is less, at least by the switch allowance L.
  public var duration: Nanoseconds
  /// Whether a period of the partition begins with it, from which releases count.
  public var isPeriodStart: Bool
  var line: Int

  /// The instant in the major frame at which the window ends.
  public var end: Nanoseconds { start + duration }
}

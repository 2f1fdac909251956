import ModuleConfiguration

/// With which windows of a module periods of their partitions start, and how long those are.
public struct PeriodStarts: Sendable {
  private let lengths: [UInt64?]

  /// A partition's periods are equally long: the major frame by how many windows of it begin one.
  public init(_ table: ModuleTable) {
    let windows = (0..<table.count(WindowRecord.self)).map { table.record(WindowRecord.self, $0) }
    var lengths = windows.map { $0.isPeriodStart ? UInt64(0) : nil }
    for index in 0..<table.count(ScheduleRecord.self) {
      let schedule = table.record(ScheduleRecord.self, index)
      let starts = schedule.windows.indices.filter { windows[$0].isPeriodStart }
      var counts = [UInt64](repeating: 0, count: 256)
      for start in starts { counts[Int(windows[start].partition.rawValue)] += 1 }
      for start in starts {
        lengths[start] = schedule.majorFrame.count / counts[Int(windows[start].partition.rawValue)]
      }
    }
    self.lengths = lengths
  }

  /// The length of the period that starts with a window, ns; nil where none does, or there is no such window.
  public func length(ofWindow index: UInt32) -> UInt64? { Int(index) < lengths.count ? lengths[Int(index)] : nil }
}

import ModuleConfiguration

/// Where processes are released: at each of their partition's period starts, or at every so many of them.
extension Timeline {
  /// The release of a process before the next one.
  enum LastRelease: Equatable {
    /// There is none since its partition's start.
    case none
    case at(UInt64)
    /// It may be among missing events.
    case unknown

    /// Whether the process's period is over where one of its partition's begins, which is `own` long.
    func isOver(_ period: UInt64, at instant: UInt64, of own: UInt64) -> Bool {
      guard own > 0, period / own > 1, period % own == 0 else { return true }
      switch self {
      case .none: return true
      case .at(let release): return instant > release && instant - release >= period
      case .unknown: return false
      }
    }
  }

  /// The partition starts or stops.
  mutating func forgetReleases(of partition: UInt8) {
    for process in processes.indices where processes[process].partition.rawValue == partition {
      lastReleases[process] = .none
    }
  }

  /// By window: the length of the period of its partition that starts with it.
  static func periods(_ table: ModuleTable) -> [UInt64?] {
    let windows = (0..<table.count(WindowRecord.self)).map { table.record(WindowRecord.self, $0) }
    var periods = [UInt64?](repeating: nil, count: windows.count)
    for index in windows.indices where windows[index].isPeriodStart { periods[index] = 0 }
    for index in 0..<table.count(ScheduleRecord.self) {
      let schedule = table.record(ScheduleRecord.self, index)
      let starts = schedule.windows.indices.filter { windows[$0].isPeriodStart }
      var counts = [UInt64](repeating: 0, count: 256)
      for start in starts { counts[Int(windows[start].partition.rawValue)] += 1 }
      for start in starts {
        periods[start] = schedule.majorFrame.count / counts[Int(windows[start].partition.rawValue)]
      }
    }
    return periods
  }
}

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
}

import APEXTypes
import ModuleConfiguration

/// The time that a partition is sure to have in each of its periods.
///
/// From each window are taken L, and for each line that belongs to others and is marked at once its budget of
/// interrupts, each at its stolen time. Interrupts of the partition's own lines are work done on its behalf and count
/// as supply.
public struct GuaranteedSupply: Sendable {
  let module: ModuleDescription
  let allowance: Nanoseconds

  /// - Parameter allowance: L of the module, which every window loses.
  public init(module: ModuleDescription, allowance: Nanoseconds) {
    self.module = module
    self.allowance = allowance
  }

  /// What foreign lines may take from one window of the partition.
  public func stolenTime(fromWindowOf identifier: UInt64) -> Nanoseconds {
    module.lines.reduce(Nanoseconds(0)) { sum, line in
      guard line.policy == .markedAtOnce, !line.owners.contains(where: { $0.identifier == identifier }) else {
        return sum
      }
      let each = line.stolenTime ?? SwitchAllowance.interruptCost(ownerCount: line.owners.count)
      let (product, overflow) = each.count.multipliedReportingOverflow(by: line.budgetPerWindow)
      let (total, carry) = sum.count.addingReportingOverflow(product)
      return Nanoseconds(overflow || carry ? .max : total)
    }
  }

  /// Guaranteed time of one window; zero where nothing is left.
  public func supply(of window: WindowDescription, partition identifier: UInt64) -> Nanoseconds {
    let stolen = stolenTime(fromWindowOf: identifier).count
    let (taken, overflow) = stolen.addingReportingOverflow(allowance.count)
    return Nanoseconds(overflow || taken >= window.duration.count ? 0 : window.duration.count - taken)
  }

  /// The least guaranteed time in any period of the partition in this schedule.
  public func perPeriod(_ partition: PartitionScheduleDescription, majorFrame: Nanoseconds) -> Nanoseconds {
    let periods = PartitionPeriods(partition, majorFrame: majorFrame)
    let sums = periods.sums(of: partition.windows) { supply(of: $0, partition: partition.partitionIdentifier) }
    return Nanoseconds(sums?.min() ?? 0)
  }
}

/// How a partition's periods divide the major frame.
struct PartitionPeriods {
  let origin: UInt64
  let period: UInt64
  let majorFrame: UInt64
  /// How many periods the frame has; nil where the period does not divide it, or more periods than windows.
  let count: Int?

  init(_ partition: PartitionScheduleDescription, majorFrame: Nanoseconds) {
    origin = partition.windows.filter(\.isPeriodStart).map(\.start.count).min() ?? 0
    period = partition.period.count
    self.majorFrame = majorFrame.count
    guard period > 0, majorFrame.count > 0, majorFrame.count % period == 0,
      majorFrame.count / period <= UInt64(partition.windows.count)
    else {
      count = nil
      return
    }
    count = Int(majorFrame.count / period)
  }

  /// The time since the last period start before an instant of the frame, and the period it lies in.
  ///
  /// What comes before the first start belongs to the last period, which wraps round the frame's end.
  func place(of start: Nanoseconds) -> (index: Int, elapsed: UInt64) {
    let shift = majorFrame - origin % majorFrame
    let relative = (start.count % majorFrame + shift) % majorFrame
    return (Int(relative / period), relative % period)
  }

  /// What each period gets of the windows' time, nil where periods and windows do not fit together.
  ///
  /// A window that runs over a period's end is shared; what it loses (`time` being less than its duration) is lost from
  /// the part that comes first.
  func sums(of windows: [WindowDescription], time: (WindowDescription) -> Nanoseconds) -> [UInt64]? {
    guard let count else { return nil }
    var sums = [UInt64](repeating: 0, count: count)
    for window in windows {
      let usable = min(time(window).count, window.duration.count)
      var lost = window.duration.count - usable
      var (index, elapsed) = place(of: window.start)
      var left = window.duration.count
      for _ in 0..<count where left > 0 {
        let piece = min(left, period - elapsed)
        let gone = min(piece, lost)
        sums[index] += piece - gone
        lost -= gone
        left -= piece
        index = (index + 1) % count
        elapsed = 0
      }
    }
    return sums
  }
}

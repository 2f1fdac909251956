import APEXTypes
import ModuleConfiguration

/// The partition's own timer: one-shot or periodic, told by the interrupt `VirtualInterrupt.timer`.
///
/// Ticks are seen in the partition's windows. Those that fell due between two windows come at the next one's start, as
/// the module's `MissedTickPolicy` for this partition says. Register a handler first: without one ticks pass unseen.
public enum VirtualTimer {
  /// The shortest period that the kernel takes, in ns.
  public static var minimumPeriod: Nanoseconds { Nanoseconds(10_000) }

  /// Starts the timer, in place of what it was doing.
  ///
  /// - Parameters:
  ///   - first: the first tick; one in the past is due at once.
  ///   - period: time from tick to tick.
  /// - Throws: `invalidParameter` where the period is shorter than `minimumPeriod`.
  @inlinable public static func start(first: SystemTime, period: Nanoseconds) throws(ReturnCode) {
    guard period.count != 0 else { throw .invalidParameter }
    try Hypercall.call(.setTimer, max(first.nanoseconds, 1), period.count)
  }

  /// Lets the timer tick once.
  @inlinable public static func start(once instant: SystemTime) throws(ReturnCode) {
    try Hypercall.call(.setTimer, max(instant.nanoseconds, 1), 0)
  }

  /// Stops the timer; ticks that are marked already still come.
  ///
  /// - Throws: `noAction` where it does not run.
  @inlinable public static func stop() throws(ReturnCode) { try Hypercall.call(.setTimer, 0, 0) }

  /// Ticks that the policy `latestOnly` has dropped since the partition started.
  @inlinable public static var missedTicks: UInt64 { Partition.statistic(.missedTicks) ?? 0 }
}

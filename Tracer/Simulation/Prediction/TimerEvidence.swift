/// What a recorded run tells of what partitions set their virtual timers by.
///
/// A timer is set to an instant. Whoever wants to wait for a while sets it so long after the call; whoever has releases
/// by the clock sets it to the next one, a fixed time after a period of the partition starts, whenever it asks. Where
/// the same phase of the period comes again, to the nanosecond, in calls that were so and so long before it, the
/// period decides. Where calls and instants are alike in every period, nobody knows.
struct TimerEvidence: Sendable {
  enum Origin: Equatable {
    /// So long after the call.
    case call
    /// So long after the period's start.
    case period
    /// One of both.
    case open
  }

  private struct Trial {
    /// From the last such call to the instant, ns.
    var delay: UInt64
    /// Calls with that phase.
    var count: UInt64 = 1
    /// Those among them that came at another distance than the one before.
    var otherDelays: UInt64 = 0
  }

  /// By partition and phase.
  private var trials: [Key: Trial] = [:]

  private struct Key: Hashable {
    var partition: Int
    var phase: UInt64
  }

  /// Phases by the period are few, a partition's; those by calls are all different, and need no room.
  private static let maximumTrials = 1 << 14
  /// Distances that differ by less are one and the same, ns: an upcall between the clock's reading and the call takes
  /// longer.
  private static let leastDifference: UInt64 = 150

  /// A partition has set its timer to `instant` at `call`, in `period`.
  mutating func note(_ partition: Int, _ instant: UInt64, at call: UInt64, in period: PeriodFollower.Period) {
    guard instant >= call, let phase = period.phase(of: instant) else { return }
    let delay = instant - call
    let key = Key(partition: partition, phase: phase)
    guard var trial = trials[key] else {
      if trials.count < Self.maximumTrials { trials[key] = Trial(delay: delay) }
      return
    }
    trial.count += 1
    if max(delay, trial.delay) - min(delay, trial.delay) >= Self.leastDifference { trial.otherDelays += 1 }
    trial.delay = delay
    trials[key] = trial
  }

  /// What a timer set to `instant` goes by.
  func origin(_ partition: Int, _ instant: UInt64, in period: PeriodFollower.Period) -> Origin {
    guard let phase = period.phase(of: instant), let trial = trials[Key(partition: partition, phase: phase)],
      trial.count > 1
    else { return .call }
    return trial.otherDelays > 0 ? .period : .open
  }
}

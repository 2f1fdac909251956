/// What a recorded run tells of whether partitions compute or wait by the clock.
///
/// A partition reads the clock without the kernel, so the trace does not show it. But whoever waits computes the less
/// the more it is interrupted meanwhile, and whoever computes does not. Between the same two deeds, then, times that
/// were interrupted for long and for short tell one from the other. Where they do not, nobody knows: a wait that came
/// once looks like a computation.
public struct ClockEvidence: Sendable {
  /// What lies between two deeds of a partition: which deeds, by their kinds.
  struct Stretch: Hashable {
    var partition: UInt8
    var isInHandler: Bool
    var last: UInt16
    var next: UInt16
  }

  private struct Trial {
    /// What the latest one computed, and for how long it was interrupted, ns.
    var computation: UInt64
    var interruption: UInt64
    var longest: UInt64
    var pairsAlike: UInt64 = 0
    var pairsOfWaits: UInt64 = 0

    /// Whether somebody may have waited by the clock there.
    var isOpen: Bool { longest >= ClockEvidence.shortestWait && pairsAlike <= 4 * pairsOfWaits }
  }

  private var trials: [Stretch: Trial] = [:]
  /// Partitions with stretches for which there was no room.
  private var untried: Set<UInt8> = []

  /// A module's calls make some hundreds; only a trace that was made to do harm has more.
  static let maximumTrials = 1 << 16

  /// A shorter wait turns no verdict that the kernel's own spread does not, ns.
  static let shortestWait: UInt64 = 5000
  /// Interruptions that differ by less tell nothing, ns: a line's shortest takes half as long again.
  private static let leastDifference: UInt64 = 150
  /// However long they are, so near must be what is to be alike, ns.
  private static let greatestTolerance: UInt64 = 1000

  /// So much was computed in so much time.
  mutating func note(_ computation: UInt64, in elapsed: UInt64, at stretch: Stretch) {
    let interruption = elapsed - min(elapsed, computation)
    guard var trial = trials[stretch] else {
      if trials.count < Self.maximumTrials {
        trials[stretch] = Trial(computation: computation, interruption: interruption, longest: elapsed)
      } else {
        untried.insert(stretch.partition)
      }
      return
    }
    let difference = Self.distance(interruption, trial.interruption)
    if difference >= Self.leastDifference {
      let tolerance = min(difference / 4, Self.greatestTolerance)
      let total = Self.distance(elapsed, trial.computation &+ trial.interruption)
      if Self.distance(computation, trial.computation) <= tolerance {
        trial.pairsAlike += 1
      } else if total <= tolerance {
        trial.pairsOfWaits += 1
      }
    }
    trial.computation = computation
    trial.interruption = interruption
    trial.longest = max(trial.longest, elapsed)
    trials[stretch] = trial
  }

  /// Whether somebody may have waited by the clock there.
  func isOpen(_ stretch: Stretch) -> Bool { trials[stretch]?.isOpen ?? untried.contains(stretch.partition) }

  /// The partitions of which that is so anywhere, by their numbers.
  var partitions: Set<Int> {
    Set(trials.filter(\.value.isOpen).map { Int($0.key.partition) }).union(untried.map(Int.init))
  }

  private static func distance(_ one: UInt64, _ other: UInt64) -> UInt64 { max(one, other) - min(one, other) }
}

import Verification

/// Verdicts on claims about how long the kernel's own paths take.
///
/// A prediction knows nothing of that: an event costs it 25 ns flat. Path lengths are assumed to stay what they are, so
/// what was measured of them in the recorded run is held against the other module's bound.
struct PathLengthVerdicts {
  let recorded: VerificationReport
  /// Whether lines are handled and keyframes written under the other module as in the recorded run.
  let hasSameWork: Bool
  /// Whether major frames last as long and have the same partitions' windows: kernel time is measured frame by frame.
  let hasSameFrames: Bool
  /// Whether partitions may do something else than was recorded of them.
  let isInDoubt: Bool

  private static let identifiers = [
    "padding.margin", "timer.punctual", "window.end.instant", "stop.prompt", "budget.interruptToMark",
    "budget.kernelTime", "budget.traceBytes",
  ]

  /// Of these a frame's windows have their share.
  private static let identifiersOfFrames = ["budget.kernelTime", "budget.traceBytes"]

  /// Why some are unknown, in words.
  var weaknesses: [String] {
    if !hasSameWork {
      return ["lines or keyframes are others: what the kernel's own paths take then is not predicted"]
    }
    return hasSameFrames
      ? [] : ["major frames or their windows are others: kernel time and bytes of trace are not predicted"]
  }

  static func areAbout(_ claim: String) -> Bool {
    identifiers.contains { claim == $0 || claim.hasPrefix($0 + ".") }
  }

  /// The verdict on the claim as the other module makes it; unknown where the recorded run measured no such thing.
  func verdict(_ claim: ClaimResult) -> Verdict {
    guard let before = recorded.claim(claim.identifier) else { return .unknown }
    // What failed without a measure, by coming too early for instance, fails under any bound.
    if before.firstViolations.contains(where: { $0.excess <= 0 }) { return .fail }
    guard let worst = before.worst?.value, let bound = claim.bound else {
      return before.bound == claim.bound ? before.verdict : .unknown
    }
    guard hasSameWork, hasSameFrames || !Self.identifiersOfFrames.contains(claim.identifier) else { return .unknown }
    let isBeyond = claim.isFloor ? (worst < bound) : (worst > bound)
    guard !isBeyond else { return .fail }
    // Only the first violations are kept: of others nobody knows whether they had a measure.
    let isSure = before.remark.isEmpty && before.failures == UInt64(before.firstViolations.count)
    return isSure && !(isInDoubt && claim.identifier.hasPrefix("budget.")) ? .pass : .unknown
  }
}

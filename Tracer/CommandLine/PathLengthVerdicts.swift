import Verification

/// Verdicts on claims about how long the kernel's own paths take.
///
/// A prediction knows nothing of that: an event costs it 25 ns flat. Path lengths are assumed to stay what they are, so
/// what was measured of them in the recorded run is held against the other module's bound.
struct PathLengthVerdicts {
  let recorded: VerificationReport
  /// Whether major frames last as long under the other module: kernel time is measured frame by frame.
  let hasSameFrames: Bool
  /// Whether partitions may do something else than was recorded of them.
  let isInDoubt: Bool

  private static let identifiers = [
    "padding.margin", "timer.punctual", "window.end.instant", "stop.prompt", "budget.interruptToMark",
    "budget.kernelTime", "budget.traceBytes",
  ]

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
    guard claim.identifier != "budget.kernelTime" || hasSameFrames else { return .unknown }
    let isBeyond = claim.isFloor ? (worst < bound) : (worst > bound)
    guard !isBeyond else { return .fail }
    // Only the first violations are kept: of others nobody knows whether they had a measure.
    let isSure = before.remark.isEmpty && before.failures == UInt64(before.firstViolations.count)
    return isSure && !(isInDoubt && claim.identifier.hasPrefix("budget.")) ? .pass : .unknown
  }
}

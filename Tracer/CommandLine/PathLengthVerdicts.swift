import Verification

/// Verdicts on claims about how long the kernel's own paths take.
///
/// A prediction knows nothing of that: an event costs it 25 ns flat. Path lengths are assumed to stay what they are, so
/// what was measured of them in the recorded run is held against the other module's bound.
///
/// That is exact where only bounds are others. Where windows come at other instants or partitions ask for other things,
/// paths fall together that did not, and what was measured once need not come again: there a verdict is sure only with
/// room to spare, or where the bound is exceeded again and again.
struct PathLengthVerdicts {
  let recorded: VerificationReport
  let paths: (recorded: KernelPaths, predicted: KernelPaths)
  /// Whether partitions may do something else than was recorded of them.
  let isInDoubt: Bool

  private static let identifiers = [
    "padding.margin", "timer.punctual", "window.end.instant", "stop.prompt", "budget.interruptToMark",
    "budget.kernelTime", "budget.traceBytes",
  ]

  /// Of these a frame's windows have their share.
  private static let identifiersOfFrames = ["budget.kernelTime", "budget.traceBytes"]

  /// L stands for whatever these may have to wait for.
  private static let identifiersOfWaits = ["padding.margin", "timer.punctual", "window.end.instant", "stop.prompt"]

  /// Whether lines are handled and keyframes written under the other module as in the recorded run.
  private var hasSameWork: Bool { paths.recorded.work == paths.predicted.work }
  /// Whether major frames last as long and have the same partitions' windows: kernel time is measured frame by frame.
  private var hasSameFrames: Bool { paths.recorded.frames == paths.predicted.frames }

  /// Why some are unknown, in words.
  var weaknesses: [String] {
    if !hasSameWork {
      return ["lines or keyframes are others: what the kernel's own paths take then is not predicted"]
    }
    return hasSameFrames
      ? [] : ["major frames or their windows are others: kernel time and bytes of trace are not predicted"]
  }

  /// A module's own claim with so tight a bound, ns, is about the kernel's paths as well.
  private static let longestOwnBound: Int64 = 5000

  static func areAbout(_ claim: ClaimResult) -> Bool {
    let identifier = claim.identifier
    if identifier.hasPrefix("custom."), claim.unit == .nanoseconds, let bound = claim.bound {
      return bound < longestOwnBound
    }
    return identifiers.contains { identifier == $0 || identifier.hasPrefix($0 + ".") }
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
    if claim.identifier == "budget.traceBytes", paths.recorded.blocks != paths.predicted.blocks { return .unknown }
    guard paths.recorded.circumstances == paths.predicted.circumstances else {
      if Self.isBeyond(Self.recurring(before, worst), bound, claim) { return .fail }
      let other = claim.worst?.value ?? worst
      let expected = claim.isFloor ? min(worst, other) : max(worst, other)
      if Self.isBeyond(withRoom(expected, claim), bound, claim) { return .unknown }
      return sureVerdict(claim, before)
    }
    guard !Self.isBeyond(worst, bound, claim) else { return .fail }
    return sureVerdict(claim, before)
  }

  private static func isBeyond(_ value: Int64, _ bound: Int64, _ claim: ClaimResult) -> Bool {
    claim.isFloor ? value < bound : value > bound
  }

  /// The last of the worst cases where there are many; of few, half as bad a one.
  private static func recurring(_ before: ClaimResult, _ worst: Int64) -> Int64 {
    if before.worstCases.count >= 5, let last = before.worstCases.last { return last.value }
    // More is better for a floor, and below zero for a ceiling.
    return before.isFloor == (worst > 0) ? worst &* 2 : worst / 2
  }

  /// What it may come to where paths fall together otherwise, ns or bytes.
  private func withRoom(_ value: Int64, _ claim: ClaimResult) -> Int64 {
    guard Self.identifiersOfWaits.contains(claim.identifier) else { return value &+ max(0, value) }
    let room = Int64(clamping: paths.predicted.switchAllowance / 2)
    return claim.isFloor ? value &- room : value &+ room
  }

  /// The bound holds; whether what was recorded says so for sure.
  private func sureVerdict(_ claim: ClaimResult, _ before: ClaimResult) -> Verdict {
    // Only the first violations are kept: of others nobody knows whether they had a measure.
    let isSure = before.remark.isEmpty && before.failures == UInt64(before.firstViolations.count)
    let isOfPartitions = claim.identifier.hasPrefix("budget.") || claim.identifier.hasPrefix("custom.")
    return isSure && !(isInDoubt && isOfPartitions) ? .pass : .unknown
  }
}

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
    "window.start.instant", "padding.margin", "timer.punctual", "window.end.instant", "stop.prompt",
    "budget.interruptToMark", "budget.kernelTime", "budget.traceBytes",
  ]

  /// Of these a frame's windows have their share.
  private static let identifiersOfFrames = ["budget.kernelTime", "budget.traceBytes"]

  /// L stands for whatever these may have to wait for.
  private static let identifiersOfWaits = ["padding.margin", "timer.punctual", "window.end.instant", "stop.prompt"]

  /// Whether the kernel does under the other module for each line what it did in the recorded run.
  private var hasSameRoutines: Bool { paths.recorded.routines == paths.predicted.routines }
  /// Whether the same paths fall together as in the recorded run.
  private var hasSameCircumstances: Bool {
    paths.recorded.circumstances == paths.predicted.circumstances
      && paths.recorded.frequency == paths.predicted.frequency
  }
  /// Whether the recorded run shows how long a keyframe takes, or none is to come that it did not have.
  private var knowsKeyframes: Bool {
    paths.predicted.frequency.hasNoMoreKeyframes(than: paths.recorded.frequency)
      || recorded.claim("trace.keyframe")?.checked ?? 0 > 0
  }
  /// Whether what adds up in a frame or a second is no more than in the recorded run, as far as lines make it.
  private var hasNoMoreInterrupts: Bool {
    paths.predicted.frequency.hasNoMoreInterrupts(than: paths.recorded.frequency)
  }
  /// Whether major frames last as long and have the same partitions' windows: kernel time is measured frame by frame.
  private var hasSameFrames: Bool { paths.recorded.frames == paths.predicted.frames }

  /// Why some are unknown, in words.
  var weaknesses: [String] {
    guard hasSameRoutines else { return ["lines are others: what the kernel's own paths take then is not predicted"] }
    var sentences: [String] = []
    if !hasSameFrames {
      sentences.append("major frames or their windows are others: kernel time and bytes of trace are not predicted")
    } else if !hasNoMoreInterrupts {
      sentences.append("lines interrupt strangers more often: kernel time and bytes of trace are not predicted")
    }
    if !knowsKeyframes {
      sentences.append("keyframes come more often, and none was recorded: what the kernel takes then is not predicted")
    } else if !paths.predicted.frequency.hasNoMoreKeyframes(than: paths.recorded.frequency) {
      sentences.append("keyframes come more often: bytes of trace are not predicted")
    }
    return sentences
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
    guard let before = recorded.finding(claim.identifier) else { return .unknown }
    // What failed without a measure, by coming too early for instance, fails under any bound.
    if before.firstViolations.contains(where: { $0.excess <= 0 }) { return .fail }
    guard let worst = before.worst?.value, let bound = claim.bound else {
      return before.bound == claim.bound ? before.verdict : .unknown
    }
    guard hasSameRoutines, isKnown(claim.identifier) else { return .unknown }
    guard hasSameCircumstances else {
      if Self.isBeyond(Self.recurring(before, worst), bound, claim) { return .fail }
      let other = claim.worst?.value ?? worst
      let expected = claim.isFloor ? min(worst, other) : max(worst, other)
      if Self.isBeyond(withRoom(expected, claim), bound, claim) { return .unknown }
      return sureVerdict(claim, before)
    }
    guard !Self.isBeyond(worst, bound, claim) else { return .fail }
    return sureVerdict(claim, before)
  }

  /// Whether the recorded run says anything of what the other module makes of it.
  private func isKnown(_ identifier: String) -> Bool {
    // From an interrupt to its mark no keyframe is written.
    if identifier.hasPrefix("budget.interruptToMark.") { return true }
    guard knowsKeyframes else { return false }
    guard Self.identifiersOfFrames.contains(identifier) else { return true }
    guard hasSameFrames, hasNoMoreInterrupts else { return false }
    return identifier != "budget.traceBytes"
      || paths.recorded.blocks == paths.predicted.blocks
        && paths.predicted.frequency.hasNoMoreKeyframes(than: paths.recorded.frequency)
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
    if let line = Self.line(of: claim.identifier),
      paths.predicted.frequency.isOther(than: paths.recorded.frequency, of: line)
    {
      // A mark that comes when its line is opened goes another way: three times as long was seen.
      return value &+ 3 &* max(0, value)
    }
    guard Self.identifiersOfWaits.contains(claim.identifier) else { return value &+ max(0, value) }
    let room = Int64(clamping: paths.predicted.switchAllowance / 2)
    return claim.isFloor ? value &- room : value &+ room
  }

  /// Of a claim from an interrupt to its mark; nil of others.
  private static func line(of identifier: String) -> UInt64? {
    let prefix = "budget.interruptToMark."
    return identifier.hasPrefix(prefix) ? UInt64(identifier.dropFirst(prefix.count)) : nil
  }

  /// The bound holds; whether what was recorded says so for sure.
  private func sureVerdict(_ claim: ClaimResult, _ before: ClaimResult) -> Verdict {
    // Only the first violations are kept: of others nobody knows whether they had a measure.
    let isSure = before.remark.isEmpty && before.failures == UInt64(before.firstViolations.count)
    let isOfPartitions = claim.identifier.hasPrefix("budget.") || claim.identifier.hasPrefix("custom.")
    return isSure && !(isInDoubt && isOfPartitions) ? .pass : .unknown
  }
}

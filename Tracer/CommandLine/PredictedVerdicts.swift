import Simulation
import Verification

/// What the verdicts on a prediction are worth where parts of it are in doubt.
///
/// The kernel's own laws hold in a prediction whatever partitions do: its deciding code runs there. What partitions do
/// decides three families of claims: deadlines of their processes, budgets, and a module's own claims. Such a claim is
/// sure, one way or the other, unless a doubt reaches it: a violation before the doubt began is one for certain,
/// everything later might be otherwise.
struct PredictedVerdicts {
  let doubts: [Prediction.Doubt]
  /// Whether some of what partitions did is missing in the midst of the recorded run: any of them might then do
  /// otherwise, and from when on nobody knows.
  let hasHoles: Bool
  /// Partitions whose last recorded deeds are done shortly before the end; empty where the recorded run itself is told.
  var endings: [Prediction.Doubt] = []

  /// A prediction's verdict on a claim: unknown where a doubt might turn it.
  ///
  /// - Precondition: the prediction measures it, and not the recorded run (`PathLengthVerdicts`).
  func verdict(_ claim: ClaimResult) -> Verdict {
    // The kernel's laws are also about what partitions keep: counts of which the hole has a part.
    if hasHoles, isOfPartitions(claim) || claim.verdict == .fail { return .unknown }
    guard claim.verdict != .unknown else { return .unknown }
    let isViolated = claim.verdict == .fail
    let turning = doubts.filter { mayTurn(claim, $0) } + (isViolated ? endings.filter { mayTurn(claim, $0) } : [])
    guard !turning.isEmpty else { return claim.verdict }
    let own = turning.filter { $0.violated.contains(claim.identifier) }.map(\.since).min()
    let first = min(claim.firstViolations.first?.timeInNanoseconds ?? .max, own ?? .max)
    let isSure = turning.allSatisfy { first < $0.since || $0.violated.contains(claim.identifier) && first == $0.since }
    return isViolated && isSure ? .fail : .unknown
  }

  /// Whether what partitions do decides it.
  private func isOfPartitions(_ claim: ClaimResult) -> Bool {
    ["process.", "budget.", "custom."].contains { claim.identifier.hasPrefix($0) }
  }

  private func mayTurn(_ claim: ClaimResult, _ doubt: Prediction.Doubt) -> Bool {
    let identifier = claim.identifier
    // Of several partitions, or of nobody knows which.
    if identifier.hasPrefix("budget.") || identifier.hasPrefix("custom.") { return true }
    // A partition that is stopped or starts anew gets no supply that is measured.
    let isOfSupply = doubt.weakness.isOfDeadlines && identifier.hasPrefix("partition.supply.")
    // What the kernel promises a partition holds whatever that does; a breach of it might come of what it does.
    guard identifier.hasPrefix("process.") || isOfSupply || claim.verdict == .fail else { return false }
    return doubt.reached.contains { identifier.hasSuffix("." + $0) || identifier.contains("." + $0 + ".") }
  }
}

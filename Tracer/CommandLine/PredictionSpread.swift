import TextForms
import Verification

/// How far a prediction may be off, where the kernel goes ways that it did not in the recorded run.
///
/// What the kernel takes for a way is one number in a prediction; in a machine it depends on what falls together. So
/// near its bound nobody can say on which side of it a time is.
struct PredictionSpread {
  let recorded: VerificationReport
  /// Whether what decides about the kernel's ways is another than in the recorded run.
  let isOtherModule: Bool

  /// From mark to upcall, ns.
  private static let ofUpcalls: Int64 = 500
  /// From a release or another event to what answers it, with many entries of the kernel in between, ns.
  private static let ofResponses: Int64 = 2000
  /// A call may go the long way, find marks and lead to an upcall in one run and not in the other, ns.
  private static let ofCalls: Int64 = 1000

  /// How far off the claim's worst case may be, ns; nil where it is exact, or not of a prediction.
  private func spread(of claim: ClaimResult) -> Int64? {
    let identifier = claim.identifier
    guard isOtherModule, claim.unit == .nanoseconds else { return nil }
    if identifier.hasPrefix("budget.markToUpcall.") { return Self.ofUpcalls }
    if identifier.hasPrefix("budget.hypercall.") { return Self.ofCalls }
    return identifier.hasPrefix("process.") || identifier.hasPrefix("custom.") ? Self.ofResponses : nil
  }

  /// Whether nobody can say on which side of its bound a time is.
  func mayTurn(_ claim: ClaimResult) -> Bool {
    guard let spread = spread(of: claim), let worst = claim.worst?.value, let bound = claim.bound else { return false }
    if claim.identifier.hasPrefix("budget.hypercall.") {
      // A worst case that came of a coincidence need not come again, in either run.
      let expected = max(worst, recorded.finding(claim.identifier)?.worst?.value ?? worst)
      return claim.verdict == .pass ? expected > bound &- spread : !isExceededAgainAndAgain(claim, bound &+ spread)
    }
    return (worst &- bound).magnitude < spread.magnitude
  }

  private func isExceededAgainAndAgain(_ claim: ClaimResult, _ bound: Int64) -> Bool {
    claim.worstCases.count >= 5 && claim.worstCases.allSatisfy { $0.value > bound }
  }

  /// - Parameter claim: one that it may turn.
  func sentence(about claim: ClaimResult) -> String {
    "\(claim.identifier) comes within \((spread(of: claim) ?? 0).magnitude.durationText) of its bound, and "
      + "so far off may a prediction be"
  }
}

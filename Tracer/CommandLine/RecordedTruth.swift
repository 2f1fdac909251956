import Verification

/// How the recorded run fared by its deadlines, beside what the prediction of that very run has of them: same windows,
/// nobody computes more. Where the two differ, no prediction is to be relied on, as `what-if` says of the recorded
/// module.
struct RecordedTruth {
  /// Of the recorded run, by claim.
  private(set) var verdicts: [String: Verdict] = [:]
  /// Deadlines that one of both meets, and the other does not.
  private var refuted: Set<String> = []
  /// Deadlines of which the recorded run tells nothing, and the prediction does.
  private var untold: Set<String> = []

  init() {}

  /// - Parameter prediction: of the recorded run as it was.
  init(verdicts: [String: Verdict], of prediction: ScheduleSearch.Outcome) {
    self.verdicts = verdicts
    for (claim, predicted) in prediction.verdicts where predicted != .unknown {
      switch verdicts[claim] {
      case .unknown: untold.insert(claim)
      case .some(let recorded) where recorded != predicted: refuted.insert(claim)
      default: break
      }
    }
  }

  /// Whether the recorded run has a deadline otherwise than the prediction of it.
  func refutes(_ claim: ClaimResult) -> Bool { refuted.contains(claim.identifier) }

  /// Whether nobody can say by a prediction how a deadline fares.
  func leavesOpen(_ claim: ClaimResult) -> Bool { refutes(claim) || untold.contains(claim.identifier) }

  /// Why that is, in words.
  ///
  /// - Parameter claims: those of which a prediction would say something.
  func weaknesses(of claims: [ClaimResult]) -> [String] {
    let open = claims.count { untold.contains($0.identifier) }
    return claims.filter(refutes).map {
      "\($0.identifier) was otherwise in the recorded run than in the prediction of it: so far off is the prediction"
    } + (open > 0 ? ["\(open) deadlines are unknown as in the recorded run"] : [])
  }
}

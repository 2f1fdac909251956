import Verification

/// One claim in a recorded run and in a prediction.
struct PredictedRow: Encodable {
  var claim: String
  /// Its sentence.
  var title: String
  var recordedVerdict: String?
  var predictedVerdict: String?
  var recordedWorst: Int64?
  var predictedWorst: Int64?
  /// From the recorded worst to the predicted one.
  var change: Int64?
  var recordedBound: Int64?
  var bound: Int64?
  /// `most` or `least`: what the bound is.
  var boundIs: String?
  var unit: String
  /// When the prediction violates it first, ns, and how.
  var firstViolation: Int64?
  var explanation: String?

  /// - Parameters:
  ///   - verdict: what the prediction is worth on it.
  ///   - isMeasured: whether it measures it at all.
  init(_ before: ClaimResult?, _ after: ClaimResult?, verdict: Verdict?, isMeasured: Bool) {
    claim = (after ?? before)?.identifier ?? ""
    title = (after ?? before)?.title ?? ""
    recordedVerdict = before?.verdict.rawValue
    predictedVerdict = verdict?.rawValue
    recordedWorst = before?.worst?.value
    predictedWorst = isMeasured ? after?.worst?.value : nil
    if let recordedWorst, let predictedWorst { change = predictedWorst &- recordedWorst }
    recordedBound = before?.bound
    bound = after?.bound
    if let claim = after ?? before, claim.bound != nil { boundIs = claim.isFloor ? "least" : "most" }
    unit = (after ?? before)?.unit.rawValue ?? ""
    guard isMeasured, verdict == .fail, let first = after?.firstViolations.first else { return }
    firstViolation = Int64(clamping: first.timeInNanoseconds)
    explanation = first.explanation
  }

  var changesVerdict: Bool { recordedVerdict != predictedVerdict }
  var changesBound: Bool { recordedVerdict != nil && predictedVerdict != nil && recordedBound != bound }
  /// What a person asks first.
  var isOfInterest: Bool {
    changesVerdict || changesBound || predictedVerdict != "pass" || claim.hasPrefix("process.")
      || claim.hasPrefix("partition.") || change.map { $0 != 0 } ?? false
  }

  /// How much of what the bound allows the change takes, from −1 to 1; 0 where nothing is measured.
  private var harm: Double {
    guard let change, let bound, change != 0 else { return 0 }
    let share = min(1, Double(change.magnitude) / Double(max(1, bound.magnitude)))
    return (change < 0) == (boundIs == "least") ? share : -share
  }

  /// The gravest first: what is violated that was not, what is violated, what is unknown that was not, what is unknown,
  /// what is of another verdict otherwise; then what has lost most of its room.
  func isGraver(than other: PredictedRow) -> Bool {
    (rank, other.harm) < (other.rank, harm)
  }

  private var rank: Int {
    switch predictedVerdict {
    case "fail": changesVerdict ? 0 : 1
    case "unknown": changesVerdict ? 2 : 3
    default: changesVerdict ? 4 : 5
    }
  }

  /// The bound, and what it was where that is something else.
  var boundText: String {
    guard let bound else { return "–" }
    let sign = boundIs == "least" ? "≥" : "≤"
    let before = changesBound ? recordedBound.map { "\(VerificationReport.grouped($0)) → " } ?? "" : ""
    return "\(sign) \(before)\(VerificationReport.grouped(bound)) \(unit)"
  }
}

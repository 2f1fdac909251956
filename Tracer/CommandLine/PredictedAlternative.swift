import Simulation
import Verification

/// The prediction once more, with something else taken for granted that the recorded run leaves open. What is judged
/// otherwise in it depends on that, and is told to nobody.
struct PredictedAlternative {
  let report: VerificationReport
  /// What is taken for granted, in words.
  let condition: String

  /// Whether a claim of the prediction would be judged otherwise.
  func isOtherwise(_ claim: ClaimResult) -> Bool {
    report.claim(claim.identifier).map { $0.verdict != claim.verdict } ?? false
  }

  /// - Parameter claims: what is judged otherwise.
  func sentence(about claims: [String]) -> String {
    "\(claims.joined(separator: ", ")) \(claims.count == 1 ? "is" : "are") judged otherwise if \(condition)"
  }
}

extension PredictedAlternative {
  /// What a kernel's entry may take more or less than predicted as a rule, ns. A start of some 25 calls is known to
  /// within a microsecond.
  static let kernelSpread: Int64 = 50

  /// What else may be taken for granted, in words: only where something is not as it was recorded.
  ///
  /// - Parameter isOtherModule: whether what decides about the kernel's ways is another.
  static func assumptions(
    of prediction: Prediction, isOtherModule: Bool, margin: UInt64
  ) -> [(assumption: DemandAssumption, condition: String)] {
    guard isOtherModule || margin > 0 else { return [] }
    var all: [(DemandAssumption, String)] = []
    if let waits = prediction.waits {
      let partitions = prediction.waiting(by: waits).joined(separator: ", ")
      all.append((DemandAssumption(waits: waits), "\(partitions) waited by the clock where computation is assumed"))
    }
    if !prediction.timed.isEmpty {
      let partitions = prediction.timed.joined(separator: ", ")
      all.append(
        (
          DemandAssumption(timersAreOtherwise: true),
          "timers of \(partitions) go by the calls that set them where its periods are assumed, or the other way around"
        ))
    }
    guard isOtherModule, prediction.isOfKernel else { return all }
    for (shift, word) in [(kernelSpread, "more"), (-kernelSpread, "less")] {
      all.append((DemandAssumption(kernelShift: shift), "the kernel takes \(kernelSpread) ns \(word) in each entry"))
    }
    return all
  }
}

import Foundation
import Simulation
import TraceReading
import Verification

/// What another module changes: the claims on the recorded run beside those on the predicted one.
struct PredictedChanges {
  let recorded: VerificationReport
  let predicted: VerificationReport
  let doubts: [Prediction.Doubt]
  let lossCount: UInt64
  /// How much more than recorded the partitions compute in the prediction, in hundredths.
  let marginPercent: UInt64
  /// What the recorded trace was found to be, read to its end.
  let recordedCondition: TraceCondition
  /// What decides about the kernel's own paths, in both modules.
  let paths: (recorded: KernelPaths, predicted: KernelPaths)

  /// 1 where a claim is violated in the prediction for sure; 3 where none is, and one is in doubt, or evidence is
  /// missing in the prediction or in the recording.
  var exitStatus: Int32 {
    let verdicts = predicted.claims.map(verdict)
    if verdicts.contains(.fail) { return 1 }
    return verdicts.contains(.unknown) || lossCount > 0 || recordedCondition != .complete ? 3 : 0
  }

  /// The verdict on one of the prediction's claims.
  private func verdict(_ claim: ClaimResult) -> Verdict {
    guard PathLengthVerdicts.areAbout(claim) else {
      return PredictedVerdicts(doubts: doubts, hasHoles: hasHoles).verdict(claim)
    }
    return pathLengths.verdict(claim)
  }

  /// Whether events are missing before the recording's last one.
  private var hasHoles: Bool { lossCount > 0 || recordedCondition.hasHoles }

  private var pathLengths: PathLengthVerdicts {
    PathLengthVerdicts(recorded: recorded, paths: paths, isInDoubt: !doubts.isEmpty || hasHoles)
  }

  private var assumptions: [String] {
    let computing = marginPercent == 0 ? "computes the same" : "computes \(marginPercent) % more than it did (--margin)"
    return ["each partition \(computing) between the same calls, in the same order, whatever it is answered and when"]
      + Self.fixedAssumptions
  }

  private static let fixedAssumptions: [String] = [
    "with each start a partition does what it did from its next recorded start on",
    "lines fire at the instants recorded; one that was masked, when it was let through",
    "a call, an interrupt and an upcall's handler take what they took; switches are hidden by L as ever",
    "the kernel's own path lengths stay what they are: of padding.margin, timer.punctual, window.end.instant, "
      + "stop.prompt, budget.interruptToMark, budget.kernelTime, budget.traceBytes and custom claims of less than 5 µs "
      + "the worst that was recorded is held against the other module's bound; where windows, partitions or ports are "
      + "others, it must leave as much again, or half of L, to be sure",
  ]

  /// One claim in both runs.
  private struct Row: Encodable {
    var claim: String
    var recordedVerdict: String?
    var predictedVerdict: String?
    var recordedWorst: Int64?
    var predictedWorst: Int64?
    var bound: Int64?
    var unit: String

    var changesVerdict: Bool { recordedVerdict != predictedVerdict }
    var change: Int64? {
      guard let recordedWorst, let predictedWorst else { return nil }
      return predictedWorst - recordedWorst
    }
    /// What a person asks first.
    var isOfInterest: Bool {
      changesVerdict || predictedVerdict != "pass" || claim.hasPrefix("process.") || claim.hasPrefix("partition.")
        || change.map { $0 != 0 } ?? false
    }
  }

  private var rows: [Row] {
    let identifiers = predicted.claims.map(\.identifier)
    let gone = recorded.claims.map(\.identifier).filter { !identifiers.contains($0) }
    return (identifiers + gone).map { identifier in
      let (before, after) = (recorded.claim(identifier), predicted.claim(identifier))
      let isMeasured = !(after.map(PathLengthVerdicts.areAbout) ?? false)
      return Row(
        claim: identifier, recordedVerdict: before?.verdict.rawValue,
        predictedVerdict: after.map { verdict($0).rawValue }, recordedWorst: before?.worst?.value,
        predictedWorst: isMeasured ? after?.worst?.value : nil, bound: after?.bound,
        unit: (after ?? before)?.unit.rawValue ?? "")
    }
  }

  func text(isColored: Bool, showsAll: Bool) -> String {
    let shown = rows.filter { showsAll || $0.isOfInterest }
    func number(_ value: Int64?) -> String { value.map { "\($0)" } ?? "–" }
    var table = [["claim", "recorded", "predicted", "recorded worst", "predicted worst", "change", "bound"]]
    for row in shown {
      let sign = row.change.map { $0 > 0 ? "+\($0)" : "\($0)" } ?? "–"
      table.append([
        row.claim, row.recordedVerdict ?? "–", row.predictedVerdict ?? "–", number(row.recordedWorst),
        number(row.predictedWorst), sign, row.bound.map { "\($0) \(row.unit)" } ?? "–",
      ])
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    var lines = table.enumerated().map { index, cells in
      let line = cells.indices.map { column -> String in
        let padding = String(repeating: " ", count: widths[column] - cells[column].count)
        return column == 0 ? cells[column] + padding : padding + cells[column]
      }.joined(separator: "  ")
      guard isColored, index > 0 else { return line }
      let verdict = shown[index - 1].predictedVerdict
      return verdict == "fail"
        ? "\u{1B}[31m\(line)\u{1B}[0m" : verdict == "unknown" ? "\u{1B}[33m\(line)\u{1B}[0m" : line
    }
    let changed = rows.count(where: \.changesVerdict)
    lines += ["", "\(rows.count) claims, \(shown.count) shown; \(changed) change their verdict", "", "assumed:"]
    lines += assumptions.map { "  \($0)" }
    lines += weaknesses.map { "  but: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Where the assumptions are known not to hold.
  private var weaknesses: [String] {
    doubts.flatMap(\.sentences) + (lossCount > 0 ? [Self.sentence(ofLoss: lossCount)] : [])
      + (recordedCondition != .complete ? [Self.sentence(of: recordedCondition)] : []) + pathLengths.weaknesses
  }

  static func sentence(of condition: TraceCondition) -> String {
    let consequence =
      condition.hasAllEvents
      ? "; all that was recorded is there" : ": some of what partitions did may be missing"
    return "the recorded trace is \(condition)\(consequence)"
  }

  static func sentence(ofLoss count: UInt64) -> String {
    "the recorded trace has lost \(count) events; what they asked for is missing"
  }

  func json() throws -> String {
    struct Document: Encodable {
      var exitStatus: Int32
      var claims: [Row]
      var assumptions: [String]
      var weaknesses: [String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      exitStatus: exitStatus, claims: rows, assumptions: assumptions, weaknesses: weaknesses)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}

import Foundation
import Simulation
import TextForms
import TraceReading
import Verification

/// What another module changes: the claims on the recorded run beside those on the predicted one.
struct PredictedChanges {
  let recorded: VerificationReport
  let predicted: VerificationReport
  let doubts: [Prediction.Doubt]
  /// Partitions that have nothing left to do shortly before the end.
  let endings: [Prediction.Doubt]
  let lossCount: UInt64
  /// When the other module's ring is full, ns.
  let overflow: UInt64?
  /// How much more than recorded the partitions compute in the prediction, in hundredths.
  let marginPercent: UInt64
  /// What the recorded trace was found to be, read to its end.
  let recordedCondition: TraceCondition
  /// What decides about the kernel's own paths, in both modules.
  let paths: (recorded: KernelPaths, predicted: KernelPaths)
  /// Whether the module is the recorded one, and partitions compute as they did: then the recorded run is the truth.
  let isSameRun: Bool
  let unpredicted: UnpredictedClaims
  /// The prediction with something else taken for granted.
  let alternatives: [PredictedAlternative]

  /// 1 where a claim is violated in the prediction for sure; 3 where none is, and one is in doubt, or evidence is
  /// missing in the prediction or in the recording.
  var exitStatus: Int32 {
    let verdicts = predicted.claims.map(verdict)
    if verdicts.contains(.fail) { return 1 }
    return verdicts.contains(.unknown) || lossCount > 0 || recordedCondition != .complete ? 3 : 0
  }

  /// The verdict on one of the prediction's claims.
  private func verdict(_ claim: ClaimResult) -> Verdict {
    let verdict = predictedVerdict(claim)
    return isSameRun && recorded.claim(claim.identifier)?.verdict ?? verdict != verdict ? .unknown : verdict
  }

  private func predictedVerdict(_ claim: ClaimResult) -> Verdict {
    // The prediction's own trace is whole, a capture's would not be.
    if overflow != nil, claim.identifier == "trace.complete" { return .unknown }
    if unpredicted.contains(claim.identifier) { return .unknown }
    guard PathLengthVerdicts.areAbout(claim) else {
      let isUnsure = spread.mayTurn(claim) || alternatives.contains { $0.isOtherwise(claim) }
      return isUnsure ? .unknown : ownVerdict(claim)
    }
    return pathLengths.verdict(claim)
  }

  /// The verdict on a claim that the prediction measures, whatever else may be taken for granted.
  private func ownVerdict(_ claim: ClaimResult) -> Verdict {
    // What was violated in the recorded run is so again, whoever had no more to do then; but under another module that
    // violation may be gone, and the one at the end come of nothing but the want of deeds.
    let isSoAgain = isSameRun && recorded.finding(claim.identifier)?.verdict == .fail
    return PredictedVerdicts(doubts: doubts, hasHoles: hasHoles, endings: isSoAgain ? [] : endings).verdict(claim)
  }

  /// Whether the recorded run has a claim's verdict otherwise, though it is of the same module.
  private func isRefuted(_ claim: ClaimResult) -> Bool {
    guard isSameRun, !unpredicted.contains(claim.identifier), let was = recorded.claim(claim.identifier)?.verdict
    else { return false }
    return was == .fail && claim.verdict == .pass || was == .pass && claim.verdict == .fail
  }

  /// Whether the prediction violates a claim where it is in doubt: by how much says nothing, for what is late may be
  /// what it lacks.
  private func isViolatedInDoubt(_ claim: ClaimResult) -> Bool {
    claim.verdict == .fail && ownVerdict(claim) == .unknown
  }

  /// Claims on which the recorded run tells nothing, under the same module.
  private var untold: Int {
    isSameRun ? turning.count { recorded.claim($0.identifier)?.verdict == .unknown } : 0
  }

  private var spread: PredictionSpread {
    PredictionSpread(recorded: recorded, isOtherModule: paths.predicted.areOther(than: paths.recorded))
  }

  /// Whether events are missing before the recording's last one.
  private var hasHoles: Bool { lossCount > 0 || recordedCondition.hasHoles }

  private var pathLengths: PathLengthVerdicts {
    PathLengthVerdicts(recorded: recorded, paths: paths, isInDoubt: !doubts.isEmpty || hasHoles)
  }

  private var assumptions: [String] {
    let computing =
      marginPercent == 0
      ? "each partition computes the same"
      : "each partition computes \(marginPercent) % more than it did, and so does the kernel in its calls (--margin),"
    return ["\(computing) between the same calls, in the same order, whatever it is answered and when"]
      + Self.fixedAssumptions
  }

  private static let fixedAssumptions: [String] = [
    "with each start a partition does what it did from its next recorded start on",
    "who waits by the clock computes as long as it did; a verdict that is another if whoever may have waited waits as "
      + "long again is unknown",
    "who switches its interrupts on asks for marks that wait",
    "a timer is set as long after its partition's period starts as it was where the recorded run shows that this "
      + "decides, else as long after the call; a verdict that is another where both may be is unknown",
    "processes of a partition's own scheduler have the processor in the recorded order; where an upcall comes at "
      + "another of their calls, what they do from there on is unknown",
    "a partition's scheduler gives up its windows until the period in which it had something to do again; where a "
      + "process is ready in another window, what comes from there on is unknown",
    "what a partition's scheduler does about a missed deadline it does where that was missed in the recorded run; "
      + "where only one of both misses it, what comes after that is unknown",
    "lines fire at the instants recorded; one that was masked, when it was let through",
    "of what a stimulus file plays, its interrupts alone come again",
    "the drainer writes in each of its turns all blocks of the trace's ring that are due",
    "a call, an interrupt and an upcall's handler take what they took; where windows, partitions or ports are others, "
      + "a verdict that \(PredictedAlternative.kernelSpread) ns more or less in each would turn is unknown; switches "
      + "are hidden by L as ever",
    "the kernel's own path lengths stay what they are: of window.start.instant, padding.margin, timer.punctual, "
      + "window.end.instant, stop.prompt, budget.interruptToMark, budget.kernelTime, budget.traceBytes and custom "
      + "claims of less than 5 µs the worst that was recorded is held against the other module's bound; where windows, "
      + "partitions or ports are others, it must leave as much again, or half of L, to be sure",
  ]

  /// The gravest first, else in the module's order.
  private var rows: [PredictedRow] {
    let identifiers = predicted.claims.map(\.identifier)
    let gone = recorded.claims.map(\.identifier).filter { predicted.finding($0) == nil }
    let rows = (identifiers + gone).map { identifier in
      let after = predicted.claim(identifier)
      return PredictedRow(
        recorded.claim(identifier), after, verdict: after.map(verdict),
        isMeasured: !unpredicted.contains(identifier)
          && !(after.map { PathLengthVerdicts.areAbout($0) || isViolatedInDoubt($0) } ?? false))
    }
    return rows.enumerated().sorted { one, two in
      one.element.isGraver(than: two.element) || !two.element.isGraver(than: one.element) && one.offset < two.offset
    }.map(\.element)
  }

  func text(isColored: Bool, showsAll: Bool) -> String {
    let rows = rows
    let shown = rows.filter { showsAll || $0.isOfInterest }
    func number(_ value: Int64?) -> String { value.map(VerificationReport.grouped) ?? "–" }
    let cells = shown.map { row in
      let change = (row.change ?? 0 > 0 ? "+" : "") + number(row.change)
      return [
        row.claim, row.recordedVerdict ?? "–", row.predictedVerdict ?? "–", number(row.recordedWorst),
        number(row.predictedWorst), change, row.boundText,
      ]
    }
    let table = TextTable(
      head: ["claim", "recorded", "predicted", "recorded worst", "predicted worst", "change", "bound"], rows: cells)
    var lines = table.lines.enumerated().map { index, line in
      guard isColored, index > 0 else { return line }
      let verdict = shown[index - 1].predictedVerdict
      return verdict == "fail"
        ? "\u{1B}[31m\(line)\u{1B}[0m" : verdict == "unknown" ? "\u{1B}[33m\(line)\u{1B}[0m" : line
    }
    lines = [conclusion(rows), ""] + lines
    for row in shown {
      guard let explanation = row.explanation, let first = row.firstViolation else { continue }
      lines += ["", "\(row.claim) — \(row.title)"]
      lines.append("  violated at \(UInt64(clamping: first).instantText) of the prediction: \(explanation)")
    }
    lines += ["", "\(rows.count) claims, \(shown.count) shown"]
    if let omission = predicted.omission { lines.append(omission) }
    lines += ["", "assumed:"]
    lines += assumptions.map { "  \($0)" }
    lines += weaknesses.map { "  but: \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  /// What a person wants to know first.
  private func conclusion(_ rows: [PredictedRow]) -> String {
    func count(_ verdict: String) -> Int { rows.count { $0.predictedVerdict == verdict } }
    let changed = rows.count(where: \.changesVerdict)
    let bounds = rows.count(where: \.changesBound)
    return "predicted: \(count("fail")) violated, \(count("unknown")) unknown, \(count("pass")) hold; "
      + "\(changed) change their verdict, \(bounds) their bound"
  }

  /// Where the assumptions are known not to hold.
  private var weaknesses: [String] {
    doubts.flatMap(\.sentences) + (lossCount > 0 ? [Self.sentence(ofLoss: lossCount)] : [])
      + (recordedCondition != .complete ? [Self.sentence(of: recordedCondition)] : []) + pathLengths.weaknesses
      + unpredicted.weaknesses + leftOutWeaknesses
      + (overflow.map { ["the trace's ring is full at \($0.instantText): a capture loses events from there on"] } ?? [])
      + violatedAtEnd.map(Self.sentence(ofEndOf:))
      + turning.filter(spread.mayTurn).map(spread.sentence)
      + turning.filter(isRefuted).map {
        "\($0.identifier) was otherwise in the recorded run, under the same module: so far off is the prediction"
      }
      + (untold > 0 ? ["\(untold) claims are unknown as in the recorded run, under the same module"] : [])
      + alternatives.compactMap { other in
        let claims = turning.filter(other.isOtherwise).map(\.identifier)
        return claims.isEmpty ? nil : other.sentence(about: claims)
      }
  }

  /// What the other module leaves out of its trace, where claims need it.
  private var leftOutWeaknesses: [String] {
    let kinds = TraceVocabulary.names(of: paths.predicted.blocks.leftOut)
    guard !kinds.isEmpty else { return [] }
    return ["the module leaves events of kind \(kinds) out of its trace: claims that need them are unknown"]
  }

  /// Claims violated only where nothing more was recorded of somebody.
  private var violatedAtEnd: [ClaimResult] {
    let verdicts = PredictedVerdicts(doubts: doubts, hasHoles: hasHoles)
    return predicted.claims.filter {
      !PathLengthVerdicts.areAbout($0) && verdicts.verdict($0) == .fail && ownVerdict($0) == .unknown
    }
  }

  /// Claims on which the prediction would have a verdict, if it were surer.
  private var turning: [ClaimResult] {
    predicted.claims.filter { !PathLengthVerdicts.areAbout($0) && ownVerdict($0) != .unknown }
  }

  static func sentence(ofEndOf claim: ClaimResult) -> String {
    "\(claim.identifier) is violated shortly before the end, when all was done that was recorded of a partition which "
      + "it depends on"
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
      var claims: [PredictedRow]
      var leftOut: [String]
      var assumptions: [String]
      var weaknesses: [String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      exitStatus: exitStatus, claims: rows, leftOut: predicted.leftOut.map(\.identifier), assumptions: assumptions,
      weaknesses: weaknesses)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }
}

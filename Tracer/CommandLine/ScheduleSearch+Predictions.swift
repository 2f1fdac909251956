import APEXTypes
import Emulation
import Foundation
import ModuleConfiguration
import Simulation
import TraceReading
import Verification

/// The predictions of a search, and what they say of the deadlines.
extension ScheduleSearch {
  /// What came of one prediction.
  struct Outcome {
    var holds: Bool
    var weaknesses: [String] = []
    var failsSurely = false
    var holdsSurely = false
    /// Deadlines that do not hold.
    var misses: [Miss] = []
    /// What the prediction has of each, whatever that is worth.
    var verdicts: [String: Verdict] = [:]
    /// What else may be taken for granted, in words.
    var assumptions: [(assumption: DemandAssumption, condition: String)] = []
    /// Claims on deadlines that would not hold with that.
    var turning: Set<String> = []
  }

  /// Whether every deadline holds in the prediction with these windows, in which partitions compute more than they did.
  func predict(
    _ durations: [Int: Nanoseconds], _ what: String, _ assumption: DemandAssumption = .init()
  ) throws -> Outcome {
    if isInterrupted(what) { throw Interrupted() }
    let variant = WindowVariant(table, durations: durations)
    defer { variant.free() }
    let scratch = try PrivateDirectory()
    defer { withExtendedLifetime(scratch.path) {} }
    let file = scratch.file("predicted")
    let written = try write(file, under: variant.table(), what, assumption)
    let isRecorded = marginPercent == 0 && durations.allSatisfy { $1 == window($0).duration }
    return try judge(file, written, isRecorded, what)
  }

  /// What a prediction says of itself beside its trace.
  private struct Written {
    var doubts: [Prediction.Doubt]
    /// Partitions that have nothing left to do shortly before the end.
    var endings: [Prediction.Doubt]
    var lossCount: UInt64
    /// Of the recorded trace.
    var condition: TraceCondition
    /// Whether what decides about the kernel's ways is another than in that.
    var isOtherModule: Bool
    var assumptions: [(assumption: DemandAssumption, condition: String)]
  }

  /// Writes the prediction's trace; its memory is free again before that is judged.
  private func write(
    _ file: String, under other: ModuleTable, _ what: String, _ assumption: DemandAssumption
  ) throws -> Written {
    let writer = FileWriter(path: file)
    let reader = try TraceCommand.open(path)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let prediction = try Prediction(
      recorded: reader.moduleTable, under: other, extraPercent: marginPercent, assumption: assumption,
      source: { reader.nextPresentEvent() }, sink: { writer.write($0) })
    var isEnded = false
    let span = prediction.run {
      isEnded = isEnded || isInterrupted(what)
      return isEnded || writer.failure != nil
    }
    if isEnded { throw Interrupted() }
    if let reason = prediction.contradiction { throw Contradiction(reason: reason) }
    guard writer.finish() else { throw Unwritable(path: file, reason: writer.failure ?? "it cannot be written") }
    guard span != nil else {
      let missing = MissingStart(path, reader) { isInterrupted(what) }
      throw isInterrupted(what) ? Interrupted() : missing
    }
    // A prediction that stops early leaves the rest unread, and with it what the trace is worth.
    while reader.condition == .unread, reader.nextPresentEvent() != nil {}
    let isOtherModule = KernelPaths.areOther(other, than: reader.moduleTable)
    return Written(
      doubts: prediction.doubts, endings: prediction.endings, lossCount: prediction.lossCount,
      condition: reader.condition, isOtherModule: isOtherModule,
      assumptions: PredictedAlternative.assumptions(
        of: prediction, isOtherModule: isOtherModule, margin: marginPercent))
  }

  private func report(on path: String, _ what: String) throws -> VerificationReport {
    let reader = try TraceCommand.open(path)
    defer { withExtendedLifetime(reader) {} }
    let threads = WorkerPool.processorCount > 1 ? 2 : 1
    guard let report = VerificationRun.report(on: reader, threads: threads, onProgress: { !isInterrupted(what) })
    else { throw Interrupted() }
    return report
  }

  /// How the recorded run fared by each deadline.
  func recordedVerdicts() throws -> [String: Verdict] {
    let deadlines = try report(on: path, "as recorded").findings.filter(Self.isOfDeadline)
    return Dictionary(deadlines.map { ($0.identifier, $0.verdict) }) { one, _ in one }
  }

  private static func isOfDeadline(_ claim: ClaimResult) -> Bool { claim.identifier.hasPrefix("process.deadline.") }

  /// The deadlines that are violated in a prediction only where a partition had nothing left to do, as `what-if` has
  /// them: that may come of nothing but the want of deeds. What was violated in the recorded run itself is so again.
  private func violatedAtEnd(
    _ deadlines: [ClaimResult], _ verdicts: PredictedVerdicts, _ written: Written, _ isRecorded: Bool
  ) -> [ClaimResult] {
    var ending = verdicts
    ending.endings = written.endings
    let found = deadlines.filter { verdicts.verdict($0) == .fail && ending.verdict($0) == .unknown }
    return isRecorded ? found.filter { truth.verdicts[$0.identifier] != .fail } : found
  }

  /// - Parameter isRecorded: whether the prediction is of the recorded run as it was.
  private func judge(_ file: String, _ written: Written, _ isRecorded: Bool, _ what: String) throws -> Outcome {
    let report = try report(on: file, what)
    // Whatever the module file lets be judged: the search shortens windows by all deadlines.
    let deadlines = report.findings.filter(Self.isOfDeadline)
    var weaknesses = written.doubts.flatMap(\.sentences)
    if written.lossCount > 0 { weaknesses.append(PredictedChanges.sentence(ofLoss: written.lossCount)) }
    if written.condition != .complete { weaknesses.append(PredictedChanges.sentence(of: written.condition)) }
    let verdicts = PredictedVerdicts(
      doubts: written.doubts, hasHoles: written.lossCount > 0 || written.condition.hasHoles)
    let atEnd = violatedAtEnd(deadlines, verdicts, written, isRecorded)
    weaknesses += atEnd.map(PredictedChanges.sentence(ofEndOf:))
    let late = Set(atEnd.map(\.identifier))
    func surely(_ claim: ClaimResult) -> Verdict {
      late.contains(claim.identifier) ? .unknown : verdicts.verdict(claim)
    }
    func verdict(_ claim: ClaimResult) -> Verdict { truth.leavesOpen(claim) ? .unknown : surely(claim) }
    weaknesses += truth.weaknesses(of: deadlines.filter { surely($0) != .unknown })
    // What is missing of the recorded run may be what would have met the deadline.
    let isWhole = written.condition == .complete && written.lossCount == 0
    let spread = PredictionSpread(recorded: report, isOtherModule: written.isOtherModule)
    return Outcome(
      // What may turn is no shortest window, nor is one of a deadline that the prediction is known to have otherwise.
      holds: deadlines.allSatisfy { $0.verdict == .pass && !spread.mayTurn($0) && !truth.refutes($0) },
      weaknesses: weaknesses,
      failsSurely: isWhole && deadlines.contains { verdict($0) == .fail && !spread.mayTurn($0) },
      holdsSurely: isWhole && deadlines.allSatisfy { verdict($0) == .pass },
      misses: deadlines.filter { $0.verdict != .pass || spread.mayTurn($0) || truth.refutes($0) }.map {
        Miss($0, isWhole && !spread.mayTurn($0) ? verdict($0) : .unknown)
      }, verdicts: Dictionary(deadlines.map { ($0.identifier, $0.verdict) }) { one, _ in one },
      assumptions: written.assumptions)
  }
}

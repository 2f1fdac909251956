import ArgumentParser
import Debugging
import Emulation
import Foundation
import TraceReading
import Verification

/// From a claim to the event that it is gravest at.
extension GotoCommand {
  /// The gravest case of a claim: its worst or first violation, or the worst value where it holds.
  func position(of identifier: String, _ signals: SignalWatch) throws -> UInt64 {
    let reader = try TraceCommand.open(trace)
    var line = ProgressLine(isShown: StandardOutput.showsProgress)
    let report = VerificationRun.report(on: reader, threads: WorkerPool.processorCount > 1 ? 2 : 1) {
      line.show("judging: \(reader.statistics.eventCount) events")
      return signals.take() == 0
    }
    line.clear()
    guard let report else { throw RevisitError.interrupted }
    guard let claim = report.finding(identifier) else {
      let known = report.findings.map(\.identifier)
      let hint = ClaimNames.hint(for: identifier, known)
      TraceCommand.complain("the trace's module has no claim '\(identifier)'; \(hint)")
      throw ExitCode(2)
    }
    let violation = claim.worstViolations.first ?? claim.firstViolations.first
    guard let position = violation?.position ?? claim.worst?.position else { throw noCase(of: claim, reader) }
    return position
  }

  /// The refusal of a claim for which no event stands: for good only where the trace is whole and the claim judged.
  private func noCase(of claim: ClaimResult, _ reader: TraceReader) -> RevisitError {
    var doubts = claim.verdict == .unknown && !claim.remark.isEmpty ? [claim.remark] : []
    if !reader.condition.isComplete { doubts.append("the trace is \(reader.condition)") }
    if let loss = reader.losses.sentence { doubts.append(loss) }
    if doubts.isEmpty, claim.verdict == .unknown { doubts.append("evidence is missing") }
    let finding =
      switch claim.verdict {
      case .pass: "holds"
      case .fail: "is violated"
      case .unknown: "is unknown"
      }
    return .noCase(of: claim.identifier, finding: finding, doubts: doubts)
  }
}

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
    var line = ProgressLine(isShown: isatty(STDERR_FILENO) == 1)
    let report = VerificationRun.report(on: reader, threads: WorkerPool.processorCount > 1 ? 2 : 1) {
      line.show("judging: \(reader.statistics.eventCount) events")
      return signals.take() == 0
    }
    line.clear()
    guard let report else { throw RevisitError.interrupted }
    guard let claim = report.finding(identifier) else {
      let alike = Self.names(like: identifier, among: report.findings.map(\.identifier))
      TraceCommand.complain(
        "the trace's module has no claim '\(identifier)'; "
          + (alike.isEmpty ? "" : "alike are \(alike.joined(separator: ", ")); ") + "'partita verify' lists all")
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

  /// A few names that whoever typed `text` may have meant: those with it in them, or else with most of its beginning.
  private static func names(like text: String, among names: [String]) -> [String] {
    let wanted = text.lowercased()
    let containing = names.filter { !wanted.isEmpty && $0.lowercased().contains(wanted) }
    if !containing.isEmpty { return Array(containing.prefix(8)) }
    let shared = names.map { $0.lowercased().commonPrefix(with: wanted).count }
    let most = shared.max() ?? 0
    guard most >= 3 else { return [] }
    return Array(zip(names, shared).filter { $0.1 == most }.map(\.0).prefix(8))
  }
}

import PartitionCore
import Replay
import TraceFormat
import TraceReading
import Verification

/// The two oracles over a trace in memory, as `partita replay` and `partita verify` ask them.
enum Judge {
  static func replay(_ trace: [UInt8]) throws -> ReplayReport { try replay(trace, by: OwnersMarked.self) }

  /// Replays with a marking rule of the caller's choice.
  static func replay<Marking: MarkingRule>(_ trace: [UInt8], by rule: Marking.Type) throws -> ReplayReport {
    let reader = try TraceReader(bytes: trace)
    // The replayer looks into the table that the reader holds.
    defer { withExtendedLifetime(reader) {} }
    let replayer = Replayer<Marking>(table: reader.moduleTable)
    while !replayer.hasDiverged, let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        for index in events.indices { replayer.consume(events[index], position: first + UInt64(index)) }
      case .gap(let gap): replayer.noteGap("events are missing before event \(gap.nextPosition): \(gap.defect)")
      }
    }
    if replayer.hasDiverged { return replayer.finish(doubt: nil) }
    return replayer.finish(doubt: reader.condition == .complete ? nil : "the file is \(reader.condition)")
  }

  static func verify(_ trace: [UInt8]) throws -> (report: VerificationReport, condition: TraceCondition) {
    let reader = try TraceReader(bytes: trace)
    var verifier = Verifier(table: reader.moduleTable)
    while let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: first) }
      case .gap: verifier.noteGap()
      }
    }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    return (report, reader.condition)
  }

  /// What a command would answer: its exit status, and why.
  struct Answer {
    var status: Int32
    var reason: String
  }

  /// The answer of `partita verify`.
  static func verifyAnswer(_ trace: [UInt8]) -> Answer {
    do {
      let (report, condition) = try verify(trace)
      if condition.isContradictory { return Answer(status: 2, reason: condition.description) }
      return Answer(status: report.exitStatus, reason: "\(report.verdict): \(report.fileDefect)")
    } catch { return answer(to: error) }
  }

  /// The answer of `partita replay`.
  static func replayAnswer(_ trace: [UInt8]) -> Answer {
    do {
      let report = try replay(trace)
      let reason = report.divergence?.reason ?? report.doubts.first ?? report.verdict.rawValue
      return switch report.verdict {
      case .identical: Answer(status: 0, reason: reason)
      case .diverged: Answer(status: 1, reason: reason)
      case .inconclusive: Answer(status: 3, reason: reason)
      }
    } catch { return answer(to: error) }
  }

  private static func answer(to error: any Error) -> Answer {
    guard let refusal = error as? TraceOpenError else { return Answer(status: -1, reason: "\(error)") }
    return Answer(status: refusal.isTruncation ? 3 : 2, reason: refusal.description)
  }
}

extension VerificationReport {
  /// The claims with a verdict, each with its first violation or remark: what a failing test prints.
  func claims(_ verdict: Verdict) -> [String] {
    claims.filter { $0.verdict == verdict }.map {
      let first = $0.firstViolations.first.map { "event \($0.position): \($0.explanation)" } ?? $0.remark
      return "\($0.identifier) (\(first))"
    }
  }

  func identifiers(_ verdict: Verdict) -> Set<String> {
    Set(claims.filter { $0.verdict == verdict }.map(\.identifier))
  }
}

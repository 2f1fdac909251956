import PartitionCore
import ReferenceChecking
import Replay
import Testing
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

  /// - Parameter isForged: the module table is not one that a compiler made; no two judges need agree on such a module.
  static func verify(
    _ trace: [UInt8], isForged: Bool = false
  ) throws -> (report: VerificationReport, condition: TraceCondition) {
    let reader = try TraceReader(bytes: trace)
    var verifier = Verifier(table: reader.moduleTable)
    var events: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let batch):
        batch.withUnsafeBufferPointer { verifier.consume($0, firstPosition: first) }
        events += batch
      case .gap: verifier.noteGap()
      }
    }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    expectAgreement(report, events, reader, isForged: isForged)
    return (report, reader.condition)
  }

  /// The claims that events violate, by both judges, of the module that a trace carries.
  static func violations(_ events: [TraceEvent], of trace: [UInt8]) throws -> Set<String> {
    let reader = try TraceReader(bytes: trace)
    var verifier = Verifier(table: reader.moduleTable)
    for (position, event) in events.enumerated() { verifier.consume(event, position: UInt64(position)) }
    let violated = verifier.finish().identifiers(.fail)
    let reference = ReferenceChecker.violations(events, reader.moduleTable)
    #expect(violated.intersection(ReferenceChecker.claims) == reference)
    return violated
  }

  /// The reference checker finds the same claims violated, in every trace that is whole and not too long for it.
  private static func expectAgreement(
    _ report: VerificationReport, _ events: [TraceEvent], _ reader: TraceReader, isForged: Bool
  ) {
    let isWhole = reader.condition == .complete && report.gapCount == 0 && report.hasEnd
    guard isWhole, events.count < 1_000_000, !events.contains(where: { $0.knownKind == .loss }) else { return }
    let violated = ReferenceChecker.violations(events, reader.moduleTable)
    let reported = report.identifiers(.fail).intersection(ReferenceChecker.claims)
    #expect(violated.isSubset(of: ReferenceChecker.claims))
    #expect(isForged || reported == violated, "verify \(reported.sorted()), the reference checker \(violated.sorted())")
    if !isForged, !reader.condition.isContradictory { expectAttribution(report, events) }
  }

  /// Of each worst case that is measured in parts of the time, each nanosecond is somebody's.
  private static func expectAttribution(_ report: VerificationReport, _ events: [TraceEvent]) {
    var attributor = Attributor(report)
    for (position, event) in events.enumerated() { attributor.consume(event, position: UInt64(position)) }
    for claim in attributor.finish().claims where claim.unit == .nanoseconds {
      for found in claim.worstCases where found.span.scope != .all && !found.attribution.isEmpty {
        let sum = found.attribution.reduce(0) { $0 + Int64($1.nanoseconds) }
        #expect(sum == found.value, "\(claim.identifier), event \(found.position)")
      }
    }
  }

  /// What a command would answer: its exit status, and why.
  struct Answer {
    var status: Int32
    var reason: String
  }

  /// The answer of `partita verify`.
  static func verifyAnswer(_ trace: [UInt8], isForged: Bool = false) -> Answer {
    do {
      let (report, condition) = try verify(trace, isForged: isForged)
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

import ModuleConfiguration
import TraceFormat
import TraceReading
import Verification

/// A run as one page of HTML that needs nothing beside it: timeline, claims with evidence, latencies, utilisation.
///
/// The trace is read twice: once for all that is summed up and judged, then for the events around what the first pass
/// found worth looking at. Memory and the page's size do not follow the trace's length: the whole run is shown by
/// counts in at most 32768 cells of time, only chosen stretches event by event.
public struct RunReport {
  /// The page.
  public let html: [UInt8]
  /// Every claim as `partita verify` would find it.
  public let verification: VerificationReport
  /// In which condition the trace was found.
  public let condition: TraceCondition
  /// Events of the trace, those that are missing left out.
  public let eventCount: UInt64
  /// Events that the page carries one by one.
  public let detailedEventCount: UInt64

  /// Reads a trace and makes its page.
  ///
  /// - Parameters:
  ///   - name: what the trace is called on the page.
  ///   - open: opens the trace at its beginning; called twice.
  ///   - onProgress: called with the reader after every few thousand events; false ends the work.
  /// - Throws: `RunReportError`, and what `open` throws.
  public init(
    name: String, opening open: () throws -> TraceReader, onProgress: (TraceReader) -> Bool = { _ in true }
  ) throws {
    let reader = try open()
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    var statistics = TraceStatistics()
    var timeline = TimelineRecorder(reader.moduleTable)
    var verifier = Verifier(table: reader.moduleTable)
    verifier.keepViolations()
    let places = verifier.placesInReport
    var lastPosition: UInt64 = 0
    var gapPositions: [UInt64] = []
    while let batch = reader.nextBatch() {
      statistics.add(batch)
      timeline.add(batch)
      switch batch {
      case .events(let first, let events):
        for index in events.indices {
          verifier.consume(events[index], position: first &+ UInt64(index))
          // At once: in a hostile trace each event may violate many claims.
          verifier.takeViolations { timeline.noteViolation(of: places[$0], at: $1) }
        }
        lastPosition = max(lastPosition, first &+ UInt64(max(1, events.count) - 1))
      case .gap(let gap):
        verifier.noteGap()
        if gapPositions.count < 100 { gapPositions.append(gap.nextPosition) }
      }
      verifier.takeViolations { timeline.noteViolation(of: places[$0], at: $1) }
      guard onProgress(reader) else { throw RunReportError.interrupted }
    }
    timeline.finish()
    var findings = verifier.finish(fileBytes: reader.statistics.storedBytes)
    verifier.takeViolations { timeline.noteViolation(of: places[$0], at: $1) }
    if !reader.condition.isComplete { findings.fileDefect = reader.condition.description }
    let plan = DetailPlan(
      evidence: DetailPlan.evidence(findings) + gapPositions.prefix(10), lastPosition: lastPosition)
    var detail = DetailCollector(plan, reader.moduleTable)
    let second = try open()
    while let batch = second.nextBatch() {
      detail.add(batch)
      guard onProgress(second) else { throw RunReportError.interrupted }
    }
    guard second.runIdentity == reader.runIdentity else { throw RunReportError.traceChanged }

    let data = PageData(
      traceName: name, table: reader.moduleTable, vocabulary: TraceVocabulary(reader.moduleTable),
      statistics: statistics, sizes: reader.statistics, condition: reader.condition, identity: reader.runIdentity,
      verification: findings, timeline: timeline, detail: detail)
    html = PageTemplate.page(title: "\(findings.moduleName) – run report", data: data.append(to:))
    verification = findings
    condition = reader.condition
    eventCount = statistics.eventCount
    detailedEventCount = detail.eventCount
  }
}

/// Why no page was made.
public enum RunReportError: Error, Equatable, CustomStringConvertible {
  case traceChanged, interrupted

  /// What the command prints.
  public var description: String {
    switch self {
    case .traceChanged: "the trace changed while it was read: wait until its capture is over"
    case .interrupted: "interrupted; nothing is written"
    }
  }
}

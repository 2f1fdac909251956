import TraceFormat
import TraceReading

/// Drives an exporter over a trace, or a part of one.
///
/// What precedes the part is read too, for what is open at its beginning; of what follows, the first event at most.
public struct ExportRun: Sendable {
  /// What was there of the part.
  public private(set) var coverage: SpanCoverage
  /// Events exported.
  public private(set) var eventCount: UInt64 = 0
  /// Places where events are missing, and how many they are as far as that is known.
  public private(set) var gapCount = 0
  /// Events missing in these places, those uncounted left out.
  public private(set) var lostCount: UInt64 = 0
  private var isOpen = false

  /// - Parameter reader: the one that the run will read; where events are missing it tells more of `span`'s end.
  public init(_ span: TraceSpan = TraceSpan(), of reader: TraceReader? = nil) {
    coverage = SpanCoverage(span, of: reader)
  }

  /// Reads the trace to the end of the part.
  ///
  /// - Parameter onBatch: called after each block; throws to stop.
  public mutating func run<Exporter: TraceExporter>(
    _ reader: TraceReader, into exporter: Exporter, onBatch: () throws(ExportFailure) -> Void = {}
  ) throws(ExportFailure) {
    var timeline = Timeline(reader.moduleTable)
    defer { withExtendedLifetime(reader) {} }
    var lastKind: UInt8 = 0
    // Where the part ends, if that is before the trace does.
    var end: UInt64?
    while end == nil, let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        for (index, event) in events.enumerated() {
          let position = first &+ UInt64(index)
          let side = coverage.side(of: event, position: position, defectCount: reader.defectCount)
          if side == .after {
            end = finishPart(before: event, &timeline, exporter)
            break
          }
          lastKind = event.kind
          if side == .within { try Self.require(event.time, of: exporter) }
          add(event, position, side == .within, &timeline, exporter)
        }
      case .gap(let gap):
        coverage.note(gap)
        // What is missing behind the part is no gap of it.
        if coverage.isOver { end = timeline.lastTime } else { add(gap, &timeline, exporter) }
      }
      if let failure = exporter.failure { throw failure }
      try onBatch()
    }
    if end == nil {
      coverage.finish()
      if coverage.isOver { end = timeline.lastTime }
    }
    if let end { try Self.require(end, of: exporter) }
    open(before: nil, &timeline, exporter)
    let isWhole = end != nil || lastKind == EventKind.end.rawValue
    let reason = "the trace ends here: \(reader.condition)"
    timeline.finish(isWhole: isWhole, reason: reason, at: end) { change, time, position in
      note(change)
      exporter.add(change, at: time, position: position)
    }
    exporter.conclude(coverage.doubts(of: reader), note: coverage.note)
    try exporter.finish(at: max(timeline.lastTime, end ?? 0))
    if let failure = exporter.failure { throw failure }
  }

  /// Signed numbers would show it as an instant long before the trace, and some readers would open nothing at all.
  private static func require<Exporter: TraceExporter>(
    _ instant: UInt64, of exporter: Exporter
  ) throws(ExportFailure) {
    let greatest = Exporter.greatestInstant
    guard instant <= greatest else { throw .instantBeyond(instant, greatest: greatest) }
  }

  /// Ends the part before an event that is not of it; answers when it ends.
  private mutating func finishPart<Exporter: TraceExporter>(
    before event: TraceEvent, _ timeline: inout Timeline, _ exporter: Exporter
  ) -> UInt64 {
    // Behind a gap the first event may be far behind the part, and the part begins no later than it ends.
    var limit = coverage.untoldEnd ?? .max
    if case .instant(let instant)? = coverage.span.to { limit = instant }
    open(before: event, notAfter: limit, &timeline, exporter)
    let end =
      switch coverage.span.to {
      case .instant(let instant)?: instant
      // A major frame lasts until the next one starts.
      case .frame?: max(timeline.lastTime, min(event.time, coverage.untoldEnd ?? .max))
      case .event?, nil: timeline.lastTime
      }
    timeline.look(back: event, until: end) { change, time, position in
      exporter.add(change, at: time, position: position)
    }
    return end
  }

  /// Begins the part, if it has not begun.
  private mutating func open<Exporter: TraceExporter>(
    before next: TraceEvent?, notAfter limit: UInt64 = .max, _ timeline: inout Timeline, _ exporter: Exporter
  ) {
    guard !isOpen else { return }
    isOpen = true
    let start =
      switch coverage.span.from {
      case .instant(let instant)?: instant
      case .frame?, .event?: next?.time ?? timeline.lastTime
      case nil: 0 as UInt64
      }
    timeline.open(at: min(start, limit), before: next) { exporter.add($0, at: $1, position: $2) }
  }

  private mutating func add<Exporter: TraceExporter>(
    _ event: TraceEvent, _ position: UInt64, _ isWithin: Bool, _ timeline: inout Timeline, _ exporter: Exporter
  ) {
    guard isWithin else { return timeline.consume(event, position: position) { _, _, _ in } }
    open(before: event, &timeline, exporter)
    eventCount += 1
    timeline.consume(event, position: position) { change, time, position in
      note(change)
      exporter.add(change, at: time, position: position)
    }
    exporter.add(event, position: position)
  }

  private mutating func add<Exporter: TraceExporter>(
    _ gap: TraceGap, _ timeline: inout Timeline, _ exporter: Exporter
  ) {
    guard isOpen else { return timeline.consume(gap) { _, _, _ in } }
    timeline.consume(gap) { exporter.add($0, at: $1, position: $2) }
  }

  private mutating func note(_ change: TimelineChange) {
    guard case .lost(let count, _, _, _) = change else { return }
    gapCount += 1
    lostCount &+= count ?? 0
  }
}

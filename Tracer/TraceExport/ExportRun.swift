import TraceFormat
import TraceReading

/// Drives an exporter over a trace, or a part of one.
///
/// What precedes the part is read too, for what is open at its beginning; nothing after it is.
public struct ExportRun: Sendable {
  /// First instant, in nanoseconds.
  public var from: UInt64
  /// Last instant, in nanoseconds.
  public var to: UInt64
  /// Events exported.
  public private(set) var eventCount: UInt64 = 0
  /// Places where events are missing, and how many they are as far as that is known.
  public private(set) var gapCount = 0
  public private(set) var lostCount: UInt64 = 0
  private var isOpen = false

  public init(from: UInt64 = 0, to: UInt64 = .max) {
    self.from = from
    self.to = to
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
    var isBeyond = false
    while !isBeyond, let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        for (index, event) in events.enumerated() {
          guard event.time <= to else {
            isBeyond = true
            open(before: event, &timeline, exporter)
            timeline.look(back: event, until: to) { change, time, position in
              exporter.add(change, at: time, position: position)
            }
            break
          }
          lastKind = event.kind
          add(event, first &+ UInt64(index), &timeline, exporter)
        }
      case .gap(let gap): add(gap, &timeline, exporter)
      }
      if let failure = exporter.failure { throw failure }
      try onBatch()
    }
    open(before: nil, &timeline, exporter)
    let isWhole = isBeyond || lastKind == EventKind.end.rawValue
    let reason = "the trace ends here: \(reader.condition)"
    timeline.finish(isWhole: isWhole, reason: reason, at: isBeyond ? to : nil) { change, time, position in
      note(change)
      exporter.add(change, at: time, position: position)
    }
    try exporter.finish(at: isBeyond ? max(timeline.lastTime, to) : timeline.lastTime)
    if let failure = exporter.failure { throw failure }
  }

  /// Begins the part, if it has not begun.
  private mutating func open<Exporter: TraceExporter>(
    before next: TraceEvent?, _ timeline: inout Timeline, _ exporter: Exporter
  ) {
    guard !isOpen else { return }
    isOpen = true
    timeline.open(at: from, before: next) { exporter.add($0, at: $1, position: $2) }
  }

  private mutating func add<Exporter: TraceExporter>(
    _ event: TraceEvent, _ position: UInt64, _ timeline: inout Timeline, _ exporter: Exporter
  ) {
    guard event.time >= from || isOpen else { return timeline.consume(event, position: position) { _, _, _ in } }
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

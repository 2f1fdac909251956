import TraceExport
import TraceFormat
import TraceReading

/// What an exporter is told.
final class Recorder: TraceExporter {
  struct Told: Equatable {
    var change: TimelineChange
    var time: UInt64
    var position: UInt64
  }
  var changes: [Told] = []
  var events: [TraceEvent] = []
  /// The instants of everything, in the order in which it was told.
  var times: [UInt64] = []
  var finished: UInt64?
  var failure: ExportFailure? { nil }

  func add(_ event: TraceEvent, position: UInt64) {
    events.append(event)
    times.append(event.time)
  }
  func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    changes.append(Told(change: change, time: time, position: position))
    times.append(time)
  }
  func finish(at time: UInt64) throws(ExportFailure) { finished = time }
}

/// Exports a trace in memory with an exporter.
@discardableResult
func export<Exporter: TraceExporter>(
  _ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max, _ make: (TraceReader) throws -> Exporter
) throws -> Exporter {
  let reader = try TraceReader(bytes: trace)
  let exporter = try make(reader)
  var run = ExportRun(TraceSpan(from: from > 0 ? .instant(from) : nil, to: to < .max ? .instant(to) : nil))
  try run.run(reader, into: exporter)
  return exporter
}

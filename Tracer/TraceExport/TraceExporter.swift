import TraceFormat
import TraceReading

/// Writes a trace in somebody else's format.
///
/// It is told everything in the order of time: what changes, then the event that shows it. It keeps no more than what
/// is open, so that its memory does not follow the trace's length.
public protocol TraceExporter: AnyObject {
  /// The last instant, in ns, that readers of the format take; a trace that has a later one is not exported.
  static var greatestInstant: UInt64 { get }
  /// What went wrong in writing; whoever drives the exporter stops then.
  var failure: ExportFailure? { get }
  func add(_ event: TraceEvent, position: UInt64)
  func add(_ change: TimelineChange, at time: UInt64, position: UInt64)
  /// Takes what is missing of the part that is exported, in words: nothing where all of it was there; and what is to
  /// be known of it besides. Comes before `finish`.
  func conclude(_ doubts: [String], note: String?)
  /// Writes what is still to be written. `time` is the instant of the last event.
  func finish(at time: UInt64) throws(ExportFailure)
}

extension TraceExporter {
  /// What is written in digits has room for any.
  public static var greatestInstant: UInt64 { .max }
  /// Most formats show what is missing where it is missing, and have no place for a word on the whole.
  public func conclude(_ doubts: [String], note: String?) {}
}

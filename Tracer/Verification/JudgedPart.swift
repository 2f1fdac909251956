/// The part of a trace that a report is about.
public struct JudgedPart: Equatable, Sendable {
  /// Positions of the first and the last event judged; nil where the trace has none in the part.
  public var events: ClosedRange<UInt64>?
  /// Position of the first event that was looked at, for what the part follows from.
  public var firstKnown: UInt64

  /// Positions are those in the whole trace.
  public init(events: ClosedRange<UInt64>?, firstKnown: UInt64) {
    self.events = events
    self.firstKnown = firstKnown
  }

  /// Whether all that precedes the part was looked at: then nothing in it is unknown for want of that.
  public var isHistoryKnown: Bool { firstKnown == 0 }

  /// For who reads the verdict.
  public var sentence: String {
    guard let events else { return "the part has no events: nothing was judged" }
    let judged = "only events \(events.lowerBound) to \(events.upperBound) were judged"
    if events.lowerBound == 0 { return judged }
    guard !isHistoryKnown else { return judged + ", by all that went before" }
    return judged + "; before event \(firstKnown) nothing was looked at, and what depends on that is unknown at best"
  }

  var json: String {
    guard let events else { return "{\"firstKnown\": \(firstKnown)}" }
    return "{\"firstEvent\": \(events.lowerBound), \"lastEvent\": \(events.upperBound), \"firstKnown\": \(firstKnown)}"
  }
}

import TraceFormat

/// What the kernel's recorder lost of a trace, or of a part of one, because its ring was full.
///
/// The trace itself tells, by `loss` events. So nothing is missing of the file, and yet not all that happened is in it.
public struct RecorderLosses: Equatable, Sendable {
  /// How many events were lost.
  public private(set) var eventCount: UInt64 = 0
  /// In how many places.
  public private(set) var placeCount = 0
  /// Where an event tells of a loss.
  private struct Place: Equatable, Sendable {
    var position: UInt64
    var time: UInt64
  }
  private var first: Place?

  /// Nothing is lost.
  public init() {}

  /// Whether no event has told of a loss.
  public var isEmpty: Bool { placeCount == 0 }

  /// Takes an event; any but a `loss` is no matter.
  public mutating func note(_ event: TraceEvent, position: UInt64) {
    guard event.kind == EventKind.loss.rawValue else { return }
    eventCount &+= event.words.w0
    placeCount += 1
    if first == nil { first = Place(position: position, time: event.time) }
  }

  /// Takes what was lost behind this.
  mutating func append(_ later: RecorderLosses) {
    eventCount &+= later.eventCount
    placeCount += later.placeCount
    if first == nil { first = later.first }
  }

  /// How much is lost, and where; nil where nothing is.
  public var sentence: String? {
    guard let first else { return nil }
    let what = eventCount == 1 ? "1 event" : "\(eventCount) events"
    let place = "before event \(first.position), at \(EventField.seconds(first.time)) s"
    let places = placeCount == 1 ? place : "in \(placeCount) places, the first \(place)"
    return "the recorder lost \(what) \(places): its ring was full"
  }
}

import TextForms
import TraceFormat
import TraceReading

/// Puts events, and what is missing between them, as lines for people or for machines.
struct EventPrinter: Sendable {
  private let vocabulary: TraceVocabulary
  private let filter: EventFilter
  private let isJSON: Bool
  private let partitionWidth: Int

  init(_ vocabulary: TraceVocabulary, filter: EventFilter, isJSON: Bool) {
    self.vocabulary = vocabulary
    self.filter = filter
    self.isJSON = isJSON
    partitionWidth = max(6, vocabulary.partitions.map(\.columns).max() ?? 0)
  }

  /// Puts an event as one line; false where the filter does not admit it, and nothing was put.
  @discardableResult
  func put(_ event: TraceEvent, _ position: UInt64, to text: inout TextBytes) -> Bool {
    guard filter.admits(event) else { return false }
    let description = EventDescription(event, position: position, vocabulary)
    if isJSON {
      description.write(jsonTo: &text)
    } else {
      description.write(lineTo: &text, partitionWidth: partitionWidth)
    }
    text.put(byte: 10)
    return true
  }

  /// Puts a gap as one line.
  func put(_ gap: TraceGap, to text: inout TextBytes) {
    text.put(isJSON ? Self.json(gap) : "--- \(Self.text(gap))")
    text.put(byte: 10)
  }

  private static func text(_ gap: TraceGap) -> String {
    let missing = gap.eventsMissing.map { "\($0) events missing" } ?? "an unknown number of events missing"
    return "gap before event \(gap.nextPosition): \(missing); \(gap.defect)"
  }

  private static func json(_ gap: TraceGap) -> String {
    let missing = gap.eventsMissing.map(String.init) ?? "null"
    return "{\"gap\":{\"nextPosition\":\(gap.nextPosition),\"eventsMissing\":\(missing),"
      + "\"reason\":\(EventField.quoted("\(gap.defect)"))}}"
  }
}

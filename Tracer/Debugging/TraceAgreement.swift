import TraceFormat
import TraceReading

/// Sets a recorded trace beside that of the run's repetition, event by event, up to the event sought.
public enum TraceAgreement {
  /// Where the event's record is in the ring.
  ///
  /// Everything of every event must agree, times included: the repetition is the very run, or it is not.
  ///
  /// - Parameters:
  ///   - recorded: at its beginning. Gaps in it are passed over: nothing contradicts them.
  ///   - repeated: at its beginning, from the run's first event on.
  /// - Throws: `differs`, `endsEarly`.
  public static func ringPlace(
    of sought: UInt64, recorded: TraceReader, repeated: TraceReader, onProgress: () -> Bool = { true }
  ) throws(RevisitError) -> RingPlace {
    var words: UInt64 = 0
    var recordedEvents = EventCursor(recorded)
    var repeatedEvents = EventCursor(repeated)
    var other = recordedEvents.next()
    while let item = repeatedEvents.next() {
      if item.position & 0xFFFF == 0, !onProgress() { throw .interrupted }
      if let known = other, known.position == item.position {
        guard known.event == item.event else {
          throw difference(item.position, known.event, item.event, TraceVocabulary(recorded.moduleTable))
        }
        other = recordedEvents.next()
      }
      if item.position == sought { return RingPlace(word: words, head: item.head.rawValue) }
      words += UInt64(item.head.wordCount + 2)
    }
    throw .endsEarly(count: repeatedEvents.count, reason: "its trace is \(repeated.condition)")
  }

  private static func difference(
    _ position: UInt64, _ recorded: TraceEvent, _ repeated: TraceEvent, _ vocabulary: TraceVocabulary
  ) -> RevisitError {
    func line(_ event: TraceEvent) -> String {
      let text = EventDescription(event, position: position, vocabulary).line(partitionWidth: 0)
      return String(text.drop { $0 == " " })
    }
    return .differs(position: position, recorded: line(recorded), repeated: line(repeated))
  }
}

/// A trace's events one by one, with the length of their records.
private struct EventCursor {
  private let reader: TraceReader
  private var columns: EventColumns?
  private var index = 0
  /// The position behind the last event delivered.
  private(set) var count: UInt64 = 0

  init(_ reader: TraceReader) { self.reader = reader }

  mutating func next() -> (position: UInt64, event: TraceEvent, head: EventHead)? {
    while true {
      if let columns, index < columns.eventCount {
        defer { index += 1 }
        count = columns.firstPosition + UInt64(index) + 1
        let head = EventHead(rawValue: columns.heads[columns.locators[index].place])
        return (count - 1, columns.event(at: index), head)
      }
      switch reader.nextColumns() {
      case nil: return nil
      case .gap: continue
      case .events(let more): (columns, index) = (more, 0)
      }
    }
  }
}

import APEXTypes
import Testing
import TraceFormat
import TraceReading

/// Parts of a trace begin and end with the places that are named, both included.
@Suite("Place boundaries")
struct PlaceBoundaryTests {
  private static let frame = EventKind.majorFrameStart

  private func sides(_ span: TraceSpan, _ events: [TraceEvent]) -> [TraceSpan.Side] {
    var span = span
    return events.enumerated().map { span.side(of: $1, position: UInt64($0)) }
  }

  @Test("An instant has all its events")
  func instants() {
    let events = ([9, 10, 10, 11] as [UInt64]).map { TraceEvent(time: $0, .idle) }
    #expect(sides(TraceSpan(from: .instant(10), to: .instant(10)), events) == [.before, .within, .within, .after])
  }

  @Test("Events are counted from 0")
  func events() {
    let events = ([9, 10, 10, 11] as [UInt64]).map { TraceEvent(time: $0, .idle) }
    #expect(sides(TraceSpan(from: .event(1), to: .event(2)), events) == [.before, .within, .within, .after])
    #expect(sides(TraceSpan(from: .event(0), to: .event(0)), events) == [.within, .after, .after, .after])
  }

  @Test("A frame is from its start to that of the next")
  func frames() {
    let events = (0..<6 as Range<UInt64>).map { time -> TraceEvent in
      guard time % 2 == 0 else { return TraceEvent(time: time, .idle) }
      return TraceEvent(time: time, Self.frame, operand: UInt32(time / 2))
    }
    let one = sides(TraceSpan(from: .frame(1), to: .frame(1)), events)
    #expect(one == [.before, .before, .within, .within, .after, .after])
  }

  @Test("All events are there where something comes behind them, and nothing else is wrong")
  func allEvents() {
    func condition(_ kinds: TraceDefect.Kind...) -> TraceCondition {
      .damaged(kinds.map { TraceDefect(kind: $0, byteOffset: 0) })
    }
    #expect(TraceCondition.complete.hasAllEvents && condition(.bytesAfterSeal).hasAllEvents)
    #expect(condition(.bytesAfterSeal, .bytesAfterSeal).hasAllEvents)
    for damaged in [condition(.bytesAfterSeal, .checksum), condition(.checksum), condition()] {
      #expect(!damaged.hasAllEvents && damaged.hasHoles)
    }
    for other in [TraceCondition.unread, .truncated(atByte: 1), .overwritten(before: 3)] {
      #expect(!other.hasAllEvents)
    }
  }
}

import Foundation
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// From any place of a trace to any other, at once.
@Suite("Places")
struct PlaceTests {
  @Test("Places are read as people write them")
  func texts() {
    #expect(TracePlace("1.5s") == .instant(1_500_000_000))
    #expect(TracePlace("frame:50") == .frame(50))
    #expect(TracePlace("event:10000") == .event(10_000))
    for text in ["frame:", "frame:-1", "frame:4294967296", "event:1.5", "event", "Frame:1", ""] {
      #expect(TracePlace(text) == nil, "\(text)")
    }
  }

  /// Positions of the events within a span.
  private static func positions(_ reader: TraceReader, _ span: TraceSpan) -> [UInt64] {
    var span = span
    var found: [UInt64] = []
    while case .event(let position, let event)? = reader.next() {
      let side = span.side(of: event, position: position)
      if side == .after { break }
      if side == .within { found.append(position) }
    }
    return found
  }

  @Test("Who begins at the indexed block finds what a reader of the whole finds")
  func anywhere() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 60, seed: 3))
    let path = NSTemporaryDirectory() + "places-\(UUID().uuidString).partita"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(EventStreams.trace(events, eventsPerBlock: 97)).write(to: URL(fileURLWithPath: path))
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    let count = UInt64(events.count)
    let last = events[events.count - 1].time
    var begun = 0
    for _ in 0..<60 {
      let places: [TracePlace] = [
        .event(.random(in: 0...count, using: &generator)), .frame(.random(in: 0...61, using: &generator)),
        .instant(.random(in: 0...last, using: &generator)),
        .instant(events[Int.random(in: 0..<events.count, using: &generator)].time),
      ]
      for from in places {
        let span = TraceSpan(from: from, to: places.randomElement(using: &generator))
        let whole = try TraceReader(path: path)
        let jumping = try TraceReader(path: path)
        let index = try #require(jumping.makeIndex())
        if let block = index.block(before: span) {
          #expect(jumping.begin(at: index.entries[block]))
          begun += block > 0 ? 1 : 0
        }
        #expect(Self.positions(whole, span) == Self.positions(jumping, span), "seed \(seed): \(span)")
      }
    }
    #expect(begun > 100, "seed \(seed)")
  }

  @Test("Bytes in memory have an index like a file, and a damaged header ends it")
  func endOfIndex() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 5, seed: 3))
    var bytes = EventStreams.trace(events, eventsPerBlock: 97)
    let entries = try #require(TraceReader(bytes: bytes).makeIndex()).entries
    #expect(entries.count == (events.count + 96) / 97)
    let reader = try TraceReader(bytes: bytes)
    #expect(reader.begin(at: entries[2]))
    guard case .events(let first, _)? = reader.nextBatch() else {
      Issue.record("nothing to read")
      return
    }
    #expect(first == 194)
    bytes[Int(entries[3].offset)] ^= 1
    #expect(try TraceReader(bytes: bytes).makeIndex()?.entries == Array(entries[..<3]))
  }
}

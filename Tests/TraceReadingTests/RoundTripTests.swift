import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

@Suite("Round trips")
struct RoundTripTests {
  @Test("Random events come back as they were", arguments: [1, 2, 3, 4, 5, 6] as [UInt64], [1, 7, 300, 4096])
  func random(seed: UInt64, eventsPerBlock: Int) throws {
    let events = EventStreams.whole(EventStreams.random(count: 1500, seed: seed))
    let read = try TraceContents(EventStreams.trace(events, eventsPerBlock: eventsPerBlock))
    #expect(read.condition == .complete, "seed \(seed)")
    #expect(read.events == events, "seed \(seed)")
    #expect(read.gaps.isEmpty)
  }

  @Test("Single events and batches are the same events")
  func batches() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 5, seed: 1))
    let reader = try TraceReader(bytes: EventStreams.trace(events, eventsPerBlock: 64))
    var found: [TraceEvent] = []
    guard case .event(let position, let first)? = reader.next() else {
      Issue.record("the trace begins with no event")
      return
    }
    #expect(position == 0)
    found.append(first)
    while let batch = reader.nextBatch() {
      guard case .events(let firstPosition, let events) = batch else { continue }
      #expect(firstPosition == UInt64(found.count))
      found += events
    }
    #expect(found == events)
    #expect(reader.condition == .complete)
    #expect(reader.statistics.eventCount == UInt64(events.count))
  }

  @Test("A periodic load takes at most 2.5 bytes an event, headers included")
  func density() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 1000, seed: 9))
    let bytes = EventStreams.trace(events, eventsPerBlock: 4096)
    let read = try TraceContents(bytes)
    #expect(read.events == events)
    let sizes = read.sizes
    #expect(Double(sizes.storedBytes) / Double(sizes.eventCount) <= 2.5)
  }

  @Test("The module table and the identity of the run are the writer's")
  func identity() throws {
    let events = EventStreams.whole(EventStreams.periodic(frames: 3, seed: 2))
    let once = EventStreams.trace(events, eventsPerBlock: 100)
    let first = try TraceContents(once)
    let second = try TraceContents(EventStreams.trace(events, eventsPerBlock: 100))
    var other = events
    other[events.count / 2].words.w0 ^= 1
    let third = try TraceContents(EventStreams.trace(other, eventsPerBlock: 100))
    #expect(first.identity == second.identity)
    #expect(first.identity != third.identity)
    #expect(first.identity.count == 16)
    let reader = try TraceReader(bytes: once)
    #expect(Array(reader.moduleTable.bytes) == SampleModule.bytes)
  }

  @Test("A table that does not compress is stored as it is")
  func incompressibleTable() throws {
    var generator = SeededGenerator(seed: 3)
    let noise = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
    let writer = TraceWriter(moduleTable: noise, eventsPerBlock: 1)
    let bytes = writer.finish()
    #expect(bytes.count == noise.count + 2 * BlockHeader.byteCount)
    #expect(throws: TraceOpenError.moduleTableInvalid(.wrongMagic)) { try TraceReader(bytes: bytes) }
  }
}

/// A trace read to its end.
struct TraceContents {
  var events: [TraceEvent] = []
  var positions: [UInt64] = []
  var gaps: [TraceGap] = []
  var condition: TraceCondition
  var identity: String
  var sizes: TraceSizes

  init(_ bytes: [UInt8]) throws {
    let reader = try TraceReader(bytes: bytes)
    while let item = reader.next() {
      switch item {
      case .event(let position, let event):
        positions.append(position)
        events.append(event)
      case .gap(let gap): gaps.append(gap)
      }
    }
    condition = reader.condition
    identity = reader.runIdentity
    sizes = reader.statistics
  }
}

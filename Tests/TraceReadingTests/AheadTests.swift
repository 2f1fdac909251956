import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// Decoding on other threads changes nothing of what a reader says.
@Suite("Reading ahead")
struct AheadTests {
  /// Everything that a reader says about a trace.
  private static func reading(_ bytes: [UInt8], threads: Int) throws -> [String] {
    let reader = try TraceReader(bytes: bytes)
    reader.decodeAhead(threads: threads)
    var lines: [String] = []
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap): lines.append("\(gap)")
      case .events(let columns):
        for index in 0..<columns.eventCount {
          lines.append("\(columns.firstPosition + UInt64(index)) \(columns.event(at: index))")
        }
      }
    }
    return lines + ["\(reader.condition) \(reader.defectCount) \(reader.runIdentity) \(reader.statistics)"]
  }

  @Test("Good traces and damaged ones read the same with any number of threads", arguments: 0..<4)
  func sameAnswer(batch: Int) throws {
    let events = EventStreams.whole(EventStreams.random(count: 2000, seed: UInt64(batch)))
    let whole = EventStreams.trace(events, eventsPerBlock: 60)
    let seed = UInt64.random(in: 0...UInt64.max / 2)
    for seed in seed..<(seed + 40) {
      var corruption = Corruption(seed: seed)
      let bytes = seed % 8 == 0 ? whole : corruption.apply(to: BlockSurgery(whole))
      guard let alone = try? Self.reading(bytes, threads: 0) else { continue }
      for threads in [1, 3] {
        #expect(try Self.reading(bytes, threads: threads) == alone, "seed \(seed): \(corruption.description)")
      }
    }
  }

  /// Everything that a reader says about a trace when it is asked for all events.
  private static func events(_ bytes: [UInt8], threads: Int) throws -> [String] {
    let reader = try TraceReader(bytes: bytes)
    var lines: [String] = []
    reader.forEachEvents(threads: threads) { run in
      switch run {
      case .gap(let gap): lines.append("\(gap)")
      case .events(let first, let events):
        for (index, event) in events.enumerated() { lines.append("\(first + UInt64(index)) \(event)") }
      }
      return true
    }
    return lines + ["\(reader.condition) \(reader.defectCount) \(reader.runIdentity) \(reader.statistics)"]
  }

  @Test("All events of good traces and damaged ones are the same with any number of threads", arguments: 0..<3)
  func sameEvents(batch: Int) throws {
    let whole = EventStreams.trace(
      EventStreams.whole(EventStreams.random(count: 2000, seed: UInt64(batch + 40))), eventsPerBlock: 70)
    let first = UInt64.random(in: 0...UInt64.max / 2)
    for seed in first..<(first + 30) {
      var corruption = Corruption(seed: seed)
      let bytes = seed % 8 == 0 ? whole : corruption.apply(to: BlockSurgery(whole))
      guard let alone = try? Self.reading(bytes, threads: 0) else { continue }
      for threads in [1, 2, 4] {
        #expect(try Self.events(bytes, threads: threads) == alone, "seed \(seed): \(corruption.description)")
      }
    }
  }

  @Test("Whoever has seen enough ends the reading", arguments: [1, 2])
  func endedEarly(threads: Int) throws {
    let bytes = EventStreams.trace(EventStreams.whole(EventStreams.random(count: 900, seed: 9)), eventsPerBlock: 50)
    let reader = try TraceReader(bytes: bytes)
    var calls = 0
    reader.forEachEvents(threads: threads) { _ in
      calls += 1
      return calls < 3
    }
    #expect(calls == 3)
    #expect(reader.condition == .unread)
  }

  @Test("Blocks worked on by several threads are taken in order, and every column is read")
  func inOrder() throws {
    let events = EventStreams.whole(EventStreams.random(count: 9000, seed: 5))
    let bytes = EventStreams.trace(events, eventsPerBlock: 50)
    var expected = EventColumns.Sums()
    for event in events {
      expected.events += 1
      expected.times &+= event.time
      expected.partitions &+= UInt64(event.partition)
      expected.details &+= UInt64(event.detail)
      expected.operands &+= UInt64(event.operand)
      for word in 0..<8 { expected.words &+= event.words[word] }
    }
    for threads in [1, 2, 5] {
      let reader = try TraceReader(bytes: bytes)
      var sums = EventColumns.Sums()
      var next: UInt64 = 0
      reader.forEachBlock(threads: threads) {
        ($0.firstPosition, $0.sums)
      } take: { block in
        guard case .events(let found) = block else { return false }
        #expect(found.0 == next)
        next += found.1.events
        sums += found.1
        return true
      }
      sums.kinds = 0
      sums.order = 0
      #expect(sums == expected)
      #expect(reader.condition == .complete)
    }
  }
}

import EventRows
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// Decoding on other threads changes nothing of what a reader says.
@Suite("Reading ahead")
struct AheadTests {
  /// Something that a reader says about a trace.
  private enum Saying: Equatable {
    case event(position: UInt64, TraceEvent)
    case line(String)

    /// What it says at the end.
    static func end(_ reader: TraceReader) -> Saying {
      .line("\(reader.condition) \(reader.defectCount) \(reader.runIdentity) \(reader.statistics)")
    }
  }

  /// Everything that a reader says about a trace.
  private static func reading(_ bytes: [UInt8], threads: Int) throws -> [Saying] {
    let reader = try TraceReader(bytes: bytes)
    reader.decodeAhead(threads: threads)
    var said: [Saying] = []
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap): said.append(.line("\(gap)"))
      case .events(let columns):
        for index in 0..<columns.eventCount {
          said.append(.event(position: columns.firstPosition + UInt64(index), columns.event(at: index)))
        }
      }
    }
    return said + [.end(reader)]
  }

  @Test("Good traces and damaged ones read the same with any number of threads", arguments: 0..<4)
  func sameAnswer(batch: Int) throws {
    let events = EventStreams.whole(EventStreams.random(count: 2000, seed: UInt64(batch)))
    let whole = EventStreams.trace(events, eventsPerBlock: 60)
    let seed = TestSeed.draw()
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
  private static func events(_ bytes: [UInt8], threads: Int) throws -> [Saying] {
    let reader = try TraceReader(bytes: bytes)
    var said: [Saying] = []
    reader.forEachEvents(threads: threads) { run in
      switch run {
      case .gap(let gap): said.append(.line("\(gap)"))
      case .events(let first, let events):
        for (index, event) in events.enumerated() { said.append(.event(position: first + UInt64(index), event)) }
      }
      return true
    }
    return said + [.end(reader)]
  }

  @Test("All events of good traces and damaged ones are the same with any number of threads", arguments: 0..<3)
  func sameEvents(batch: Int) throws {
    let whole = EventStreams.trace(
      EventStreams.whole(EventStreams.random(count: 2000, seed: UInt64(batch + 40))), eventsPerBlock: 70)
    let first = TestSeed.draw()
    for seed in first..<(first + 30) {
      var corruption = Corruption(seed: seed)
      let bytes = seed % 8 == 0 ? whole : corruption.apply(to: BlockSurgery(whole))
      guard let alone = try? Self.reading(bytes, threads: 0) else { continue }
      for threads in [1, 2, 4] {
        #expect(try Self.events(bytes, threads: threads) == alone, "seed \(seed): \(corruption.description)")
      }
    }
  }

  @Test("Events handed out some at a time are those of the block, from anywhere to anywhere", arguments: 0..<3)
  func sameBatches(round: Int) throws {
    let events = EventStreams.whole(EventStreams.random(count: 6000, seed: UInt64(round + 90)))
    // Blocks of several batches: a batch has up to 1,024 events.
    let reader = try TraceReader(bytes: EventStreams.trace(events, eventsPerBlock: 3000))
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var compared = 0
    while case .events(let columns)? = reader.nextColumns() {
      for _ in 0..<20 {
        let from = Int.random(in: 0...columns.eventCount, using: &generator)
        let to = Int.random(in: from...columns.eventCount, using: &generator)
        var next = from
        columns.forEachBatch(in: from..<to) { first, batch in
          #expect(first == next, "seed \(seed)")
          for (index, event) in batch.enumerated() {
            #expect(event == columns.event(at: first + index), "seed \(seed)")
          }
          next += batch.count
          return true
        }
        #expect(next == to, "seed \(seed)")
        compared += to - from
      }
    }
    #expect(compared > 1000)
  }

  /// What a reader says about a long trace: gaps, and between them a sum over positions and events.
  private struct Telling {
    private(set) var lines: [String] = []
    private var sum: UInt64 = 0

    mutating func add(_ columns: EventColumns) {
      columns.withEvents { events in
        for (index, event) in events.enumerated() {
          for value in [columns.firstPosition + UInt64(index), event.time, UInt64(event.kind), UInt64(event.partition)]
          {
            sum = (sum ^ value) &* 0x9E37_79B9_7F4A_7C15
          }
          sum = (sum ^ UInt64(event.detail) ^ UInt64(event.operand) &<< 8) &* 0x9E37_79B9_7F4A_7C15
          for word in 0..<8 { sum = (sum ^ event.words[word]) &* 0x9E37_79B9_7F4A_7C15 }
        }
      }
    }

    mutating func add(_ line: String) { lines.append("\(sum) \(line)") }

    mutating func add(_ reader: TraceReader) {
      add("\(reader.condition) \(reader.defectCount) \(reader.runIdentity) \(reader.statistics)")
    }
  }

  private static func tellingAlone(_ bytes: [UInt8]) throws -> [String] {
    let reader = try TraceReader(bytes: bytes)
    var telling = Telling()
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap): telling.add("\(gap)")
      case .events(let columns): telling.add(columns)
      }
    }
    telling.add(reader)
    return telling.lines
  }

  /// The same by stretches, of which every third one yields nothing; and of how many events stretches were handed out.
  ///
  /// - Parameter isGood: whether nothing is wrong with the trace.
  private static func tellingInStretches(
    _ bytes: [UInt8], threads: Int, isGood: Bool
  ) throws -> (lines: [String], stretched: Int) {
    let reader = try TraceReader(bytes: bytes)
    var telling = Telling()
    var stretched = 0
    let earlier = BlockStretch.Earlier(nanoseconds: 1000)
    reader.forEachStretch(threads: threads, earlier: earlier) { stretch, columns -> UInt64? in
      var positions: [UInt64] = []
      var times: [UInt64] = []
      let isKept = stretch.decodeEarlier(into: columns, earlier) { events, first in
        positions += events.rows.indices.map { first + UInt64($0) }
        times += events.rows.map(\.time)
      }
      var count: UInt64 = 0
      var start: UInt64?
      stretch.decode(into: columns) { columns in
        if start == nil { columns.withEvents { start = $0.first?.time } }
        count += UInt64(columns.eventCount)
      }
      // Where blocks were taken out, those before the stretch are not those right before it.
      if isKept, isGood, let start {
        // What is kept has no gap up to the stretch, and is as much as is wanted, but no more.
        let first = stretch.firstPosition - UInt64(positions.count)
        guard positions == Array(first..<stretch.firstPosition), first == 0 || positions.count >= earlier.eventCount,
          first == 0 || start - times[0] >= earlier.nanoseconds,
          positions.count <= earlier.eventCount || start - times[1] < earlier.nanoseconds
        else { return .max }
      }
      return stretch.ordinal % 3 == 2 ? nil : count
    } take: { item in
      switch item {
      case .gap(let gap): telling.add("\(gap)")
      case .events(let columns): telling.add(columns)
      case .stretch(let stretch, let count):
        #expect(count == UInt64(stretch.eventCount))
        stretched += stretch.eventCount
        stretch.forEachBlockAgain { telling.add($0) }
      }
      return true
    }
    telling.add(reader)
    return (telling.lines, stretched)
  }

  @Test("Stretches of good traces and damaged ones tell the same with any number of threads")
  func sameStretches() throws {
    let events = EventStreams.whole(EventStreams.random(count: 30_000, seed: 11))
    let whole = EventStreams.trace(events, eventsPerBlock: 700)
    let first = TestSeed.draw()
    for seed in first..<(first + 6) {
      var corruption = Corruption(seed: seed)
      let bytes = seed == first ? whole : corruption.apply(to: BlockSurgery(whole))
      guard let alone = try? Self.tellingAlone(bytes) else { continue }
      for threads in [1, 3] {
        let told = try Self.tellingInStretches(bytes, threads: threads, isGood: seed == first)
        #expect(told.lines == alone, "seed \(seed): \(corruption.description)")
        if seed == first { #expect(told.stretched > 10_000) }
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
    let events = EventStreams.whole(EventStreams.random(count: 30_000, seed: 5))
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

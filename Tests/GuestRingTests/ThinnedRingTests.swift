import ModuleConfiguration
import PartitionCore
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import GuestRing

/// Rings of modules whose traces leave kinds of events out: the ring has them, and what is made of it has not.
@Suite struct ThinnedRingTests {
  private static let kinds = LeftOutKinds.choosable

  private static func description(_ leftOut: LeftOutKinds) -> ModuleDescription {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    description.leftOut = leftOut
    return description
  }

  private struct Run {
    var module: SimulatedModule
    var seed: UInt64
    /// What the kernel recorded, and the trace of all of it.
    var events: [TraceEvent]
    var kept: [TraceEvent]
  }

  private static let run = Result { try record(after: TestSeed.draw()) }

  private static func record(after seed: UInt64) throws -> Run {
    let module = try SimulatedModule(description(kinds))
    let run = RecordedWorld<OwnersMarked>.run(module, after: seed, inputs: 12_000) { $0.count >= 9_000 }
    let events = Array(run.events.prefix(9_000))
    return Run(module: module, seed: run.seed, events: events, kept: try trace(events, module))
  }

  private static func trace(_ events: [TraceEvent], _ module: SimulatedModule) throws -> [TraceEvent] {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 100)
    for event in events { writer.append(event) }
    return try Rescued.read(writer.finish()).events
  }

  /// A machine that has recorded so many events and stopped; the drainer was some 60 behind.
  private static func machine(_ run: Run, stoppedAfter count: Int, lastBlockBytes: Int = .max) -> FakeMachine {
    let machine = FakeMachine(run.module, eventsPerBlock: 100)
    for (index, event) in run.events[..<count].enumerated() {
      machine.record(event)
      machine.publish()
      if index + 60 < count { machine.drain() }
    }
    machine.drain(bytes: lastBlockBytes)
    return machine
  }

  /// Events of the trace of so many of the kernel's.
  private static func keptCount(_ run: Run, of count: Int) -> Int {
    run.events[..<count].count { !kinds.contains(kind: $0.kind) }
  }

  @Test(arguments: [(8_999, Int.max), (7_131, 100), (6_400, 40), (2_950, 0), (150, 10)])
  func aCutTraceGoesOnWithoutAGap(count: Int, lastBlockBytes: Int) throws {
    let run = try Self.run.get()
    let machine = Self.machine(run, stoppedAfter: count, lastBlockBytes: lastBlockBytes)
    let (rescue, bytes) = try Rescued.trace(from: machine.memory, continuing: machine.trace)
    let (events, first, condition) = try Rescued.read(bytes)
    let expected = Array(run.kept[..<Self.keptCount(run, of: count)])
    #expect(expected.count < count - 100 || count == 150, "seed \(run.seed)")
    #expect(first == 0 && events == expected, "seed \(run.seed)")
    #expect(condition == .truncated(atByte: UInt64(bytes.count)))
    #expect(rescue.missingEvents == 0 && rescue.firstEvent == UInt64(machine.drainedEvents), "seed \(run.seed)")
    #expect(rescue.eventCount == expected.count - machine.drainedEvents && rescue.endEvent == UInt64(expected.count))
  }

  /// The end counts the events of the trace, whoever has written which of its blocks.
  @Test func theEndOfAContinuedTraceCountsAll() throws {
    var run = try Self.run.get()
    let before = run.events[..<3_333]
    let lost = before.filter { $0.knownKind == .loss }.reduce(0) { $0 &+ $1.words.w0 }
    run.events = before + [TraceEvent(time: before.last?.time ?? 0, .end, words: .init(3_333, lost))]
    let machine = Self.machine(run, stoppedAfter: 3_334)
    let (rescue, bytes) = try Rescued.trace(from: machine.memory, continuing: machine.trace)
    let (events, _, condition) = try Rescued.read(bytes)
    #expect(rescue.isEnded && condition == .complete, "seed \(run.seed): \(condition)")
    #expect(events.last?.words.w0 == UInt64(events.count - 1) && events.count < 3_334, "seed \(run.seed)")
    #expect(events == (try Self.trace(run.events, run.module)), "seed \(run.seed)")
  }

  @Test func aRingThatNeverWrappedGivesTheWholeRun() throws {
    let run = try Self.run.get()
    let (rescue, bytes) = try Rescued.trace(from: Self.machine(run, stoppedAfter: 700).memory)
    let (events, first, condition) = try Rescued.read(bytes)
    #expect(first == 0 && rescue.missingEvents == 0 && condition == .truncated(atByte: UInt64(bytes.count)))
    #expect(events == Array(run.kept[..<Self.keptCount(run, of: 700)]), "seed \(run.seed)")
    #expect(rescue.eventCount == events.count)
  }

  /// Nobody knows how many were left out of what is missing: there the kernel's count is taken.
  @Test func aloneTheRingGivesItsYoungestEvents() throws {
    let run = try Self.run.get()
    for count in [8_999, 6_421, 4_000] {
      let machine = Self.machine(run, stoppedAfter: count)
      let (rescue, bytes) = try Rescued.trace(from: machine.memory)
      let (events, first, condition) = try Rescued.read(bytes)
      let all = run.kept[..<Self.keptCount(run, of: count)]
      #expect(first == rescue.firstEvent && first > 0 && events.count == rescue.eventCount, "seed \(run.seed)")
      // The first one's resume may count from one that is missing.
      #expect(Array(events.dropFirst()) == Array(all.suffix(events.count - 1)), "seed \(run.seed)")
      #expect(Self.keptCount(run, of: Int(first)) + events.count == all.count, "seed \(run.seed)")
      #expect(!condition.isContradictory && !condition.isComplete)
    }
  }

  @Test func aTraceThatTheRingHasLeftBehindGetsAGap() throws {
    let run = try Self.run.get()
    let early = Self.machine(run, stoppedAfter: 1_000)
    let late = Self.machine(run, stoppedAfter: 8_000)
    let (rescue, bytes) = try Rescued.trace(from: late.memory, continuing: early.trace)
    let (events, _, condition) = try Rescued.read(bytes)
    #expect(rescue.missingEvents > 1_000 && !condition.isContradictory && !condition.isComplete, "seed \(run.seed)")
    #expect(Array(events.prefix(early.drainedEvents)) == Array(run.kept.prefix(early.drainedEvents)))
    let last = run.kept[..<Self.keptCount(run, of: 8_000)].suffix(500)
    #expect(Array(events.suffix(500)) == Array(last), "seed \(run.seed)")
  }

  @Test func anotherRunIsNotContinued() throws {
    let run = try Self.run.get()
    let other = try Self.record(after: run.seed)
    let (machine, stranger) = (
      Self.machine(run, stoppedAfter: 3_000), Self.machine(other, stoppedAfter: 3_000)
    )
    #expect {
      try Rescued.trace(from: stranger.memory, continuing: machine.trace)
    } throws: {
      guard case .otherRun = $0 as? RescueError else { return false }
      return true
    }
  }

  /// Chunks of the ring, however they are cut, become the blocks that the drainer would write.
  @Test func theHostWritesTheSameBytes() throws {
    let run = try Self.run.get()
    var words: [UInt64] = []
    for event in run.events {
      var count = 8
      while count > 0, event.words[count - 1] == 0 { count -= 1 }
      let isCorrected = event.knownKind?.eventClass == .input || event.knownKind == .end
      if isCorrected { count = max(count, 2) }
      words += [
        event.time,
        RingRecord.packed(
          kind: event.kind, partition: event.partition, detail: event.detail, wordCount: count,
          operand: event.operand),
      ]
      words += (0..<count).map { event.words[$0] }
    }
    var generator = SeededGenerator(seed: run.seed)
    var bytes: [UInt8] = []
    let encoder = ChunkEncoder(eventsPerBlock: 100) {
      bytes += $0
      return true
    }
    encoder.begin(Array(run.module.table.bytes))
    while !words.isEmpty {
      let count = min(words.count, Int.random(in: 1...5_000, using: &generator))
      encoder.append(Array(words.prefix(count)), isFlush: count == words.count)
      words.removeFirst(count)
    }
    encoder.seal()
    var writer = TraceWriter(moduleTable: Array(run.module.table.bytes), eventsPerBlock: 100)
    for event in run.events { writer.append(event) }
    let isSame = writer.finish() == bytes
    #expect(isSame && !encoder.hasFailed, "seed \(run.seed)")
  }
}

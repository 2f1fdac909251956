import PartitionCore
import Replay
import SimulatedModule
import Testing
import TraceFormat
import TraceReading

/// Replay of traces out of which the module leaves kinds of events: these are not missed, and all else is compared.
@Suite struct LeftOutReplayTests {
  static let kinds: [EventKind] = [.acknowledged, .upcallWritten, .messageCopied, .consoleWritten, .noteWords]

  private static func module(_ kinds: [EventKind]) throws -> SimulatedModule {
    var description = ModuleDescription.lively
    description.leftOut = kinds.reduce(LeftOutKinds.none) { $0.adding($1) }
    return try SimulatedModule(description)
  }

  private static func trace(_ module: SimulatedModule, _ events: [TraceEvent]) -> [UInt8] {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 300)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  private static func replay(_ bytes: [UInt8], threads: Int = 1) throws -> ReplayReport {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var replay = TraceReplay<OwnersMarked>(reader, threads: threads, pieceEvents: 100)
    return replay.run()
  }

  @Test(arguments: kinds.map { [$0] } + [kinds])
  func whatIsLeftOutIsNotMissed(_ kinds: [EventKind]) throws {
    let module = try Self.module(kinds)
    let (seed, events) = wholeRun(module, until: 300_000_000)
    let bytes = Self.trace(module, events)
    let report = try Self.replay(bytes)
    #expect(report.verdict == .identical, "seed \(seed): \(report.divergence.map { "\($0)" } ?? "\(report.doubts)")")
    let leftOut = events.count { kinds.contains($0.knownKind ?? .boot) }
    #expect(leftOut > 0 && report.eventCount == UInt64(events.count - leftOut), "seed \(seed)")
    let observations = events.count { $0.eventClass == .observation }
    #expect(report.observationCount == UInt64(observations - leftOut), "seed \(seed)")
    for threads in [2, 5] {
      let together = try Self.replay(bytes, threads: threads)
      #expect(together.verdict == .identical && together.eventCount == report.eventCount, "seed \(seed)")
    }
  }

  /// An observation that the trace has is compared, one that is missing is missed, whatever others are left out.
  @Test func theOthersAreCompared() throws {
    let module = try Self.module([.acknowledged, .messageCopied])
    let (seed, events) = wholeRun(module, until: 60_000_000)
    let written = try #require(events.positions(of: .upcallWritten).dropFirst().first)
    let changed = try Self.replay(Self.trace(module, events.changing(written) { $0.words.w1 ^= 1 }))
    #expect(changed.divergence?.kind == .observation, "seed \(seed)")
    #expect(changed.divergence?.recorded.knownKind == .upcallWritten, "seed \(seed)")
    let missing = try Self.replay(Self.trace(module, events.without(written)))
    #expect(missing.divergence?.kind == .missingObservation, "seed \(seed)")
    let console = try #require(events.positions(of: .consoleWritten).first)
    #expect(try Self.replay(Self.trace(module, events.without(console))).verdict == .diverged, "seed \(seed)")
  }

  /// Whoever wrote such an event has not kept to the module.
  @Test func whatIsThereAllTheSameDiverges() throws {
    let module = try Self.module([.messageCopied])
    let (seed, events) = wholeRun(module, until: 60_000_000)
    let replayer = Replayer<OwnersMarked>(table: module.table)
    for (position, event) in events.enumerated() { replayer.consume(event, position: UInt64(position)) }
    let report = replayer.finish(doubt: nil)
    #expect(report.divergence?.recorded.knownKind == .messageCopied, "seed \(seed)")
    #expect(report.divergence?.reason == "the module leaves events of this kind out of its trace", "seed \(seed)")
  }
}

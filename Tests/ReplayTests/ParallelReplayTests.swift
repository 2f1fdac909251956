import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// Several threads say what one says: word for word, in good traces and in bad ones.
@Suite struct ParallelReplayTests {
  /// Everything that a report says.
  private static func text(_ report: ReplayReport) -> String {
    var lines = [
      report.verdict.rawValue,
      "\(report.eventCount) \(report.inputCount) \(report.decisionCount) \(report.observationCount)",
      "\(report.keyframeCount) \(report.adoptedKeyframeCount) \(report.uncomparedCount)", "\(report.doubts)",
    ]
    if let divergence = report.divergence {
      lines.append("\(divergence.kind) \(divergence.position) \(divergence.reason)")
      lines.append("\(divergence.recorded) \(String(describing: divergence.recomputed))")
      lines += divergence.before.map { "\($0.position) \($0.event)" }
    }
    return lines.joined(separator: "\n")
  }

  private static func trace(_ module: SimulatedModule, _ events: [TraceEvent]) -> [UInt8] {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 300)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  private static func replay(_ bytes: [UInt8], threads: Int) throws -> ReplayReport {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var replay = TraceReplay<OwnersMarked>(reader, threads: threads, pieceEvents: 100)
    return replay.run()
  }

  @Test func aGoodTraceIsIdentical() throws {
    let module = try SimulatedModule(.lively)
    let (seed, events) = wholeRun(module, until: 300_000_000)
    let bytes = Self.trace(module, events)
    let alone = try Self.replay(bytes, threads: 1)
    #expect(alone.verdict == .identical, "seed \(seed)")
    #expect(alone.keyframeCount > 10 && alone.eventCount == UInt64(events.count), "seed \(seed)")
    for threads in [2, 3, 7] {
      #expect(Self.text(alone) == Self.text(try Self.replay(bytes, threads: threads)), "seed \(seed)")
    }
  }

  /// One event changed, moved, taken out or put in, anywhere: the same first divergence, or the same silence.
  @Test func badTracesDivergeAtTheSamePlace() throws {
    let module = try SimulatedModule(.lively)
    let (seed, events) = wholeRun(module, until: 60_000_000)
    var generator = SeededGenerator(seed: seed)
    var divergences: Set<UInt64> = []
    for number in 0..<150 {
      let bytes = Self.trace(module, Self.changed(events, &generator))
      let alone = try Self.replay(bytes, threads: 1)
      let together = try Self.replay(bytes, threads: 3)
      #expect(Self.text(alone) == Self.text(together), "seed \(seed), change \(number)")
      if let position = alone.divergence?.position { divergences.insert(position) }
    }
    #expect(divergences.count > 50, "seed \(seed)")
  }

  /// Damage in the file: whoever reads ahead says the same.
  @Test func damagedFilesGiveTheSameAnswer() throws {
    let module = try SimulatedModule(.lively)
    let (seed, events) = wholeRun(module, until: 60_000_000)
    var generator = SeededGenerator(seed: seed)
    let whole = Self.trace(module, events)
    // The first block holds the module table: without it there is nothing to replay.
    let header = try #require(whole.withUnsafeBytes { BlockHeader($0) })
    let first = UInt64(BlockHeader.byteCount) + UInt64(header.storedByteCount)
    for number in 0..<60 {
      var bytes = whole
      for _ in 0..<generator.number(1...3) {
        let place = Int(generator.number(first...UInt64(bytes.count - 1)))
        if generator.oneIn(3) {
          bytes.removeSubrange(place..<min(bytes.count, place + Int(generator.number(1...3000))))
        } else {
          bytes[place] ^= UInt8(generator.number(1...255))
        }
      }
      let alone = try Self.replay(bytes, threads: 1)
      #expect(Self.text(alone) == Self.text(try Self.replay(bytes, threads: 3)), "seed \(seed), damage \(number)")
    }
  }

  private static func changed(_ events: [TraceEvent], _ generator: inout SeededGenerator) -> [TraceEvent] {
    var events = events
    let place = Int(generator.number(1...UInt64(events.count - 2)))
    switch generator.number(0...6) {
    case 0: events.remove(at: place)
    case 1: events.insert(events[place], at: place)
    case 2: events.swapAt(place, place - 1)
    case 3: events[place].words[Int(generator.number(0...3))] ^= 1 << generator.number(0...40)
    case 4: events[place].operand ^= UInt32(1) << UInt32(generator.number(0...5))
    case 5: events[place].detail ^= UInt8(1) << UInt8(generator.number(0...3))
    default:
      events.insert(TraceEvent(time: events[place].time, .loss, words: .init(3)), at: place)
      if generator.oneIn(2) { events[events.count / 2].words.w0 ^= 1 }
    }
    return events
  }
}

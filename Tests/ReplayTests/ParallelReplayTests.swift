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
      "\(String(describing: report.kernelIdentity))",
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

  /// Around a place at which a trace is cut each event is changed in each way: what the one piece has taken for granted
  /// of the other must be what that has shown.
  @Test func changesAroundACutAreFoundAlike() throws {
    let module = try SimulatedModule(.lively)
    let (seed, events) = wholeRun(module, until: 120_000_000)
    let (input, cut) = try Self.cut(events)
    let changes: [(inout TraceEvent) -> Void] = [
      { $0.operand ^= 1 }, { $0.operand ^= 8 }, { $0.words.w0 ^= 1 }, { $0.words.w0 = 1 }, { $0.words.w1 &+= 1 },
    ]
    var divergences: Set<UInt64> = []
    func compare(_ changed: [TraceEvent], _ place: Int) throws {
      let bytes = Self.trace(module, Array(changed[..<(cut + 500)]))
      let alone = try Self.replay(bytes, threads: 1)
      #expect(Self.text(alone) == Self.text(try Self.replay(bytes, threads: 3)), "seed \(seed), place \(place)")
      if let position = alone.divergence?.position { divergences.insert(position) }
    }
    let near = Array((input - 5)..<(cut + 40)).filter { events[$0].knownKind != .keyframeWords }
    let behind = Array((cut + 40)..<(cut + 400)).filter { Self.isCarried(events[$0]) }
    for place in near + behind.prefix(60) {
      try compare(events.without(place), place)
      for change in changes { try compare(events.changing(place, change), place) }
    }
    #expect(divergences.contains { $0 < cut } && divergences.contains { $0 > cut }, "seed \(seed)")
  }

  /// A message is what was written, be it in another piece, and the same each time that it is read.
  @Test func whatIsReadBehindACutIsWhatWasWritten() throws {
    let module = try SimulatedModule(.lively)
    let (seed, events) = wholeRun(module, until: 120_000_000)
    let reads = events.positions {
      $0.knownKind == .messageCopied
        && ($0.detail == PortOperation.read.rawValue || $0.detail == PortOperation.receive.rawValue)
    }
    for place in reads.prefix(150) {
      let changed = events.changing(place) { $0.words.w0 ^= 1 }[..<min(place + 900, events.count)]
      let bytes = Self.trace(module, Array(changed))
      let alone = try Self.replay(bytes, threads: 1)
      #expect(Self.text(alone) == Self.text(try Self.replay(bytes, threads: 3)), "seed \(seed), place \(place)")
    }
    #expect(!reads.isEmpty)
  }

  /// Whether what is right of an event may follow from what was long before it.
  private static func isCarried(_ event: TraceEvent) -> Bool {
    switch event.knownKind {
    case .messageCopied, .drained, .padded, .maskRead: true
    default: false
    }
  }

  /// A keyframe with acts between it and its input, and behind which much is carried over from before it.
  private static func cut(_ events: [TraceEvent]) throws -> (input: Int, keyframe: Int) {
    var best: (input: Int, keyframe: Int)?
    var most = 0
    for keyframe in events.positions(of: .keyframe).dropFirst(2) where keyframe + 500 < events.count {
      guard let input = events[..<keyframe].lastIndex(where: { $0.eventClass == .input }),
        events[input..<keyframe].contains(where: { $0.eventClass == .observation })
      else { continue }
      let carried = events[keyframe..<(keyframe + 400)].count(where: isCarried)
      if carried > most { (best, most) = ((input, keyframe), carried) }
    }
    return try #require(best)
  }

  /// A recorder that does not stop with the module, and then begins anew: what was seen of the end, and of the kernel,
  /// stays seen where another piece goes on.
  @Test func whatComesBehindTheEndIsOneTraceWithIt() throws {
    let module = try SimulatedModule(.lively)
    let world = RecordedWorld<OwnersMarked>(module, seed: TestSeed.draw())
    var events = world.run(until: 60_000_000)
    let end = try #require(events.last)
    #expect(end.knownKind == .end)
    func drain(_ count: UInt64) {
      let tail = events.count
      for number in 1...count {
        events.append(TraceEvent(time: end.time, .drained, words: .init(1 << 40 + UInt64(tail) + number)))
      }
    }
    for identity in [7, nil, 8] as [UInt64?] {
      drain(150)
      events += RecordedWorld<OwnersMarked>.keyframe(world.bench.stateWords, at: end.time)
      if let identity {
        events.append(TraceEvent(time: end.time, .boot, words: .init(module.table.checksum, identity)))
      }
    }
    drain(150)
    let bytes = Self.trace(module, events)
    let alone = try Self.replay(bytes, threads: 1)
    #expect(alone.verdict == .inconclusive && alone.doubts.count == 1 && alone.kernelIdentity == 8)
    #expect(alone.eventCount == UInt64(events.count))
    #expect(Self.text(alone) == Self.text(try Self.replay(bytes, threads: 3)))
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

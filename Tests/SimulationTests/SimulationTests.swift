import ModuleConfiguration
import PartitionCore
import ReferenceChecking
import Replay
import Simulation
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat
import TraceReading
import Verification

/// The simulated world makes traces that both judges accept, whatever the seed.
@Suite struct SimulationTests {
  private static func trace(
    _ module: SimulatedModule, events: UInt64, seed: UInt64, isShuffled: Bool = false
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    let options = SimulationOptions(seed: seed, isShuffled: isShuffled, meanCallGap: 20_000)
    let world = SimulatedWorld(module.table, options) { bytes.append(contentsOf: $0) }
    world.begin()
    while world.eventCount < events { world.step() }
    world.end()
    return bytes
  }

  private static func judge(_ bytes: [UInt8], _ seed: UInt64) throws -> Set<UInt8> {
    let reader = try TraceReader(bytes: bytes)
    let replayer = Replayer<OwnersMarked>(table: reader.moduleTable)
    var verifier = Verifier(table: reader.moduleTable)
    var kinds: Set<UInt8> = []
    var events: [TraceEvent] = []
    while case .event(let position, let event)? = reader.next() {
      events.append(event)
      replayer.consume(event, position: position)
      verifier.consume(event, position: position)
      kinds.insert(event.kind)
    }
    #expect(reader.condition == .complete, "seed \(seed)")
    let replay = replayer.finish(doubt: nil)
    #expect(replay.verdict == .identical, "seed \(seed): \(replay.divergence?.reason ?? "")")
    let report = verifier.finish(fileBytes: UInt64(bytes.count))
    let isAccepted = report.claims.allSatisfy { $0.verdict == .pass }
    #expect(isAccepted, "seed \(seed): \(report.text(isColored: false, isQuiet: true))")
    #expect(ReferenceChecker.violations(events, reader.moduleTable) == [], "seed \(seed)")
    return kinds
  }

  @Test(arguments: [false, true]) func allJudgesAcceptIt(isShuffled: Bool) throws {
    let seed = TestSeed.draw()
    var module = ModuleDescription.lively
    // The test device may pulse a line at any time, and the table's own way of dying is not this test's matter.
    module.stimuli.removeAll()
    let table = try SimulatedModule(module)
    for seed in seed..<(seed + 4) {
      let kinds = try Self.judge(Self.trace(table, events: 40_000, seed: seed, isShuffled: isShuffled), seed)
      let wanted: [EventKind] = [
        .interrupt, .timer, .hypercall, .exception, .memoryPiece, .mark, .upcall, .upcallsReturned, .hypercallResult,
        .portOperation, .timerExpired, .exceptionReflected, .eventRaised, .acknowledged, .upcallWritten,
        .messageCopied, .consoleWritten, .noteWords, .padded, .drained, .keyframe, .boot, .end,
      ]
      for kind in wanted { #expect(kinds.contains(kind.rawValue), "seed \(seed): no \(kind)") }
    }
  }

  /// A spoilt trace is predicted or refused, whatever is in it.
  @Test func spoiltDemandIsRefusedOrRun() throws {
    let module = try SimulatedModule(.standard)
    let whole = try TraceReader(bytes: Self.trace(module, events: 2000, seed: 3))
    var events: [TraceEvent] = []
    while case .event(_, let event)? = whole.next() { events.append(event) }
    let seed = TestSeed.draw()
    var refused = 0
    for turn in 0..<60 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed &+ turn)
      var spoilt = events
      for _ in 0..<[1, 4, 30].randomElement(using: &generator)! {
        let index = spoilt.indices.randomElement(using: &generator)!
        let number = [0, 1, 1 << 62, .max, UInt64.random(in: 0 ... .max, using: &generator)].randomElement(
          using: &generator)!
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: spoilt[index].time = number
        case 1: spoilt[index].words.w1 = number
        case 2: spoilt[index].partition = UInt8(truncatingIfNeeded: number)
        case 3: spoilt[index].operand = UInt32(truncatingIfNeeded: number)
        default: spoilt[index].kind = UInt8.random(in: 1...82, using: &generator)
        }
      }
      var rest = spoilt[...]
      let prediction = try Prediction(
        recorded: module.table, under: module.table, extraPercent: turn * 100, source: { rest.popFirst() },
        sink: { _ in })
      let span = prediction.run(isInterrupted: { false })
      #expect(prediction.contradiction == nil || span == nil, "seed \(seed &+ turn)")
      refused += prediction.contradiction == nil ? 0 : 1
    }
    #expect(refused > 0 && refused < 60, "\(refused), seed \(seed)")
  }

  @Test func theSameSeedGivesTheSameBytes() throws {
    let module = try SimulatedModule(.standard)
    let first = Self.trace(module, events: 20_000, seed: 7)
    #expect(first == Self.trace(module, events: 20_000, seed: 7))
    #expect(first != Self.trace(module, events: 20_000, seed: 8))
  }
}

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

  @Test func theSameSeedGivesTheSameBytes() throws {
    let module = try SimulatedModule(.standard)
    let first = Self.trace(module, events: 20_000, seed: 7)
    #expect(first == Self.trace(module, events: 20_000, seed: 7))
    #expect(first != Self.trace(module, events: 20_000, seed: 8))
  }
}

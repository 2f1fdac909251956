import APEXTypes
import ModuleConfiguration
import Testing
import TestSeeds
import TraceFormat
import Verification

/// Partitions that live, die and are born again at random (Kernel/Partitions/Processes/Mayfly), under random schedules
/// and health tables: whatever happens, it is as the module says, is replayed, and concerns nobody else.
@Suite struct RandomLivesTests {
  /// The kinds of Mayfly's notes.
  private enum Note: UInt64 {
    case failed = 1
    case born = 0x10
    case dying = 0x11
  }

  @Test(arguments: 0..<4) func livesAreAsTheModuleSays(_ number: UInt64) throws {
    let seed = TestSeed.draw() + number
    let lives = RandomLives(seed: seed)
    let run = try lives.capture(milliseconds: 400)
    let failed = notes(run).filter { $0.kind == .failed }
    #expect(failed.isEmpty, "seed \(seed): \(failed.prefix(5))")
    #expect(notes(run).filter { $0.kind == .born }.count >= 3, "seed \(seed)")
    #expect(run.events(.loss).isEmpty, "seed \(seed)")
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "seed \(seed): \(replay)")
    // A deadline that is missed is nobody's fault but the partition's.
    let violated = try Judge.verify(run.trace).report.claims(.fail)
    let others = violated.filter { !lives.arePeriodsEqual || !$0.hasPrefix("process.deadline.") }
    #expect(others.isEmpty, "seed \(seed): \(others)")
  }

  /// Seeds of which predictions were another run: lives that begin or end with a window, timers that fire while the
  /// kernel is at something else, upcalls' handlers that take the processor from a process.
  @Test(arguments: [1, 14, 16, 37, 40, 59, 67]) func livesArePredictedAsTheyWere(_ seed: UInt64) throws {
    try expectWhatIf(RandomLives(seed: seed).capture(milliseconds: 400), seed)
  }

  /// What-if under the same module gives the recorded run (`RunSteps.tolerance`), and doubts nothing of it.
  private func expectWhatIf(_ run: CapturedRun, _ seed: UInt64) throws {
    let (predicted, doubts) = try WhatIfTests.predict(run.trace, under: run.trace)
    #expect(doubts.isEmpty, "seed \(seed): \(doubts)")
    let drainer = try run.partition("Drainer")
    // Where the module is asked to end, a prediction only stops.
    let end = (run.events.last?.time ?? 0) - 100_000
    let steps = try [WhatIfTests.events(predicted), run.events].map { RunSteps($0, drainer: drainer, until: end) }
    #expect(steps[1].steps.count > 1000, "seed \(seed)")
    let difference = steps[0].difference(from: steps[1])
    #expect(difference == nil, "seed \(seed): \(difference ?? "")")
  }

  /// All but the onlooker rage, or yield: it sees the same, at the same nanosecond.
  @Test(arguments: 0..<2) func whoLooksOnSeesNothingOfIt(_ number: UInt64) throws {
    let seed = TestSeed.draw() + number
    let runs = try [RandomLives.Character.selfish, .quiet].map {
      try RandomLives(seed: seed, $0).capture(milliseconds: 300)
    }
    #expect(notes(runs[0]).contains { $0.kind == .dying } && notes(runs[1]).isEmpty, "seed \(seed)")
    let seen = try runs.map { try sights($0) }
    #expect(seen[0].count > 300, "seed \(seed)")
    let difference = zip(seen[0], seen[1]).first { $0 != $1 }
    #expect(difference == nil && seen[0].count == seen[1].count, "seed \(seed)")
  }

  /// Notes of the mayflies: who, what, and when.
  private struct Told: CustomStringConvertible {
    var kind: Note?
    var partition: String
    var event: TraceEvent
    var description: String {
      "\(partition), check \(event.words.w3 & 0xFFFF_FFFF) at \(event.time) ns: 0x\(String(event.words.w4, radix: 16))"
    }
  }

  private func notes(_ run: CapturedRun) -> [Told] {
    let note = UInt32(HypercallNumber.note.rawValue)
    return run.events(.hypercall).map(\.event)
      .filter { $0.operand & 0xFFFF == note && run.partitions[Int($0.partition)] != "Onlooker" }
      .map { Told(kind: Note(rawValue: $0.words.w3 >> 32), partition: run.partitions[Int($0.partition)], event: $0) }
  }

  /// The onlooker's events, with their instants from its first entry in each window on: what comes before is the
  /// kernel's own, as is how long an entry's resume took.
  private func sights(_ run: CapturedRun) throws -> [TraceEvent] {
    let onlooker = try run.partition("Onlooker")
    let entries: [EventKind] = [.hypercall, .interrupt, .timer, .exception]
    var isRunning = false
    return run.events.filter { $0.partition == onlooker }.compactMap { event in
      var event = event
      let kind = event.knownKind
      if kind == .windowStart { isRunning = false }
      if let kind, entries.contains(kind) {
        isRunning = true
        event.words.w1 = 0
      }
      if !isRunning, kind == .padded || kind == .partitionSwitch { return nil }
      if !isRunning || kind == .windowEnd { event.time = 0 }
      return event
    }
  }
}

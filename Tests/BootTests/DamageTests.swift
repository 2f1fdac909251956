import CommandFolder
import Comparison
import Live
import Report
import Stepping
import TemporaryFolder
import Terminal
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// A real trace, damaged: through reader, replay and verify, and through the command.
@Suite struct DamageTests {
  static func trace() throws -> [UInt8] { try SharedRuns.inSmallBlocks.get().trace }

  @Test func theUndamagedTraceIsWholeAndHolds() throws {
    let trace = try Self.trace()
    #expect(BlockSurgery(trace).blocks.count >= 8)
    #expect(Judge.replayAnswer(trace).status == 0)
    let (report, _) = try Judge.verify(trace)
    #expect(report.claims(.fail) == [])
    #expect(report.exitStatus == 0, "\(report.claims(.unknown))")
  }

  @Test func everyCutIsInconclusive() throws {
    let trace = try Self.trace()
    let seed: UInt64 = 0x0C07
    var generator = SeededGenerator(seed: seed)
    let boundaries = BlockSurgery(trace).boundaries.dropLast()
    let others = (0..<500).map { _ in Int.random(in: 0..<trace.count, using: &generator) }
    for cut in boundaries + others {
      let bytes = Array(trace[..<cut])
      let replayed = Judge.replayAnswer(bytes), verified = Judge.verifyAnswer(bytes)
      #expect(replayed.status == 3, "seed \(seed), cut at byte \(cut): replay says \(replayed.reason)")
      #expect(verified.status == 3, "seed \(seed), cut at byte \(cut): verify says \(verified.reason)")
    }
  }

  static let batches = 10
  static let corruptionsPerBatch = 1_000

  /// 10,000 corruptions in all: an answer with a reason, and never that all is well.
  @Test(arguments: 0..<batches) func noCorruptionPasses(batch: Int) throws {
    let surgery = BlockSurgery(try Self.trace())
    let original = surgery.bytes
    var unchanged = 0
    print("DamageTests seeds \(batch * Self.corruptionsPerBatch) and the \(Self.corruptionsPerBatch - 1) after it")
    for seed in UInt64(batch * Self.corruptionsPerBatch)..<UInt64((batch + 1) * Self.corruptionsPerBatch) {
      var corruption = Corruption(seed: seed)
      let bytes = corruption.apply(to: surgery)
      guard bytes != original else {
        unchanged += 1
        continue
      }
      for answer in [Judge.replayAnswer(bytes), Judge.verifyAnswer(bytes)] {
        #expect((1...3).contains(answer.status), "seed \(seed): \(corruption.description): \(answer.reason)")
        #expect(!answer.reason.isEmpty, "seed \(seed)")
      }
    }
    // A block swapped with itself now and then is no corruption; most must be one.
    #expect(unchanged < Self.corruptionsPerBatch / 20)
  }

  /// Module tables with words changed and all their checksums right: refused, or not the table that the kernel booted.
  @Test func noForgedModuleTablePasses() throws {
    let surgery = BlockSurgery(try Self.trace())
    let table = try Self.table(of: surgery)
    var forgeries = 0
    for seed in UInt64(0)..<2_000 {
      guard let forged = ForgedTable(table, seed: seed) else { continue }
      forgeries += 1
      let bytes = forged.placed(in: surgery).bytes
      let replayed = Judge.replayAnswer(bytes), verified = Judge.verifyAnswer(bytes, isForged: true)
      #expect((1...3).contains(replayed.status), "seed \(seed): replay says \(replayed.reason)")
      #expect((1...3).contains(verified.status), "seed \(seed): verify says \(verified.reason)")
    }
    #expect(forgeries > 1_900)
  }

  /// Where the boot event names the forged table too, nothing contradicts it but what the module does: every answer
  /// will do, a crash will not.
  @Test func wholeForgeriesAreAnswered() throws {
    let run = try SharedRuns.inSmallBlocks.get()
    let table = try Self.table(of: BlockSurgery(run.trace))
    var statuses: Set<Int32> = []
    for seed in UInt64(0)..<2_000 {
      guard let forged = ForgedTable(table, seed: seed) else { continue }
      var events = run.events
      events[0].words.w0 = forged.checksum
      var writer = TraceWriter(moduleTable: forged.bytes, eventsPerBlock: 256)
      for event in events { writer.append(event) }
      let bytes = writer.finish()
      for answer in [Judge.replayAnswer(bytes), Judge.verifyAnswer(bytes, isForged: true)] {
        #expect((0...3).contains(answer.status), "seed \(seed): \(answer.reason)")
        statuses.insert(answer.status)
      }
    }
    #expect(statuses.isSuperset(of: [1, 2]))
  }

  /// Whatever a trace says, reports, steps, live figures and comparisons are made of it or refused; nothing crashes.
  @Test func viewsAnswerEveryForgeryAndCorruption() throws {
    let run = try SharedRuns.inSmallBlocks.get()
    let surgery = BlockSurgery(run.trace)
    let table = try Self.table(of: surgery)
    var viewed = 0
    for seed in UInt64(0)..<300 {
      guard let forged = ForgedTable(table, seed: seed) else { continue }
      var events = run.events
      events[0].words.w0 = forged.checksum
      var writer = TraceWriter(moduleTable: forged.bytes, eventsPerBlock: 256)
      for event in events { writer.append(event) }
      if Self.isViewable(writer.finish(), beside: run.trace) { viewed += 1 }
    }
    for seed in UInt64(0)..<200 {
      var corruption = Corruption(seed: seed)
      if Self.isViewable(corruption.apply(to: surgery), beside: run.trace) { viewed += 1 }
    }
    #expect(viewed > 150)
  }

  /// Looks at a trace in every way that there is; false where it cannot be opened.
  private static func isViewable(_ bytes: [UInt8], beside whole: [UInt8]) -> Bool {
    guard let reader = try? TraceReader(bytes: bytes), let other = try? TraceReader(bytes: whole) else { return false }
    let report = try? RunReport(name: "forged") { try TraceReader(bytes: bytes) }
    var figures = LiveFigures(reader.moduleTable)
    while let batch = reader.nextBatch() {
      switch batch {
      case .gap(let gap): figures.noteGap(missing: gap.eventsMissing)
      case .events(let first, let events):
        for index in events.indices { figures.add(events[index], position: first &+ UInt64(index)) }
      }
    }
    let surroundings = LiveScreen.Surroundings(state: "", bytes: 0)
    var lines = LiveScreen(figures, figures.claims, reader.moduleTable, surroundings, width: 80).lines(height: 24)
    if let stepper = try? TraceStepper(opening: { try TraceReader(bytes: bytes) }) {
      var session = StepSession(stepper)
      for order in [StepOrder.last, .move(-1), .goToFrame(3), .panel(.ports), .first, .move(100)] {
        try? session.obey(order)
        lines += (try? StepScreen(session, width: 80, height: 50).lines(status: StyledLine())) ?? []
      }
    }
    let comparison = (try? TraceReader(bytes: bytes)).map { RunComparison($0, other) }
    return report != nil && comparison != nil && !lines.isEmpty
  }

  private static func table(of surgery: BlockSurgery) throws -> [UInt8] {
    let reader = try TraceReader(bytes: surgery.blocks[0])
    return withExtendedLifetime(reader) { Array(reader.moduleTable.bytes) }
  }

  /// A sample through the built command: an exit status of its own choice, and words.
  @Test func theCommandAnswersEveryCorruption() throws {
    let command = try CommandFolder.command()
    let surgery = BlockSurgery(try Self.trace())
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let file = try folder.write(surgery.bytes, to: "damaged.partita")

    #expect(try CommandRun(command, ["verify", file]).status == 0)
    #expect(try CommandRun(command, ["replay", file]).status == 0)
    for seed in UInt64(0)..<50 {
      var corruption = Corruption(seed: seed)
      let bytes = corruption.apply(to: surgery)
      guard bytes != surgery.bytes else { continue }
      try folder.write(bytes, to: "damaged.partita")
      for (name, expected) in [("verify", Judge.verifyAnswer(bytes)), ("replay", Judge.replayAnswer(bytes))] {
        let run = try CommandRun(command, [name, file])
        #expect((1...3).contains(run.status), "seed \(seed): \(corruption.description): \(run.text)")
        #expect(run.status == expected.status, "seed \(seed): \(corruption.description): \(run.text)")
        #expect(!run.text.isEmpty, "seed \(seed)")
      }
    }
  }
}

import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading
import Verification

/// A ring that overwrites what is oldest, and that nobody drains: what it holds when the module has ended or crashed.
@Suite struct FlightRecorderTests {
  private static let early = Result { try CapturedRun.capture(.flightRecorder(), milliseconds: 135) }
  private static let late = Result { try CapturedRun.capture(.flightRecorder(), milliseconds: 235) }

  /// The number of the first event of a trace.
  private static func first(_ run: CapturedRun) throws -> Int {
    let reader = try TraceReader(bytes: run.trace)
    while let item = reader.next() {
      if case .event(let position, _) = item { return Int(position) }
    }
    return .max
  }

  /// A run that the ring holds as a whole is like any other.
  @Test func aShortRunIsWhole() throws {
    let run = try Self.early.get()
    #expect(try run.condition == .complete && Self.first(run) == 0)
    #expect(run.events.first?.knownKind == .boot && run.events.last?.knownKind == .end)
    #expect(try Judge.replay(run.trace).verdict == .identical)
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.claims(.fail) == [])
  }

  /// The same run, asked to stop later: its ring has gone round, and what it still has is what was recorded, event for
  /// event and with the right numbers.
  @Test func theLastEventsAreKept() throws {
    let (early, late) = (try Self.early.get(), try Self.late.get())
    let first = try Self.first(late)
    #expect(first > 100 && late.condition == .overwritten(before: UInt64(first)))
    // The stop of the earlier one, and what follows.
    let common = early.events.dropFirst(first).dropLast(60)
    #expect(common.count > 200, "from event \(first) of \(early.events.count)")
    // A keyframe holds the instant at which the run is to stop, and its digest with it.
    func comparable(_ events: some Sequence<TraceEvent>) -> [TraceEvent] {
      events.map { event in
        var event = event
        if event.knownKind == .keyframeWords || event.knownKind == .keyframe { event.words = TraceEvent.Words() }
        return event
      }
    }
    let isSame = comparable(common) == comparable(late.events.prefix(common.count))
    #expect(isSame)
    #expect(late.events.last?.knownKind == .end)
    #expect(late.events.last?.words.w0 == UInt64(first + late.events.count - 1), "all are counted")
    #expect(late.events.last?.words.w1 == 0, "what is overwritten is not lost")
  }

  /// From a keyframe on everything is replayed, and every claim is judged by what is there: boot and wholeness alone
  /// stay unknown.
  @Test func whatIsKeptIsJudged() throws {
    let late = try Self.late.get()
    let replay = try Judge.replay(late.trace)
    #expect(replay.verdict == .inconclusive && replay.divergence == nil)
    #expect(replay.adoptedKeyframeCount == 1 && replay.decisionCount > 200)
    let (report, _) = try Judge.verify(late.trace)
    #expect(report.claims(.fail) == [] && report.exitStatus == 3)
    #expect(report.claims(.pass).count > 100)
    #expect(report.identifiers(.unknown).isSuperset(of: ["trace.boot", "trace.complete"]))
  }

  /// A reset starts all partitions anew, and there is no drainer among them to be left out.
  @Test func aResetIsJudged() throws {
    let module = try ModuleVariant.flightRecorder()
      .replacing("RingBytes=\"0x10000\"", by: "RingBytes=\"0x100000\"")
      .removing(from: "<p:Budgets>", through: "</p:Budgets>")
      .replacing("p:Image=\"Loader\"", by: "p:Image=\"Halt\"")
      .replacing(
        "ErrorLevel=\"PARTITION\"\n        ErrorCode=\"ILLEGAL_REQUEST\"",
        by: "ErrorLevel=\"MODULE\"\n        ErrorCode=\"ILLEGAL_REQUEST\""
      )
      .replacing(
        "</System_HM_Table>",
        by:
          "</System_HM_Table><Module_HM_Table><System_State_Entry SystemState=\"1\">"
          + "<Error_ID_Action ErrorIdentifier=\"4\" Action=\"RESET\"/></System_State_Entry></Module_HM_Table>")
    let run = try CapturedRun.capture(module, milliseconds: 235)
    #expect(!run.events(.moduleAction).isEmpty)
    #expect(run.condition == .complete)
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }

  /// What is wrong in what is kept is found.
  @Test func aForgedEventIsFound() throws {
    let late = try Self.late.get()
    let reader = try TraceReader(bytes: late.trace)
    var verifier = Verifier(table: reader.moduleTable)
    var isForged = false
    while let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, var events):
        for index in events.indices where !isForged && index > events.count / 2 {
          guard events[index].knownKind == .mark else { continue }
          events[index].partition = 3
          isForged = true
        }
        events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: first) }
      case .gap: verifier.noteGap()
      }
    }
    let report = verifier.finish(fileBytes: UInt64(late.trace.count))
    #expect(isForged && report.verdict == .fail)
  }

  /// The command by itself reads the ring of a module that has crashed, or was interrupted, and says so.
  @Test func theCommandReadsTheRing() throws {
    let folder = try CommandFolder()
    _ = try BootImages.path("Sensors")
    try Data(ModuleVariant.flightRecorder().description.utf8).write(to: folder.url("module.xml"))
    try Data(KernelFile.faulting(in: "recordKeyframe")).write(to: folder.url("faulty.elf"))
    func partita(_ arguments: String...) throws -> CommandRun {
      try CommandRun.partita(arguments + ["--images", BootImages.folder], in: folder.path)
    }
    let crash = try partita("capture", "module.xml", "-o", "crash.partita", "--for", "2s", "--kernel", "faulty.elf")
    #expect(crash.status == 1 && crash.text.contains("It has what the ring held."), "\(crash.text)")
    #expect(try folder.partita("verify", "crash.partita").status == 3)

    let late = try partita("capture", "module.xml", "-o", "late.partita", "--for", "235ms", "--ram", "ram")
    #expect(late.status == 0 && late.text.contains("overwritten"), "\(late.text)")
    let rescue = try folder.partita("rescue", "--ram", "ram", "-o", "rescued.partita")
    #expect(rescue.status == 0 && rescue.text.contains("overwritten, as a flight recorder does"), "\(rescue.text)")
    let isSame = try Data(contentsOf: folder.url("late.partita")) == Data(contentsOf: folder.url("rescued.partita"))
    #expect(isSame)
    #expect(try folder.partita("stats", "late.partita").text.contains("a flight recorder's"))
    try Self.showsWhatThereIs("late.partita", folder)
    let goto = try partita("goto", "late.partita", "1800", "--batch")
    #expect(goto.status != 0 && goto.text.contains("flight recorder"), "\(goto.text)")
  }

  /// What shows a trace says what is overwritten, and that is all; what is asked for what was there ends with 3, and so
  /// does what concludes.
  private static func showsWhatThereIs(_ trace: String, _ folder: CommandFolder) throws {
    let count = "SELECT count(*) FROM event"
    for arguments in [
      ["export", trace, "--format", "sqlite", "-o", "late.db"], ["export", trace, "--format", "csv", "-o", "late.csv"],
      ["query", trace, count], ["query", "late.db", count], ["dump", trace], ["report", trace, "-o", "late.html"],
    ] {
      let run = try CommandRun.partita(arguments, in: folder.path)
      #expect(run.status == 0 && run.text.contains("are overwritten"), "\(arguments): \(run.text.suffix(300))")
    }
    #expect(try folder.partita(["export", trace, "--format", "csv", "--from", "1ms", "-o", "part.csv"]).status == 3)
    #expect(try folder.partita(["analyse", "module.xml", trace]).status == 3)
    // What passes by what is there is not refused, and not confirmed either.
    #expect(try folder.partita(["verify", trace, "--certificate", "late.json"]).status == 3)
    let audit = try folder.partita(["audit", "late.json", trace])
    #expect(audit.status == 3 && !audit.text.contains("refused"), "\(audit.text.suffix(300))")
  }

  /// Ctrl-C ends it in order, and nothing is left behind.
  @Test func interrupted() throws {
    let folder = try CommandFolder()
    _ = try BootImages.path("Sensors")
    try Data(ModuleVariant.flightRecorder().description.utf8).write(to: folder.url("module.xml"))
    let answer = try folder.run(
      "/bin/bash",
      [
        "-c",
        """
        exec 2>&1; export TMPDIR=$PWD/tmp; mkdir tmp
        '\(try CommandFolder.command())' capture module.xml --images \(BootImages.folder) -o run.partita & pid=$!
        sleep 3; kill -INT $pid; wait $pid; echo "status $?"; ls tmp
        """,
      ])
    #expect(answer.text.hasSuffix("status 0\n"), "\(answer.text)")
    #expect(folder.names == ["module.xml", "run.partita", "tmp"])
    #expect(try folder.partita("verify", "run.partita").text.contains("0 fail"))
  }
}

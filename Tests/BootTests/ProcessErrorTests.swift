import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// Errors of process level on the machine: the partition's own error handler takes them, and mends; an error inside the
/// handler is the partition's. Mender (main.c) takes Phoenix's place in the module Lives.
@Suite struct ProcessErrorTests {
  /// First words of Mender's notes.
  private enum Note: UInt64 {
    case began = 1, resumed, handled, words, ticked, refused, timed, waited
  }
  private struct Told: Equatable, CustomStringConvertible {
    var note: UInt64
    var value: UInt64

    init(_ note: Note, _ value: UInt64) { (self.note, self.value) = (note.rawValue, value) }
    init(_ event: TraceEvent) { (note, value) = (event.words.w3, event.words.w4) }
    var description: String { "\(note): 0x\(String(value, radix: 16))" }

    /// What the handler reads of an error: NO_ERROR, and the address is told.
    static func handled(_ error: ErrorCode, process: UInt64, length: UInt64, number: UInt64) -> Told {
      Told(.handled, UInt64(error.rawValue) << 48 | process << 32 | length << 16 | 1 << 8 | number)
    }
  }

  private static let run = Result { try capture() }

  private static func capture(replacing edits: [(String, String)] = []) throws -> CapturedRun {
    var module = ModuleVariant(description: try ModuleVariant.text("Kernel/Modules/Lives/module.xml"), stimulus: "")
    module = try module.replacing("EntryPoint=\"main\" p:Image=\"Phoenix\"", by: "p:Image=\"Steward\"")
    module = try module.replacing(
      "Description=\"divide error\" ErrorLevel=\"PARTITION\"",
      by: "Description=\"divide error\" ErrorLevel=\"PROCESS\"",
      from: "<System_State_Entry SystemState=\"1\" Description", through: "</System_State_Entry>")
    let initialising = "<Error_ID_Action ErrorIdentifier=\"1\" Action=\"COLD_START\"/>"
    let handling = "</System_State_Entry><System_State_Entry SystemState=\"3\">"
    let warm = "<Error_ID_Action ErrorIdentifier=\"1\" Action=\"WARM_START\"/>"
    module = try module.replacing(initialising, by: initialising + handling + warm)
    for (old, new) in edits { module = try module.replacing(old, by: new) }
    module.images["Phoenix"] = try BootImages.bytes("Mender")
    module.images["Steward"] = try Lives.image(.liveOn, .complete)
    return try CapturedRun.capture(module, milliseconds: 250)
  }

  private func events(_ kind: EventKind) throws -> [TraceEvent] {
    let run = try Self.run.get()
    let partition = try run.partition("Phoenix")
    return run.events(kind).map(\.event).filter { $0.partition == partition }
  }

  private func told() throws -> [Told] {
    let note = UInt32(HypercallNumber.note.rawValue)
    return try events(.hypercall).filter { $0.operand & 0xFFFF == note }.map { Told($0) }
      .filter { $0.note < Note.timed.rawValue }
  }

  private static let message = Array("the first process is tired\0".utf8)
  private static let messageSum = message.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) }
  private static func raised(_ number: UInt64, process: UInt64 = 1) -> [Told] {
    let length = process == 1 ? UInt64(message.count) : 0
    return [
      .handled(.applicationError, process: process, length: length, number: number),
      Told(.words, process == 1 ? messageSum : 0),
    ]
  }
  /// Codes of what is refused: first and second handler, a late process, an error asked for outside.
  private static func creation(_ first: ReturnCode, _ second: ReturnCode) -> Told {
    let codes = UInt64(first.rawValue) << 24 | UInt64(second.rawValue) << 16
    return Told(.refused, 1 << 32 | codes | UInt64(ReturnCode.invalidMode.rawValue) << 8 | 4)
  }

  /// The whole story, note by note, up to the error inside the handler.
  @Test func theHandlerReadsTheErrorAndMends() throws {
    let told = try told()
    let raiserGoesOn = [Told(.began, 0x100), Self.creation(.noError, .noAction), Told(.began, 1)] + Self.raised(1)
    // Stopped and started by the handler: it begins anew, and what it was doing is not done.
    let raiserBeginsAnew = [Told(.resumed, 1)] + Self.raised(2) + [Told(.refused, 0), Told(.began, 1)]
    let raiserEnds = Self.raised(3) + [Told(.resumed, 101)] + Self.raised(4) + [Told(.resumed, 102)]
    let dividerIsStopped = [
      .handled(.numericError, process: 2, length: 0, number: 5), Told(.words, 0), Told(.refused, 0),
    ]
    let ticks = { (range: ClosedRange<UInt64>) in range.map { Told(.ticked, $0) } }
    let story =
      raiserGoesOn + raiserBeginsAnew + raiserEnds + [Told(.began, 2)] + ticks(1...1) + dividerIsStopped + ticks(2...6)
      + Self.raised(6, process: 3)
    #expect(Array(told.prefix(story.count)) == story)
    // And the next life: without a handler, which can be created no more in NORMAL mode.
    #expect(
      Array(told.dropFirst(story.count)) == [
        Told(.began, 0x100 | UInt64(StartCondition.healthPartitionRestart.rawValue)),
        Self.creation(.invalidMode, .noError),
      ])
  }

  /// Five errors that the handler took, of both kinds, each in the very entry that it came with; the sixth is its own.
  @Test func errorsAreReflectedAndTheHandlersOwnIsThePartitions() throws {
    let reflected = try events(.exceptionReflected)
    #expect(reflected.map(\.operand) == Array(repeating: 32, count: 6))
    #expect(reflected.map(\.words.w1) == [1, 1, 1, 1, 2, 1], "the error's code")
    #expect(try events(.exceptionWritten).count == 6)
    let errors = try events(.healthError)
    let process = UInt32(ErrorLevel.process.rawValue), partition = UInt32(ErrorLevel.partition.rawValue)
    let executing = UInt32(SystemState.partitionExecution.rawValue) << 8
    let handling = UInt32(SystemState.errorHandling.rawValue) << 8
    let raised = process | executing
    #expect(
      errors.map(\.operand) == [
        raised, raised, raised, raised, raised | 1 << 16, raised, partition | handling | 1 << 16,
      ])
    #expect(errors.map(\.words.w1) == Array(0...6), "each is in the log")
    let actions = try events(.healthAction)
    #expect(actions.map(\.detail) == [PartitionRecoveryAction.warmStart.rawValue])
    #expect(actions.map(\.operand) == [UInt32(ErrorCode.numericError.rawValue)])
    #expect(try events(.restart).map(\.words.w0) == [0, UInt64(StartCondition.healthPartitionRestart.rawValue)])
  }

  /// The time that a partition reads without the kernel is the kernel's: a note of it is made some instructions later.
  @Test func theTimeReadWithoutTheKernelIsTheKernels() throws {
    let note = UInt32(HypercallNumber.note.rawValue)
    let timed = try events(.hypercall).filter { $0.operand & 0xFFFF == note && $0.words.w3 == Note.timed.rawValue }
    #expect(timed.count == 6)
    for event in timed {
      #expect(event.words.w4 < event.time && event.time - event.words.w4 < 100, "\(event.time - event.words.w4) ns")
    }
  }

  /// Release points lie on the grid of the partition's windows from the first one on, whenever `main` was done: none is
  /// late because a window was given up too early.
  @Test func releasesAreAPeriodApart() throws {
    let note = UInt32(HypercallNumber.note.rawValue)
    let ticks = try events(.hypercall)
      .filter { $0.operand & 0xFFFF == note && $0.words.w3 == Note.timed.rawValue }.map(\.words.w4)
    for (one, next) in zip(ticks, ticks.dropFirst()) {
      #expect(((20_000_000 - 200_000)...(20_000_000 + 200_000)).contains(next - one), "\(next - one) ns")
    }
  }

  /// Where a period has two windows, and the partition is promised less than they are long: release points are starts
  /// of periods, and a wait that ends before the window does ends in it.
  @Test func processesKnowTheirPeriodAndTheirWindow() throws {
    let edits = [
      (
        "PartitionIdentifier=\"1\" PeriodSeconds=\"0.010\" PeriodDurationSeconds=\"0.004\"",
        "PartitionIdentifier=\"1\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=\"0.001\""
      ),
      (
        "WindowIdentifier=\"102\" WindowStartSeconds=\"0.010\" WindowDurationSeconds=\"0.004\"\n"
          + "        PartitionPeriodStart=\"true\"/>",
        "WindowIdentifier=\"102\" WindowStartSeconds=\"0.010\" WindowDurationSeconds=\"0.004\"/>"
      ),
    ]
    let run = try Self.capture(replacing: edits)
    let partition = try run.partition("Phoenix")
    func told(_ kind: Note) -> [UInt64] {
      run.events(.hypercall).map(\.event).filter {
        $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
          && $0.words.w3 == kind.rawValue
      }.map(\.words.w4)
    }
    let ticks = told(.timed)
    try #require(ticks.count == 6)
    for tick in ticks { #expect(tick % 20_000_000 < 200_000, "\(tick) ns is no start of a period") }
    #expect(told(.waited).map { $0 / 100_000 } == [20], "2 ms, of which the window had 3 left: \(told(.waited))")
  }

  /// A process that is stopped in the handler leaves no exception unreturned: the next is reflected, not the handler's
  /// own. (The third error would be of partition level else.)
  @Test func bothOraclesAgree() throws {
    let run = try Self.run.get()
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
    #expect(report.claims.first { $0.identifier == "health.process" }?.checked ?? 0 >= 6)
  }
}

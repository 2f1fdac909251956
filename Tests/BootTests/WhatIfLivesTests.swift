import APEXTypes
import CommandFolder
import Foundation
import ModuleConfiguration
import Simulation
import Testing
import TraceFormat

/// What-if where partitions start anew in the middle of what they were at.
@Suite struct WhatIfLivesTests {
  /// The module Lives, in which Steward changes the schedule once after 100 ms, with one that computes for ever from
  /// `due` on in Witness's place, and a deadline for Phoenix, which only yields.
  ///
  /// - Parameters:
  ///   - witness: what the change of schedules does to that one.
  ///   - phoenix: what it does to Phoenix.
  private static func module(
    witness: String = "IGNORE", phoenix: String = "WARM_START", due: UInt64 = HostileImage.never
  ) throws -> ModuleVariant {
    var module = ModuleVariant(
      description: try ModuleVariant.text("Kernel/Modules/Lives/module.xml"), stimulus: "")
    module = try module.replacing("p:Image=\"Idler\"", by: "p:Image=\"NeverYield\"")
      .replacing("ScheduleChangeAction=\"WARM_START\"", by: "ScheduleChangeAction=\"PHOENIX\"")
      .replacing("ScheduleChangeAction=\"IGNORE\"", by: "ScheduleChangeAction=\"\(witness)\"")
      .replacing("ScheduleChangeAction=\"PHOENIX\"", by: "ScheduleChangeAction=\"\(phoenix)\"")
      .replacing(
        "<Process Name=\"live\" StackSize=\"0x10000\"/>",
        by: "<Process Name=\"live\" StackSize=\"0x10000\" p:PeriodSeconds=\"0.010\" "
          + "p:TimeCapacitySeconds=\"0.001\" p:DeadlineSeconds=\"0.010\" p:Priority=\"5\"/>"
      )
      .replacing("EntryPoint=\"main\" p:Image=\"Phoenix\"", by: "p:Image=\"Steward\"")
    module.images["NeverYield"] = try HostileImage.bytes("NeverYield", due: due)
    module.images["Phoenix"] = try Lives.image(.liveOn, .complete)
    module.images["Steward"] = try Lives.image(.changeSchedule, .complete)
    return module
  }

  private static func capture(_ module: ModuleVariant) throws -> CapturedRun {
    try CapturedRun.capture(module, milliseconds: 300)
  }

  /// The same module gives the recorded run, partition by partition, and the same instants of mode changes and starts
  /// to within `tolerance` ns.
  private static func expectItself(_ run: CapturedRun, tolerance: UInt64 = 1000) throws {
    let (predicted, doubts) = try WhatIfTests.predict(run.trace, under: run.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    let (one, two) = (try WhatIfTests.story(predicted), try WhatIfTests.story(run.trace))
    #expect(Set(one.keys) == Set(two.keys))
    for (partition, events) in two { #expect(one[partition] == events, "partition \(partition)") }
    let changes = try [predicted, run.trace].map { bytes in
      try WhatIfTests.events(bytes).filter {
        $0.partition < 3 && [.modeChange, .restart].contains($0.knownKind)
      }
    }
    #expect(changes[0].count == changes[1].count && changes[1].count > 8)
    for (mine, its) in zip(changes[0], changes[1]) {
      #expect(mine.partition == its.partition && mine.detail == its.detail)
      #expect(max(mine.time, its.time) - min(mine.time, its.time) < tolerance, "\(mine) \(its)")
    }
  }

  /// Under the same module a partition enters the kernel at the recorded instants, to within `tolerance` ns, until an
  /// instant in ns.
  private static func expectInstants(
    _ run: CapturedRun, of name: String, until end: UInt64, atLeast count: Int, tolerance: UInt64
  ) throws {
    let partition = try run.partition(name)
    let (predicted, doubts) = try WhatIfTests.predict(run.trace, under: run.trace)
    #expect(doubts.isEmpty, "\(doubts)")
    let entries = try [predicted, run.trace].map { bytes in
      try WhatIfTests.events(bytes).filter {
        $0.partition == partition && $0.time < end
          && [.hypercall, .timer, .interrupt, .exception].contains($0.knownKind)
      }
    }
    #expect(entries[0].count == entries[1].count && entries[1].count >= count)
    let wrong = zip(entries[0], entries[1]).first { mine, its in
      mine.kind != its.kind || max(mine.time, its.time) - min(mine.time, its.time) > tolerance
    }
    #expect(wrong == nil, "predicted, and recorded")
  }

  /// A start within a window takes what it took, from what made the partition start to its first instruction: of sixty
  /// in a row none adds to an error.
  @Test func startsInOneWindowTakeWhatTheyTook() throws {
    let run = try Lives(phoenix: .startForEver, milliseconds: 6).run
    try Self.expectInstants(run, of: "Phoenix", until: 4_900_000, atLeast: 200, tolerance: 5)
  }

  /// A timer's upcall takes what that one took: who computes all the time and is interrupted for each of its processes'
  /// timers is as far as it was when its window ends. The others have timers, too: what is usual is not its own.
  @Test func timersTakeWhatTheyTook() throws {
    let run = try RandomLives(seed: 600, .selfish).capture(milliseconds: 120)
    try Self.expectInstants(run, of: "Onlooker", until: .max, atLeast: 300, tolerance: 200)
  }

  /// It has computed through several windows when the restart cuts it off.
  @Test func aComputationThatARestartCutsOffStaysInItsLife() throws {
    try Self.expectItself(Self.capture(Self.module(witness: "WARM_START", due: 20_000_000)))
  }

  /// A callback that computes until its window ends, and the start that follows; a handler that does not return.
  @Test(arguments: [Lives.Callback.neverEnd, .complete, .fault])
  func aCallbackStaysInItsLife(_ callback: Lives.Callback) throws {
    let lives = try Lives(
      phoenix: .touchNothing, callback: callback,
      replacing: [
        (
          "<Partition_HM_Table PartitionIdentifier=\"1\">",
          "<Partition_HM_Table PartitionIdentifier=\"1\" PartitionCallback=\"phoenix_callback\">"
        )
      ])
    try Self.expectItself(lives.run)
  }

  @Test(arguments: [Lives.Scenario.askForWarmStart, .divideByZero, .executeNothing])
  func whoEndsItsLifeByItselfDoesSoAgain(_ scenario: Lives.Scenario) throws {
    try Self.expectItself(Lives(phoenix: scenario).run)
  }

  /// It has lost its stack when it errs: the frame fits nowhere, and its error handler is not asked.
  @Test func whoseStackIsGoneErrsPastItsHandlerAgain() throws {
    let folder = try OutsidePartition.folder(
      """
      #include <ARINC653.h>
      #include <partita.h>

      static void navigate(void) {
        RETURN_CODE_TYPE status;
        for (int i = 0; i < 3; i++) PERIODIC_WAIT(&status);
        __asm__ volatile("movq $0x10, %rsp\\n\\tpushq %rax");
      }

      static void handle(void) { partita_note(1, 1); }

      int main(void) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = 20000000, .TIME_CAPACITY = 5000000, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate,
            .STACK_SIZE = 4096, .BASE_PRIORITY = 20, .DEADLINE = HARD, .NAME = "navigate"};
        PROCESS_ID_TYPE process;
        RETURN_CODE_TYPE status;
        CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle, 4096, &status);
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
        SET_PARTITION_MODE(NORMAL, &status);
      }
      """)
    for (old, new) in [
      ("\"PARTITION\" ErrorCode=\"MEMORY_VIOLATION\"", "\"PROCESS\" ErrorCode=\"MEMORY_VIOLATION\""),
      ("ErrorIdentifier=\"6\" Action=\"IDLE\"", "ErrorIdentifier=\"6\" Action=\"COLD_START\""),
    ] {
      let module = try String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8)
      try #require(module.components(separatedBy: old).count == 2)
      try folder.write(Array(module.replacingOccurrences(of: old, with: new).utf8), to: "nav/module.xml")
    }
    let run = try OutsidePartition.boot(folder, words: ["nav"], milliseconds: 500)
    let errors = run.events(.healthError).map(\.event)
    #expect(errors.count > 4 && errors.allSatisfy { $0.operand & 0xFF == UInt32(ErrorLevel.process.rawValue) })
    #expect(run.events(.exceptionReflected).isEmpty)
    try Self.expectItself(run)
  }

  /// What a start does that was not recorded nobody knows, nor what a partition does after a recorded restart that does
  /// not come: neither gives a sure answer.
  @Test func aStartThatOnlyOneOfTheRunsHasIsADoubt() throws {
    let modules = try ["IGNORE", "WARM_START"].map { try Self.module(phoenix: $0) }
    let (ignoring, starting) = (try Self.capture(modules[0]), try Self.capture(modules[1]))
    for (recorded, other) in [(ignoring, starting), (starting, ignoring)] {
      let (predicted, doubts) = try WhatIfTests.predict(recorded.trace, under: other.trace)
      let starts = try [predicted, other.trace].map { bytes in
        try WhatIfTests.events(bytes).count { $0.kind == EventKind.restart.rawValue && $0.partition == 0 }
      }
      #expect(starts[0] == starts[1])
      let doubt = try #require(doubts.first)
      #expect(doubts.count == 1 && doubt.partition == "Phoenix" && doubt.reached == ["Phoenix"])
      #expect((doubt.weakness.unrecordedStart != nil) == (starts[0] == 2))
      #expect((doubt.weakness.outlived != nil) == (starts[0] == 1))
      #expect((100_000_000..<150_000_000).contains(doubt.since))
    }
    let folder = try CommandFolder()
    for (name, recorded, other, status) in [
      ("same", ignoring, 0, 0), ("more", ignoring, 1, 3), ("less", starting, 0, 3),
    ] as [(String, CapturedRun, Int, Int32)] {
      try Data(recorded.trace).write(to: folder.url(name + ".partita"))
      try Data(modules[other].compile().imageBytes).write(to: folder.url(name + ".img"))
      let answer = try folder.partita("what-if", name + ".partita", "--module", name + ".img")
      #expect(answer.status == status, "\(name): \(answer.text)")
      let line = try #require(answer.text.split(separator: "\n").first { $0.contains("process.deadline.Phoenix") })
      #expect(line.contains("unknown") == (status == 3), "\(line)")
    }
  }
}

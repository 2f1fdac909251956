import CommandFolder
import Foundation
import ModuleConfiguration
import Testing

/// Processes without a period, in other windows. Whom an upcall wakes waits for that alone, and for no period of its
/// partition's; who waits by the clock may be awake in a window that the recorded run does not have.
@Suite struct WhatIfWokenTests {
  /// Teller raises an event every 20 ms, from its fifth job on, when Hearer waits in any case. Hearer's handler wakes
  /// its one process, which leaves a note. WAITS: it waits by the clock, for longer than a frame, and after one
  /// computation or another.
  private static let source = """
    #include <ARINC653.h>
    #include <partita.h>
    #include <stdint.h>
    #ifndef WAITS
    #define WAITS 0
    #endif
    static SEMAPHORE_ID_TYPE heard;
    static RETURN_CODE_TYPE status;
    static void tell(void) {
      for (uint64_t job = 0;; job++) {
        if (job > 3) partita_raise_event(1);
        PERIODIC_WAIT(&status);
      }
    }
    static void handle(uint64_t vector, uint64_t count) {
      (void)count;
      RETURN_CODE_TYPE code;
      partita_acknowledge_interrupt(vector);
      SIGNAL_SEMAPHORE(heard, &code);
    }
    static void hear(void) {
      for (uint32_t count = 0;; count++) {
        if (WAITS) TIMED_WAIT(30000000, &status);
        else WAIT_SEMAPHORE(heard, INFINITE_TIME_VALUE, &status);
        for (uint32_t round = 0; round < 10000 + count % 3 * 5000; round++) __asm__ volatile("" : : "r"(round));
        partita_note(count, status);
      }
    }
    static void start(const char *name, void (*entry)(void), SYSTEM_TIME_TYPE period) {
      PROCESS_ATTRIBUTE_TYPE attributes = {
          .PERIOD = period, .TIME_CAPACITY = period, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 8192,
          .BASE_PRIORITY = 20, .DEADLINE = SOFT};
      for (int i = 0; name[i] != 0; i++) attributes.NAME[i] = name[i];
      PROCESS_ID_TYPE process;
      CREATE_PROCESS(&attributes, &process, &status);
      START(process, &status);
    }
    int main(void) {
      uint64_t vector;
      // Only Hearer is at the channel's end.
      if (partita_bind_event(1, handle, &vector) == 0) {
        CREATE_SEMAPHORE("heard", 0, 8, FIFO, &heard, &status);
        start("hear", hear, INFINITE_TIME_VALUE);
      } else {
        start("tell", tell, 20000000);
      }
      SET_PARTITION_MODE(NORMAL, &status);
    }

    """

  private static func image(_ options: String...) throws -> [UInt8] {
    let folder = try OutsidePartition.folder(source)
    let built = try OutsidePartition.build(options + ["--name", "Nav", "nav"], in: folder)
    try #require(built.status == 0, "\(built.text)")
    return Array(try Data(contentsOf: folder.url("Nav.elf")))
  }

  private static let woken = Result { try image() }
  private static let waiting = Result { try image("-DWAITS=1") }

  /// Where Hearer has its windows in a frame of 20 ms; Teller has its one from 10 ms on.
  enum Windows: Int, CaseIterable {
    case before, behind, longBehind, both

    /// In milliseconds.
    fileprivate var spans: [(start: Int, length: Int)] {
      switch self {
      case .before: [(0, 4)]
      case .behind: [(14, 4)]
      case .longBehind: [(14, 5)]
      case .both: [(0, 2), (14, 2)]
      }
    }
  }

  private static func schedule(_ partition: Int, _ spans: [(start: Int, length: Int)]) -> String {
    let windows = spans.enumerated().map { number, span in
      """
      <Window_Schedule WindowIdentifier="\(partition * 10 + number)" PartitionPeriodStart="\(number == 0)"
        WindowStartSeconds="\(Double(span.start) / 1000)" WindowDurationSeconds="0.00\(span.length)"/>
      """
    }
    return """
      <Partition_Schedule PartitionIdentifier="\(partition)" PeriodSeconds="0.020"
        PeriodDurationSeconds="0.00\(spans.reduce(0) { $0 + $1.length })">
        \(windows.joined(separator: "\n"))
      </Partition_Schedule>
      """
  }

  private static func module(_ windows: Windows, _ image: [UInt8]) -> ModuleVariant {
    func event(_ call: HypercallNumber, of partition: Int) -> String {
      "<p:Event Kind=\"hypercall\" Number=\"\(call.rawValue)\" PartitionIdentifier=\"\(partition)\"/>"
    }
    let description = """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Woken" ModuleId="1">
        <Partition PartitionIdentifier="1" PartitionName="Hearer" p:Image="Nav"/>
        <Partition PartitionIdentifier="2" PartitionName="Teller" p:Image="Nav"/>
        <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
          p:Drainer="true"><p:PortGrant First="0xE9" Count="1"/></Partition>
        <Module_Schedule MajorFrameSeconds="0.020" ScheduleIdentifier="0" InitialModuleSchedule="true">
          \(schedule(1, windows.spans))
          \(schedule(2, [(10, 2)]))
        </Module_Schedule>
        <p:Event_Channels>
          <p:EventChannel Identifier="1" SourcePartition="2" DestinationPartition="1" Vector="48"/>
        </p:Event_Channels>
        <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="0"/>
        <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="50" EventsPerBlock="4096"/>
        <p:Claims>
          <p:Claim Name="heard" Form="WITHIN" BoundSeconds="0.006">
            \(event(.raiseEvent, of: 2))
            \(event(.note, of: 1))
          </p:Claim>
        </p:Claims>
      </ARINC_653_Module>
      """
    return ModuleVariant(description: description, stimulus: "", images: ["Nav": image])
  }

  private static let runs = Result {
    try Windows.allCases.map { try CapturedRun.capture(module($0, woken.get()), milliseconds: 195).trace }
  }

  /// A process is ready as soon as its upcall has come, in whatever period that is, and however long the window was
  /// idle before: all of that is known, and the prediction is the capture to 2 µs. What is raised at 10 ms is heard by
  /// 16 ms in a window behind that, and not in one before it.
  @Test(arguments: [
    (Windows.before, Windows.behind), (.behind, .before), (.before, .longBehind), (.behind, .longBehind),
    (.longBehind, .behind), (.before, .both),
  ]) func whoIsWokenByAnUpcallIsPredicted(recorded: Windows, other: Windows) throws {
    let runs = try Self.runs.get()
    let claim = "custom.heard"
    let real = try #require(try WhatIfTests.report(runs[other.rawValue]).claim(claim))
    #expect(real.verdict == (other == .before ? .fail : .pass))
    let answer = try WhatIfProcessesTests.answer(
      to: runs[recorded.rawValue], Self.module(other, Self.woken.get()))
    let predicted = try answer.claim(claim)
    #expect(predicted.predictedVerdict == real.verdict.rawValue, "\(answer.weaknesses)")
    let worst = try (#require(predicted.predictedWorst), #require(real.worst?.value))
    #expect(abs(worst.0 - worst.1) < 2000, "\(worst)")
  }

  /// Where a process comes later than it did its scheduler may take it for late, for whatever deadline it has: what is
  /// not known then is at least not told otherwise than it is.
  @Test(arguments: [(Windows.both, Windows.before), (.both, .behind), (.behind, .both), (.longBehind, .both)])
  func noVerdictIsAnotherThanTheCaptures(recorded: Windows, other: Windows) throws {
    let runs = try Self.runs.get()
    let real = try WhatIfTests.report(runs[other.rawValue])
    let answer = try WhatIfProcessesTests.answer(
      to: runs[recorded.rawValue], Self.module(other, Self.woken.get()))
    for claim in answer.claims {
      guard let seen = real.claim(claim.claim)?.verdict, seen != .unknown else { continue }
      let predicted = try #require(claim.predictedVerdict)
      #expect(["unknown", seen.rawValue].contains(predicted), "\(claim.claim): \(predicted), and \(seen) in a capture")
    }
  }

  /// Who waits by the clock is awake in a window that the recorded run does not have: all is in doubt from there on,
  /// and not only from the recorded window on.
  @Test func aWaitThatEndsInAnotherWindowIsInDoubtFromThereOn() throws {
    let traces = try [Windows.before, .both].map {
      try CapturedRun.capture(Self.module($0, Self.waiting.get()), milliseconds: 150).trace
    }
    let (predicted, doubts) = try WhatIfTests.predict(traces[0], under: traces[1])
    func notes(_ trace: [UInt8]) throws -> [UInt64] {
      try WhatIfTests.events(trace).filter {
        $0.knownKind == .hypercall && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue) && $0.partition == 0
      }.map(\.time)
    }
    let (real, foretold) = (try notes(traces[1]), try notes(predicted))
    let difference = try #require(zip(real, foretold).first { max($0, $1) - min($0, $1) > 2000 })
    let doubt = try #require(doubts.first { $0.partition == "Hearer" })
    #expect(doubt.since <= min(difference.0, difference.1), "\(doubt.since), \(difference)")
  }
}

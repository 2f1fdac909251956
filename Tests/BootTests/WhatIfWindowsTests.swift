import Foundation
import Testing

/// Windows that are split, and windows that are joined: a partition's scheduler gives up each in which nobody is ready.
@Suite struct WhatIfWindowsTests {
  /// Autopilot with a window more: its first is split.
  private static func split() throws -> ModuleVariant {
    try ModuleVariant.shipped("Autopilot")
      .replacing(
        "PartitionIdentifier=\"1\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=\"0.006\"",
        by: "PartitionIdentifier=\"1\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=\"0.0059\""
      )
      .replacing(
        "WindowDurationSeconds=\"0.004\"\n        PartitionPeriodStart=\"true\"/>",
        by: "WindowDurationSeconds=\"0.0018\" PartitionPeriodStart=\"true\"/>"
          + "<Window_Schedule WindowIdentifier=\"12\" WindowStartSeconds=\"0.0019\" "
          + "WindowDurationSeconds=\"0.0021\" PartitionPeriodStart=\"false\"/>")
  }

  /// In both directions no verdict is another than a capture's.
  @Test(arguments: [false, true]) func noVerdictIsAnotherThanTheCaptures(isJoined: Bool) throws {
    let variants = [try ModuleVariant.shipped("Autopilot"), try Self.split()]
    let (before, after) = isJoined ? (variants[1], variants[0]) : (variants[0], variants[1])
    let real = try WhatIfTests.report(CapturedRun.capture(after, milliseconds: 500).trace)
    let run = try CapturedRun.capture(before, milliseconds: 500)
    let answer = try WhatIfProcessesTests.answer(to: run.trace, after)
    for claim in answer.claims {
      guard let seen = real.claim(claim.claim)?.verdict, seen != .unknown else { continue }
      let predicted = try #require(claim.predictedVerdict)
      #expect(["unknown", seen.rawValue].contains(predicted), "\(claim.claim): \(predicted), and \(seen) in a capture")
    }
    #expect(answer.claims.count { $0.predictedVerdict == "pass" } > 100)
  }

  /// The template's Nav has one process and nothing else to do: in one window or in two it is predicted to 2 µs.
  @Test(arguments: [false, true]) func whoHasOneProcessIsPredicted(isJoined: Bool) throws {
    let folder = try OutsidePartition.folder()
    let built = try OutsidePartition.build("--name", "Nav", "nav", in: folder)
    try #require(built.status == 0, "\(built.text)")
    var one = ModuleVariant(
      description: try String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8), stimulus: "")
    one.images["Nav"] = Array(try Data(contentsOf: folder.url("Nav.elf")))
    let two = try one.replacing(
      "WindowDurationSeconds=\"0.010\"\n        PartitionPeriodStart=\"true\"/>",
      by: "WindowDurationSeconds=\"0.006\" PartitionPeriodStart=\"true\"/><Window_Schedule WindowIdentifier=\"11\" "
        + "WindowStartSeconds=\"0.010\" WindowDurationSeconds=\"0.004\" PartitionPeriodStart=\"false\"/>")
    let (before, after) = isJoined ? (two, one) : (one, two)
    let claim = "process.deadline.Nav.navigate"
    let real = try #require(try WhatIfTests.report(CapturedRun.capture(after, milliseconds: 500).trace).claim(claim))
    try folder.write(CapturedRun.capture(before, milliseconds: 500).trace, to: "run.partita")
    try folder.write(Array(after.description.utf8), to: "other.xml")
    let text = try folder.partita([
      "what-if", "run.partita", "--module", "other.xml", "--images", BootImages.package + "/.build/images", "--all",
      "--format", "json",
    ]).text
    let answer = try JSONDecoder().decode(WhatIfProcessesTests.Answer.self, from: Data(text.utf8))
    let predicted = try answer.claim(claim)
    #expect(real.verdict == .pass && predicted.predictedVerdict == "pass", "\(answer.weaknesses)")
    #expect(abs(try #require(predicted.predictedWorst) - #require(real.worst?.value)) < 2000)
  }

  /// The partition changes the schedule in its fourth job; in the second its period starts later or not.
  private static func changing(secondStart: String, _ image: [UInt8]) -> ModuleVariant {
    func schedule(_ number: Int, start: String) -> String {
      """
      <Module_Schedule MajorFrameSeconds="0.020" ScheduleIdentifier="\(number)" InitialModuleSchedule="\(number == 0)">
        <Partition_Schedule PartitionIdentifier="1" PeriodSeconds="0.020" PeriodDurationSeconds="0.005"
          SetModuleSchedule="true">
          <Window_Schedule WindowIdentifier="\(number + 1)" WindowStartSeconds="\(start)"
            WindowDurationSeconds="0.005" PartitionPeriodStart="true"/>
        </Partition_Schedule>
      </Module_Schedule>
      """
    }
    let description = """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Changing" ModuleId="1">
        <Partition PartitionIdentifier="1" PartitionName="Nav" SystemPartition="true" p:Image="Nav">
          <Process Name="navigate" StackSize="0x4000" p:PeriodSeconds="0.020" p:TimeCapacitySeconds="0.001"
            p:DeadlineSeconds="0.005" p:Priority="20" p:Completion="TOLD"/>
        </Partition>
        <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
          p:Drainer="true"><p:PortGrant First="0xE9" Count="1"/></Partition>
        \(schedule(0, start: "0.000"))
        \(schedule(1, start: secondStart))
        <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="0"/>
        <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="50" EventsPerBlock="4096"/>
      </ARINC_653_Module>
      """
    return ModuleVariant(description: description, stimulus: "", images: ["Nav": image])
  }

  /// Releases go on as they were when the schedule changes, wherever its periods start: with the window 7 ms later each
  /// job is late, though it is done as soon after the period's start. The recorded run does not show that.
  @Test func aReleaseGoesOnFromAnotherSchedules() throws {
    let folder = try OutsidePartition.folder(
      """
      #include <ARINC653.h>
      static RETURN_CODE_TYPE status;
      static void navigate(void) {
        for (unsigned job = 0;; job++) {
          for (unsigned round = 0; round < 100000; round++) __asm__ volatile("" : : "r"(round));
          if (job == 3) SET_MODULE_SCHEDULE(1, &status);
          PERIODIC_WAIT(&status);
        }
      }
      int main(void) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = 20000000, .TIME_CAPACITY = INFINITE_TIME_VALUE,
            .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate, .STACK_SIZE = 16384, .BASE_PRIORITY = 20,
            .DEADLINE = SOFT, .NAME = "navigate"};
        PROCESS_ID_TYPE process;
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
        SET_PARTITION_MODE(NORMAL, &status);
      }

      """)
    let built = try OutsidePartition.build("--name", "Nav", "nav", in: folder)
    try #require(built.status == 0, "\(built.text)")
    let image = Array(try Data(contentsOf: folder.url("Nav.elf")))
    let modules = ["0.000", "0.007"].map { Self.changing(secondStart: $0, image) }
    let traces = try modules.map { try CapturedRun.capture($0, milliseconds: 150).trace }
    let claim = "process.deadline.Nav.navigate"
    #expect(try traces.map { try WhatIfTests.report($0).claim(claim)?.verdict } == [.pass, .fail])
    for (recorded, other) in [(0, 1), (1, 0)] {
      let answer = try WhatIfProcessesTests.answer(to: traces[recorded], modules[other])
      #expect(try answer.claim(claim).predictedVerdict == "unknown", "\(answer.weaknesses)")
    }
  }
}

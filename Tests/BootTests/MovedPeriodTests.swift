import CommandFolder
import Foundation
import Testing
import TraceFormat
import Verification

/// Two module schedules that give a partition the same period from other instants on.
@Suite struct MovedPeriodTests {
  /// Its process has a job every 20 ms, and asks for the other schedule at the fourth and the ninth.
  private static let source = """
    #include <ARINC653.h>
    #include <partita.h>

    static void navigate(void) {
      RETURN_CODE_TYPE status;
      for (int job = 1;; job++) {
        if (job == 4) SET_MODULE_SCHEDULE(1, &status);
        if (job == 9) SET_MODULE_SCHEDULE(0, &status);
        partita_note(1, (uint64_t)partita_now());
        PERIODIC_WAIT(&status);
      }
    }

    int main(void) {
      PROCESS_ATTRIBUTE_TYPE attributes = {
          .PERIOD = 20000000, .TIME_CAPACITY = 20000000, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate,
          .STACK_SIZE = 4096, .BASE_PRIORITY = 20, .DEADLINE = HARD, .NAME = "navigate"};
      PROCESS_ID_TYPE process;
      RETURN_CODE_TYPE status;
      CREATE_PROCESS(&attributes, &process, &status);
      START(process, &status);
      SET_PARTITION_MODE(NORMAL, &status);
    }
    """

  private static func schedule(_ identifier: Int, _ window: String) -> String {
    """
    <Module_Schedule MajorFrameSeconds="0.020" ScheduleIdentifier="\(identifier)" ScheduleName="s\(identifier)"
      InitialModuleSchedule="\(identifier == 0)">
      <Partition_Schedule PartitionIdentifier="1" PeriodSeconds="0.020" PeriodDurationSeconds="0.010"
        SetModuleSchedule="true">
        <Window_Schedule WindowIdentifier="10" WindowStartSeconds="\(window)" WindowDurationSeconds="0.010"
          PartitionPeriodStart="true"/>
      </Partition_Schedule>
    </Module_Schedule>
    """
  }

  /// It counts its period from its first release whatever the schedule, and is never late: it begins in the midst of a
  /// window where its partition's period has moved ahead, and 8 ms after its release where that has moved back.
  @Test(arguments: [("0.008", "0.000"), ("0.000", "0.008")])
  func aProcessKeepsItsPeriod(_ windows: (first: String, second: String)) throws {
    let folder = try OutsidePartition.folder(Self.source)
    var module = try String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8)
    let begin = try #require(module.range(of: "<Module_Schedule")).lowerBound
    let end = try #require(module.range(of: "</Module_Schedule>")).upperBound
    module.replaceSubrange(begin..<end, with: Self.schedule(0, windows.first) + Self.schedule(1, windows.second))
    module = module.replacingOccurrences(of: "p:DeadlineSeconds=\"0.005\"", with: "p:DeadlineSeconds=\"0.020\"")
    try folder.write(Array(module.utf8), to: "nav/module.xml")
    let run = try OutsidePartition.boot(folder, words: ["nav"], milliseconds: 300)
    #expect(run.events(.scheduleChange).map(\.event).filter { $0.detail == 1 }.count == 2)
    #expect(run.events(.healthError).isEmpty)
    let report = try Judge.verify(run.trace).report
    let claim = try #require(report.claim("process.deadline.Nav.navigate"))
    #expect(claim.verdict == .pass && claim.checked > 12, "\(claim)")
    let longest = try #require(claim.worst).value
    let wait: Int64 = windows.first == "0.000" ? 8_000_000 : 0
    #expect(longest > wait && longest < wait + 200_000, "\(claim)")
    #expect(report.identifiers(.fail) == [])
    try Data(run.trace).write(to: folder.url("T"))
    _ = try folder.partita("verify", "T", "--certificate", "C")
    let audit = try folder.partita("audit", "C", "T")
    #expect(audit.status == 0, "\(audit.text)")
  }
}

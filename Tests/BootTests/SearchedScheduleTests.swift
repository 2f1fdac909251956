import CommandFolder
import Foundation
import Testing

/// `what-if --schedule-search` is not surer than `what-if` is of what it proposes.
@Suite struct SearchedScheduleTests {
  private struct Found: Decodable {
    struct Miss: Decodable, Equatable {
      var claim: String
      var verdict: String
    }
    var verdict: String
    var misses: [Miss]?
    var moduleSchedule: [String]
    var weaknesses: [String]
  }

  private static let run = Result { try CapturedRun.capture(.shipped("FlightControl"), milliseconds: 500) }

  /// With the shortest windows a deadline is met or not by what the kernel takes: 50 ns more an entry must not turn it.
  @Test(arguments: ["0", "1", "10"]) func whatIsProposedIsPredicted(margin: String) throws {
    let folder = try CommandFolder()
    try folder.write(Self.run.get().trace, to: "run")
    let search = try folder.partita([
      "what-if", "run", "--schedule-search", "--margin", margin, "--format", "json",
    ])
    let found = try JSONDecoder().decode(Found.self, from: Data(search.text.utf8))
    #expect(search.status == 0 && found.verdict == "pass", "\(found.weaknesses)")
    var module = try ModuleVariant.shipped("FlightControl")
    let begin = try #require(module.description.range(of: "<Module_Schedule"))
    let rest = module.description[begin.upperBound...]
    let start = try #require(rest.range(of: ">")).upperBound
    let end = try #require(rest.range(of: "</Module_Schedule>")).lowerBound
    module.description.replaceSubrange(start..<end, with: found.moduleSchedule.joined(separator: "\n"))
    // What 'check' asks for beside the windows.
    module.description.replace(#/p:TimeCapacitySeconds="[^"]*"/#, with: "p:TimeCapacitySeconds=\"0.000000001\"")
    let answer = try WhatIfProcessesTests.answer("--margin", margin, to: Self.run.get().trace, module)
    let deadlines = answer.claims.filter { $0.claim.hasPrefix("process.deadline.") }
    #expect(deadlines.count == 3)
    #expect(deadlines.allSatisfy { $0.predictedVerdict == "pass" }, "\(deadlines) \(answer.weaknesses)")
  }

  /// Whether a partition has waited by the clock or computed nobody knows from its trace. With a margin it comes to the
  /// end of its first window here before 3 ms are over. It is taken to have computed, and then has the rest left in
  /// the second one, and is late; were it certain, the search would answer what `what-if` does not.
  @Test func whatHoldsIfItWaitedIsInDoubt() throws {
    let folder = try OutsidePartition.folder(
      """
      #include <ARINC653.h>
      #include <partita.h>
      static RETURN_CODE_TYPE status;
      static void navigate(void) {
        while (1) {
          for (unsigned round = 0; round < 200000; round++) __asm__ volatile("" : : "r"(round));
          partita_note(0, 0);
          const SYSTEM_TIME_TYPE end = partita_now() + 3000000;
          while (partita_now() < end) {}
          PERIODIC_WAIT(&status);
        }
      }
      int main(void) {
        PROCESS_ATTRIBUTE_TYPE attributes = {
            .PERIOD = 20000000, .TIME_CAPACITY = 10300000, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate,
            .STACK_SIZE = 16384, .BASE_PRIORITY = 20, .DEADLINE = HARD, .NAME = "navigate"};
        PROCESS_ID_TYPE process;
        CREATE_PROCESS(&attributes, &process, &status);
        START(process, &status);
        SET_PARTITION_MODE(NORMAL, &status);
      }

      """)
    let module = try ModuleVariant(
      description: String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8), stimulus: ""
    )
    .replacing("p:DeadlineSeconds=\"0.005\"", by: "p:DeadlineSeconds=\"0.0103\"")
    .replacing("PeriodDurationSeconds=\"0.010\"", by: "PeriodDurationSeconds=\"0.008\"")
    .replacing(
      "WindowDurationSeconds=\"0.010\"\n        PartitionPeriodStart=\"true\"/>",
      by: "WindowDurationSeconds=\"0.004\" PartitionPeriodStart=\"true\"/><Window_Schedule WindowIdentifier=\"11\" "
        + "WindowStartSeconds=\"0.010\" WindowDurationSeconds=\"0.004\" PartitionPeriodStart=\"false\"/>")
    try folder.write(Array(module.description.utf8), to: "nav/module.xml")
    let run = try OutsidePartition.boot(folder, words: ["nav"], milliseconds: 150)
    try folder.write(run.trace, to: "run.partita")
    let search = try folder.partita([
      "what-if", "run.partita", "--schedule-search", "--margin", "30", "--format", "json",
    ])
    #expect(search.status == 3, "\(search.text)")
    let found = try JSONDecoder().decode(Found.self, from: Data(search.text.utf8))
    #expect(found.verdict == "unknown" && found.misses == [.init(claim: Self.navigate, verdict: "unknown")])
    let sentence = Self.navigate + " holds if Nav waited by the clock where computation is assumed"
    #expect(found.weaknesses.contains(sentence), "\(found.weaknesses)")
  }

  private static let navigate = "process.deadline.Nav.navigate"
}

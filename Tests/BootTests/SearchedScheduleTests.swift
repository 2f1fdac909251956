import CommandFolder
import Foundation
import Testing

/// `what-if --schedule-search` is not surer than `what-if` is of what it proposes.
@Suite struct SearchedScheduleTests {
  private struct Found: Decodable {
    var verdict: String
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
}

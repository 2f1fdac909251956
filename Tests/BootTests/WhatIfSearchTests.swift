import CommandFolder
import Foundation
import Testing

/// The smallest windows of `partita what-if --schedule-search`, given to the machine.
@Suite struct WhatIfSearchTests {
  /// The module file with the elements that the answer prints in the place of its schedule's.
  private static func module(_ plain: ModuleVariant, with elements: [String]) throws -> ModuleVariant {
    var found = plain
    let text = plain.description
    let schedule = try #require(text.range(of: "<Module_Schedule"))
    let start = try #require(text.range(of: ">", range: schedule.upperBound..<text.endIndex)).upperBound
    let end = try #require(text.range(of: "</Module_Schedule>", range: start..<text.endIndex)).lowerBound
    found.description.replaceSubrange(start..<end, with: elements.joined(separator: "\n"))
    for capacity in ["0.001", "0.004", "0.0015"] {
      found = try found.replacing(
        "TimeCapacitySeconds=\"\(capacity)\"", by: "TimeCapacitySeconds=\"0.000000001\"")
    }
    return found
  }

  /// They are some microseconds beyond L, so that starts take several of them, and the deadlines hold there too.
  @Test func deadlinesHoldInTheSmallestWindows() throws {
    var plain = try ModuleVariant.flightControl()
    plain.stimulus = ""
    let run = try CapturedRun.capture(plain, milliseconds: 400)
    let folder = try CommandFolder()
    try folder.write(run.trace, to: "run.partita")
    let answer = try folder.partita("what-if", "run.partita", "--schedule-search", "--margin", "10")
    #expect(answer.status == 0, "\(answer.text)")
    let elements = answer.text.split(separator: "\n").map(String.init).filter {
      $0.hasPrefix("  <") || $0.hasPrefix("    <")
    }
    #expect(elements.count(where: { $0.contains("<Window_Schedule ") }) == 7, "\(answer.text)")
    #expect(
      elements.contains { $0.contains("\"101\"") && $0.contains("WindowDurationSeconds=\"0.0000") }, "\(elements)")
    let other = try CapturedRun.capture(Self.module(plain, with: elements), milliseconds: 400)
    let deadlines = try WhatIfTests.report(other.trace).claims.filter { $0.identifier.hasPrefix("process.deadline.") }
    #expect(deadlines.count == 3)
    for claim in deadlines {
      #expect(claim.verdict == .pass, "\(claim.identifier): \(claim.firstViolations)\n\(answer.text)")
    }
  }
}

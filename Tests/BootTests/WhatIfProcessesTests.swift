import CommandFolder
import Foundation
import Testing

/// Processes that take the processor from each other, in other windows: the order in which they have it is their
/// scheduler's decision, of which a recorded run has the outcome alone.
@Suite struct WhatIfProcessesTests {
  private struct Answer: Decodable {
    struct Claim: Decodable {
      var claim: String
      var predictedVerdict: String?
      var predictedWorst: Int64?
    }
    var claims: [Claim]
    var weaknesses: [String]

    func claim(_ identifier: String) throws -> Claim { try #require(claims.first { $0.claim == identifier }) }
  }

  private static let deadlines = ["guidance", "surveillance", "navigation", "telemetry"].map {
    "process.deadline.Autopilot.\($0)"
  }

  /// The module with a shorter second window.
  private static func module(windowNanoseconds: UInt64) throws -> ModuleVariant {
    func seconds(_ nanoseconds: UInt64) -> String { "\(Double(nanoseconds) / 1e9)" }
    // Loader's windows are as long as Autopilot's together.
    let (period, first) = (
      "PartitionIdentifier=\"1\" PeriodSeconds=\"0.020\" PeriodDurationSeconds=", UInt64(4_000_000)
    )
    return try ModuleVariant.shipped("Autopilot")
      .replacing(period + "\"0.006\"", by: period + "\"\(seconds(first + windowNanoseconds))\"")
      .replacing("WindowDurationSeconds=\"0.002\"", by: "WindowDurationSeconds=\"\(seconds(windowNanoseconds))\"")
  }

  private static func answer(_ arguments: String..., to trace: [UInt8], _ other: ModuleVariant) throws -> Answer {
    let folder = try CommandFolder()
    try folder.write(trace, to: "run.partita")
    try folder.write(Array(other.description.utf8), to: "other.xml")
    let text = try folder.partita(
      [
        "what-if", "run.partita", "--module", "other.xml", "--images", BootImages.package + "/.build/images", "--all",
        "--format", "json",
      ] + arguments
    ).text
    return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
  }

  /// Telemetry is not done in the shorter window and goes on in the next period, where guidance is due: nobody knows
  /// from a recorded run in which it was, but every deadline is met, and none by a window later than predicted.
  @Test(arguments: [1_800_000, 1_500_000] as [UInt64])
  func whatIsNotDoneInAWindowGoesOnInTheNext(_ windowNanoseconds: UInt64) throws {
    let run = try CapturedRun.capture(.shipped("Autopilot"), milliseconds: 500)
    let shorter = try Self.module(windowNanoseconds: windowNanoseconds)
    let other = try WhatIfTests.report(CapturedRun.capture(shorter, milliseconds: 500).trace)
    let answer = try Self.answer(to: run.trace, shorter)
    for identifier in Self.deadlines {
      let (seen, predicted) = (try #require(other.claim(identifier)), try answer.claim(identifier))
      #expect(seen.verdict == .pass)
      #expect(predicted.predictedVerdict == "unknown", "\(identifier)")
      let worst = try #require(predicted.predictedWorst)
      #expect(abs(worst - (try #require(seen.worst?.value))) < 1_000_000, "\(identifier): \(worst)")
    }
    #expect(answer.weaknesses.contains { $0.contains("Autopilot is interrupted at another of its processes' calls") })
  }

  /// What changes nothing of that order is known.
  @Test func aMarginThatKeepsTheOrderLeavesNoDoubt() throws {
    let module = try ModuleVariant.shipped("Autopilot")
    let run = try CapturedRun.capture(module, milliseconds: 500)
    let same = try Self.answer(to: run.trace, module)
    let little = try Self.answer("--margin", "1", to: run.trace, module)
    for identifier in Self.deadlines {
      #expect(try same.claim(identifier).predictedVerdict == "pass")
      #expect(try little.claim(identifier).predictedVerdict == "pass", "\(identifier)")
    }
    #expect(same.weaknesses.isEmpty && little.weaknesses.isEmpty, "\(little.weaknesses)")
  }
}

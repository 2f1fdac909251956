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
}

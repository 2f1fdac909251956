import CommandFolder
import Foundation
import Testing

/// What `partita what-if` says first is what an integrator has to know first.
@Suite struct PredictedOrderTests {
  private static let gravest = "process.deadline.Control.control law"

  /// A recorded run in which Control takes up to 3.7 ms, and a module that gives it 3 ms, and the console 1 µs less
  /// than it had; that writes keyframes in each frame besides, so that some of the kernel's own paths are unknown.
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "run").ending == .status(0))
    var module = try OtherModule()
    for (old, new) in [
      ("p:TimeCapacitySeconds=\"0.004\"", "p:TimeCapacitySeconds=\"0.001\""),
      ("p:DeadlineSeconds=\"0.007\"", "p:DeadlineSeconds=\"0.003\""),
      ("p:DeadlineSeconds=\"0.014\"", "p:DeadlineSeconds=\"0.013999\""),
    ] {
      #expect(module.text.contains(old))
      module.text = module.text.replacingOccurrences(of: old, with: new)
    }
    try module.set("KeyframeIntervalFrames=", to: "1")
    try folder.write(Array(module.text.utf8), to: "other.xml")
    return folder
  }

  @Test func theGravestComesFirst() throws {
    let folder = try Self.folder()
    let run = try folder.run("what-if", "run", "--module", "other.xml", "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    #expect(answer.exitStatus == 1 && run.ending == .status(1), "\(run.errors)")
    let first = try #require(answer.claims.first)
    #expect(first.claim == Self.gravest && first.predictedVerdict == "fail" && first.recordedVerdict == "pass")
    #expect(first.recordedBound == 7_000_000 && first.bound == 3_000_000 && first.boundIs == "most")
    let (before, after) = (try #require(first.recordedWorst), try #require(first.predictedWorst))
    #expect(first.change == after - before)
    #expect(first.firstViolation ?? 0 > 0 && first.explanation?.contains("control law") == true, "\(first)")
    let order = ["fail", "unknown", "pass"]
    let ranks = try answer.claims.map { claim in try #require(order.firstIndex(of: claim.predictedVerdict ?? "")) }
    #expect(ranks == ranks.sorted() && Set(ranks).count == 3, "\(ranks)")
    #expect(answer.claim("padding.margin")?.boundIs == "least")
  }

  @Test func aPersonReadsItFirst() throws {
    let folder = try Self.folder()
    let output = try folder.run("what-if", "run", "--module", "other.xml").output
    let lines = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    try #require(lines.count > 3, "\(output)")
    #expect(lines[0].hasPrefix("predicted: 1 violated, ") && lines[0].hasSuffix(", 2 their bound"), "\(lines[0])")
    #expect(lines[2].hasPrefix("claim "), "\(lines)")
    let bounds = "≤ 7 000 000 → 3 000 000 ns"
    // Digits stand in groups, and no line breaks between them.
    let ownSpaces = lines.map { $0.replacing("\u{202F}", with: " ") }
    #expect(ownSpaces[3].hasPrefix(Self.gravest) && ownSpaces[3].hasSuffix(bounds), "\(lines[3])")
    let told = lines.filter { $0.hasPrefix("  violated at ") }
    #expect(told.count == 1 && told[0].contains("control law"), "\(told)")
    // A bound that is another is shown, though the claim holds with either.
    #expect(
      ownSpaces.contains { $0.hasPrefix("process.deadline.Maintenance.console") && $0.contains("→ 13 999 000 ns") })
  }
}

import CommandFolder
import Foundation
import Testing

/// A module's own claims about events that a prediction has not: violated in the recorded run, they are no pass there.
@Suite struct UnpredictedClaimTests {
  private static let claims = """
    <p:Claims>
      <p:Claim Name="no-draining" Form="NEVER"><p:Event Kind="drained"/></p:Claim>
      <p:Claim Name="no-stimulus" Form="NEVER"><p:Event Kind="stimulus"/></p:Claim>
      <p:Claim Name="no-kernel-fault" Form="NEVER"><p:Event Kind="kernelFault"/></p:Claim>
    </p:Claims>
    """

  /// Verdicts on these claims, in the recorded run and in the prediction, and what is said of them.
  private static func verdicts(_ folder: CommandFolder, under module: String) throws -> ([[String?]], [String]) {
    let run = try folder.run("what-if", "run", "--module", module, "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    let rows = ["no-draining", "no-stimulus", "no-kernel-fault"].map { answer.claim("custom." + $0) }
    #expect(run.ending == .status(answer.exitStatus), "\(run.errors)")
    return (rows.map { [$0?.recordedVerdict, $0?.predictedVerdict] }, answer.weaknesses)
  }

  @Test func nobodyKnowsOfWhatIsNotPredicted() throws {
    let folder = try CommandFolder()
    let module = try OtherModule().text.replacingOccurrences(
      of: "</ARINC_653_Module>", with: Self.claims + "</ARINC_653_Module>")
    try folder.write(Array(module.utf8), to: "module.xml")
    try folder.write(Array("0.01 pulse 8\n".utf8), to: "stimulus.txt")
    let packed = try folder.run("pack", "module.xml", "--stimulus", "stimulus.txt", "-o", "module.img")
    #expect(packed.ending == .status(0), "\(packed.errors)")
    #expect(try folder.run("synthesize", "module.img", "--events", "20000", "-o", "run").ending == .status(0))
    let (verdicts, weaknesses) = try Self.verdicts(folder, under: "module.xml")
    #expect(verdicts == [["fail", "unknown"], ["fail", "unknown"], ["pass", "pass"]])
    #expect(
      weaknesses == [
        "custom.no-draining is about events that are not predicted: drained",
        "custom.no-stimulus is about events that are not predicted: stimulus",
      ])
    // An image that brings its stimuli plays them in the prediction too.
    let (again, sentences) = try Self.verdicts(folder, under: "module.img")
    #expect(again == [["fail", "unknown"], ["fail", "fail"], ["pass", "pass"]])
    #expect(sentences == ["custom.no-draining is about events that are not predicted: drained"])
  }
}

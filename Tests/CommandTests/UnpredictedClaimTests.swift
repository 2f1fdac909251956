import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading

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

  /// Under the recorded module the recorded run is the truth: what the prediction has otherwise is not sure of it.
  @Test func aVerdictThatTheRecordedRunRefutesIsUnknown() throws {
    let folder = try CommandFolder()
    let claim = "<p:Claims><p:Claim Name=\"quiet\" Form=\"NEVER\"><p:Event Kind=\"spurious\"/></p:Claim></p:Claims>"
    let module = try OtherModule().text.replacingOccurrences(
      of: "</ARINC_653_Module>", with: claim + "</ARINC_653_Module>")
    try folder.write(Array(module.utf8), to: "module.xml")
    #expect(try folder.run("synthesize", "module.xml", "--events", "20000", "-o", "calm").ending == .status(0))
    let calm = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("calm"))))
    try folder.write(try Self.withSpuriousInterrupt(calm), to: "run")
    func predicted(_ options: String...) throws -> ([String?], Bool) {
      let run = try folder.run(["what-if", "run", "--module", "module.xml", "--format", "json"] + options)
      let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
      let claim = answer.claim("custom.quiet")
      return (
        [claim?.recordedVerdict, claim?.predictedVerdict],
        answer.weaknesses.contains { $0.hasPrefix("custom.quiet was otherwise in the recorded run") }
      )
    }
    let (same, isTold) = try predicted()
    #expect(same == ["fail", "unknown"] && isTold)
    // With other demand it is another run.
    let (other, isToldThere) = try predicted("--margin", "1")
    #expect(other == ["fail", "pass"] && !isToldThere)
  }

  /// The trace with an event that no demand asks for, behind a call's answer in its midst.
  private static func withSpuriousInterrupt(_ bytes: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes))
    var isDone = false
    while case .event(let position, var event)? = reader.next() {
      // The last one tells how many there are.
      if event.knownKind == .end { event.words.w0 += 1 }
      writer.append(event)
      if position > 10_000, event.knownKind == .hypercallResult, !isDone {
        isDone = true
        writer.append(TraceEvent(time: event.time, .spurious, partition: 0xFF, operand: 39))
      }
    }
    return writer.finish()
  }
}

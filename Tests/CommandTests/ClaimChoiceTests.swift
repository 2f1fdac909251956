import CommandFolder
import Foundation
import Testing

/// `p:Choose` and `p:Except` of a module file, as every command goes by them.
@Suite struct ClaimChoiceTests {
  /// The flight-control module with these choices; one budget of it can be exceeded by asking for nearly nothing.
  private static func module(_ choices: String, tight: Bool = false) throws -> [UInt8] {
    var module = try OtherModule()
    if tight { try module.set("\"KERNEL_TIME_PER_FRAME\" BoundSeconds=", to: "0.000000001") }
    let claims = choices.isEmpty ? "" : "<p:Claims>\n\(choices)\n</p:Claims>\n"
    return Array(module.text.replacingOccurrences(of: "</ARINC_653_Module>", with: claims + "</ARINC_653_Module>").utf8)
  }

  private static func folder(_ choices: String) throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(module(choices, tight: true), to: "module.xml")
    let made = try folder.run("synthesize", "module.xml", "--events", "20000", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    return folder
  }

  private static let exception = "<p:Except Claims=\"budget.kernelTime\"/>"
  private static let sentence = "left out by the module file: budget.kernelTime (1 claim)"

  private static func leftOut(_ json: String) throws -> [String]? {
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    return object?["leftOut"] as? [String]
  }

  /// What is violated and left out does not fail; and every answer says that it is left out.
  @Test func whatIsLeftOutIsToldEverywhere() throws {
    let whole = try Self.folder("")
    let violated = try whole.run("verify", "run")
    #expect(violated.ending == .status(1) && violated.output.contains("fail: budget.kernelTime"), "\(violated.output)")
    let folder = try Self.folder(Self.exception)
    let verified = try folder.run("verify", "run", "--certificate", "certificate")
    #expect(verified.ending == .status(0), "\(verified.output)")
    #expect(verified.output.hasSuffix("\n" + Self.sentence + "\n\n"), "\(verified.output)")
    let json = try folder.run("verify", "run", "--format", "json")
    #expect(try Self.leftOut(json.output) == ["budget.kernelTime"])
    #expect(!json.output.contains("\"id\": \"budget.kernelTime\""))
    let explained = try folder.run("verify", "run", "--explain", "window.order")
    #expect(explained.output.contains(Self.sentence), "\(explained.output)")
    let asked = try folder.run("verify", "run", "--claim", "budget.kernelTime")
    #expect(asked.ending == .status(2) && asked.errors.contains(Self.sentence), "\(asked.errors)")
    let audited = try folder.run("audit", "certificate", "run")
    #expect(audited.ending == .status(0), "\(audited.output)")
    #expect(audited.output.contains("left out by the module file: budget.kernelTime\n"), "\(audited.output)")
    let reported = try folder.run("report", "run", "-o", "run.html")
    #expect(reported.ending == .status(0) && reported.output.contains(Self.sentence), "\(reported.errors)")
    #expect(try String(contentsOfFile: folder.file("run.html"), encoding: .utf8).contains(Self.sentence))
    let top = try folder.run("top", "run", "--width", "60")
    #expect(top.output.contains("violated so far (1 left out); "), "\(top.output)")
  }

  /// The report's timeline has lanes for violated claims: for none that is left out, and each by its own name, whatever
  /// is left out before it.
  @Test(
    arguments: [
      ("<p:Except Claims=\"budget.kernelTime\"/>", []), ("<p:Except Claims=\"window\"/>", ["budget.kernelTime"]),
    ] as [(String, [String])]) func theTimelineShowsWhatIsJudged(choice: String, violated: [String]) throws
  {
    let folder = try Self.folder(choice)
    let reported = try folder.run("report", "run", "-o", "run.html")
    #expect(reported.ending == .status(0), "\(reported.errors)")
    let page = try String(contentsOfFile: folder.file("run.html"), encoding: .utf8)
    let lanes = page.components(separatedBy: "{\"group\":\"violation\",").dropFirst()
    #expect(lanes.map { String($0.split(separator: "\"", maxSplits: 5)[4]) } == violated)
  }

  @Test func claimsAreMarked() throws {
    let folder = try CommandFolder()
    try folder.write(Self.module("<p:Choose Claims=\"budget\"/>\n" + Self.exception), to: "module.xml")
    let listed = try folder.run("claims", "module.xml")
    let lines = listed.output.split(separator: "\n").dropFirst()
    #expect(listed.ending == .status(0) && lines.count > 100, "\(listed.errors)")
    for line in lines {
      let isChosen = line.hasPrefix("budget.") && !line.hasPrefix("budget.kernelTime ") || line.hasPrefix("trace.")
      #expect(line.contains("(left out by the module file) ") == !isChosen, "\(line)")
    }
    let json = try folder.run("claims", "module.xml", "--claim", "budget.kernelTime", "--format", "json")
    #expect(json.output.contains("\"leftOut\" : true"), "\(json.output)")
  }

  /// The other module's choices are those of the prediction.
  @Test func aPredictionIsJudgedByTheChosen() throws {
    let folder = try Self.folder("")
    try folder.write(Self.module(Self.exception, tight: true), to: "other.xml")
    let run = try folder.run("what-if", "run", "--module", "other.xml", "--format", "json")
    #expect(run.ending == .status(0), "\(run.output)")
    #expect(try Self.leftOut(run.output) == ["budget.kernelTime"])
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    #expect(answer.claim("budget.kernelTime") == nil && answer.claim("window.order")?.predictedVerdict == "pass")
    let text = try folder.run("what-if", "run", "--module", "other.xml")
    #expect(text.output.contains(Self.sentence), "\(text.output)")
    let same = try folder.run("what-if", "run", "--module", "module.xml")
    #expect(same.ending == .status(1) && !same.output.contains("left out"), "\(same.output)")
  }

  /// Deadlines that are left out bind windows all the same: else a search would make them as short as may be.
  @Test func windowsAreSearchedByAllDeadlines() throws {
    let folder = try CommandFolder()
    try folder.write(Self.module("<p:Except Claims=\"process\"/>"), to: "module.xml")
    #expect(try folder.run("synthesize", "module.xml", "--events", "8000", "-o", "run").ending == .status(0))
    let found = try folder.run("what-if", "run", "--schedule-search")
    #expect(found.output.contains("process.deadline.Sensors.acquire"), "\(found.output) \(found.errors)")
  }

  /// With file and line, from whatever compiles the module.
  @Test(arguments: [
    ("<p:Except Claims=\"trace.end\"/>", "'trace.end' leaves out trace.end"),
    ("<p:Except Claims=\"bugdet\"/>", "the module has no claim that 'bugdet' matches"),
  ]) func whatCannotBeLeftOutIsRefused(choice: String, sentence: String) throws {
    let folder = try CommandFolder()
    let module = try Self.module("<p:Choose Claims=\"*\"/>\n" + choice)
    try folder.write(module, to: "module.xml")
    let text = String(decoding: module, as: UTF8.self)
    let line = text[..<(try #require(text.range(of: choice)).lowerBound)].split(
      separator: "\n", omittingEmptySubsequences: false
    ).count
    for command in [["check"], ["claims"], ["pack", "-o", "module.img"]] {
      let run = try folder.run([command[0], "module.xml"] + command.dropFirst())
      #expect(run.ending == .status(1), "\(command): \(run.output)")
      #expect(run.errors.contains("module.xml:\(line): error: \(sentence)"), "\(command): \(run.errors)")
    }
  }
}

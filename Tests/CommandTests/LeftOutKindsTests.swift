import CommandFolder
import Foundation
import Testing

/// Traces out of which a module leaves kinds of events: what each command says of them, and that none passes over it.
@Suite struct LeftOutKindsTests {
  private static let kinds = ["acknowledged", "upcallWritten", "messageCopied"]
  private static let claims: Set<String> = [
    "interrupt.acknowledged", "upcall.written", "port.copied", "port.content", "queue.content",
  ]

  /// A folder with the module as it ships and with these kinds left out, and a run of each.
  private static func runs(events: Int = 20_000) throws -> CommandFolder {
    let folder = try CommandFolder()
    let whole = try OtherModule()
    var thin = whole
    let place = try #require(thin.text.range(of: "<p:Trace "))
    thin.text.insert(contentsOf: "LeftOut=\"\(kinds.joined(separator: " "))\" ", at: place.upperBound)
    for (name, module) in [("whole", whole), ("thin", thin)] {
      try folder.write(Array(module.text.utf8), to: name + ".xml")
      let run = try folder.run("synthesize", name + ".xml", "--events", "\(events)", "-o", name)
      #expect(run.ending == .status(0), "\(run.errors)")
    }
    return folder
  }

  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// How many events of each kind a trace has.
  private static func counts(
    _ name: String, _ folder: CommandFolder
  ) throws -> (kinds: [String: Int], leftOut: [String]) {
    let stats = try object(folder.run("stats", name, "--format", "json").output)
    return (try #require(stats["kinds"] as? [String: Int]), try #require(stats["leftOut"] as? [String]))
  }

  @Test func theOtherKindsAreThereAndTheRunIsJudged() throws {
    let folder = try Self.runs()
    let (whole, none) = try Self.counts("whole", folder)
    let (thin, leftOut) = try Self.counts("thin", folder)
    #expect(none == [] && leftOut == Self.kinds)
    #expect(thin == whole.filter { !Self.kinds.contains($0.key) } && thin.count == whole.count - 3)
    let text = try folder.run("stats", "thin").output
    #expect(text.contains("\n  left out         acknowledged, upcallWritten, messageCopied (p:Trace LeftOut)\n"))
    #expect(try folder.run("replay", "thin").ending == .status(0))
    let verified = try folder.run("verify", "thin", "--format", "json")
    let claims = try #require(try Self.object(verified.output)["claims"] as? [[String: Any]])
    let unknown = claims.filter { $0["verdict"] as? String == "unknown" }.compactMap { $0["id"] as? String }
    #expect(verified.ending == .status(3) && Set(unknown) == Self.claims && !verified.output.contains("\"fail\""))
    for threads in ["1", "3"] {
      #expect(try folder.run("verify", "thin", "--format", "json", "--threads", threads).output == verified.output)
    }
    let judged = try folder.run("verify", "thin", "--certificate", "certificate")
    #expect(judged.ending == .status(3))
    #expect(try folder.run("audit", "certificate", "thin").ending == .status(0))
  }

  /// Who leaves out the claims too has a verdict.
  @Test func whatIsExceptedIsNotUnknown() throws {
    let folder = try CommandFolder()
    var module = try OtherModule()
    let place = try #require(module.text.range(of: "<p:Trace "))
    module.text.replaceSubrange(
      place,
      with: "<p:Claims>\(Self.claims.map { "<p:Except Claims=\"\($0)\"/>" }.joined())</p:Claims>\n"
        + "<p:Trace LeftOut=\"\(Self.kinds.joined(separator: " "))\" ")
    try folder.write(Array(module.text.utf8), to: "module.xml")
    let run = try folder.run("synthesize", "module.xml", "--events", "20000", "-o", "run")
    #expect(run.ending == .status(0), "\(run.errors)")
    let verified = try folder.run("verify", "run")
    #expect(verified.ending == .status(0) && verified.output.contains("left out by the module file: "))
  }

  /// Neither trace's events of those kinds are compared, and what counts from them is no difference.
  @Test func diffComparesWhatBothHave() throws {
    let folder = try Self.runs()
    let run = try folder.run("diff", "whole", "thin")
    #expect(run.ending == .status(1) && run.output.contains("the modules differ: "), "\(run.output)")
    let sentence = "events of kind acknowledged, upcallWritten, messageCopied are not compared: a trace leaves them out"
    #expect(run.output.contains(sentence), "\(run.output)")
    let found = try Self.object(folder.run("diff", "whole", "thin", "--format", "json").output)
    #expect(found["kindsNotCompared"] as? [String] == Self.kinds)
    // The boot tells of another table, and the drainer has written fewer bytes.
    let drained = try Self.counts("whole", folder).kinds["drained"] ?? 0
    let counts = try #require(found["counts"] as? [String: Int])
    #expect(counts["missing"] == 0 && counts["added"] == 0 && counts["retimed"] == 0, "\(counts)")
    #expect((1...(1 + drained)).contains(counts["changed"] ?? 0), "\(counts)")
    let same = try Self.object(folder.run("diff", "thin", "thin", "--format", "json").output)
    #expect(same["equal"] as? Bool == true)
  }

  /// Another way of writing is not another run: what was recorded is so again, but for what cannot be told.
  @Test func whatIfTakesItForAWayOfWriting() throws {
    let folder = try Self.runs(events: 60_000)
    func answer(_ run: String, _ module: String) throws -> WhatIfAnswer {
      let run = try folder.run("what-if", run, "--module", module, "--format", "json")
      return try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    }
    for (run, module) in [("whole", "thin.xml"), ("thin", "whole.xml")] {
      let answer = try answer(run, module)
      let unknown = answer.claims.filter { $0.predictedVerdict == "unknown" }.map(\.claim)
      // How many bytes they would take is not known.
      #expect(Set(unknown) == Self.claims.union(["budget.traceBytes"]), "\(run): \(unknown)")
      #expect(answer.claims.allSatisfy { $0.predictedVerdict != "fail" })
      let sentence = "leaves events of kind acknowledged, upcallWritten, messageCopied out of its trace"
      #expect(answer.weaknesses.contains { $0.contains(sentence) } == (module == "thin.xml"), "\(answer.weaknesses)")
    }
  }

  /// What shows interrupts, upcalls and messages goes by what is there.
  @Test func exportsAndPagesAreMade() throws {
    let folder = try Self.runs(events: 5_000)
    for format in ["ctf", "perfetto", "chrome", "sqlite", "csv", "vcd"] {
      #expect(try folder.run("export", "thin", "--format", format, "-o", format).ending == .status(0), "\(format)")
    }
    let sums = try folder.run(
      "query", "thin", "SELECT count(*) > 0, count(acknowledged_ns) FROM interrupt", "--format", "csv")
    #expect(sums.output.split(whereSeparator: \.isNewline).last == "1,0", "\(sums.output) \(sums.errors)")
    #expect(try folder.run("report", "thin", "-o", "page.html").ending == .status(0))
    let page = try String(contentsOf: folder.url("page.html"), encoding: .utf8)
    #expect(page.contains("\"leftOut\":[\"acknowledged\",\"upcallWritten\",\"messageCopied\"]"))
  }
}

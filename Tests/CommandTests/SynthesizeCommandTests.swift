import CommandFolder
import Foundation
import Testing

/// `partita synthesize`: partitions keep their deadlines, and what it makes is not taken for a run.
@Suite struct SynthesizeCommandTests {
  /// A gap before the last of a few calls may reach far beyond the window. At the default --gap so few calls are rare,
  /// one in tens of millions of events; with a wide gap windows of one call are common.
  @Test(arguments: [("1", "2000"), ("2", "2000"), ("3", "1"), ("4", "100"), ("5", "1000000")])
  func deadlinesAreKeptInWindowsOfFewCallsAndOfMany(seed: String, gap: String) throws {
    let folder = try CommandFolder()
    let made = try folder.run(
      "synthesize", OtherModule.path, "--events", "200000", "--gap", gap, "--seed", seed, "--shuffled", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let judged = try folder.run("verify", "run", "--claim", "process.deadline", "--quiet")
    #expect(judged.ending == .status(0), "\(judged.output)")
    // As the help says: nothing but these budgets depends on how often partitions call.
    let others = try folder.run("verify", "run", "--except", "budget.kernelTime", "--except", "budget.traceBytes")
    #expect(others.ending == .status(0), "\(others.output)")
    if gap == "1" { #expect(try folder.run("verify", "run", "--quiet").ending == .status(1)) }
  }

  /// Of what it makes, and of what `what-if` makes of that, nobody says that a kernel ran.
  @Test func whatIsMadeIsNotTakenForARun() throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "made").ending == .status(0))
    _ = try folder.run("what-if", "made", "--module", OtherModule.path, "-o", "predicted")
    for trace in ["made", "predicted"] {
      let sentence = "not recorded from a kernel but made by partita"
      let verified = try folder.run("verify", trace, "--certificate", "\(trace).json", "--quiet")
      #expect(verified.output.contains("this trace is \(sentence)"), "\(verified.output)\(verified.errors)")
      #expect(try folder.run("verify", trace, "--format", "json").output.contains("\"recorded\": false"))
      let explained = try folder.run("verify", trace, "--explain", "frame.regular")
      #expect(explained.output.contains(sentence), "\(explained.output)")
      let audited = try folder.run("audit", "\(trace).json", trace)
      #expect(audited.output.contains("this trace is \(sentence)"), "\(audited.output)\(audited.errors)")
      #expect(audited.ending == .status(0), "\(audited.output)")
      #expect(try folder.run("stats", trace).output.contains("not from a kernel but made by partita"))
      #expect(try folder.run("stats", trace, "--format", "json").output.contains("\"recorded\":false"))
      #expect(try folder.run("report", trace, "-o", "\(trace).html").ending == .status(0))
      let page = try String(contentsOf: folder.url("\(trace).html"), encoding: .utf8)
      #expect(page.contains("\"recorded\":false") && page.contains(sentence))
    }
  }
}

import CommandFolder
import Testing

/// `partita synthesize`: partitions keep their deadlines.
@Suite struct SynthesizeCommandTests {
  /// A gap before the last of a few calls may reach far beyond the window. At the default --gap so few calls are rare,
  /// one in tens of millions of events; with a wide gap windows of one call are common.
  @Test(arguments: ["1", "2"]) func deadlinesAreKeptInWindowsOfFewCalls(seed: String) throws {
    let folder = try CommandFolder()
    let made = try folder.run(
      "synthesize", OtherModule.path, "--events", "200000", "--gap", "2000", "--seed", seed, "--shuffled", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let judged = try folder.run("verify", "run", "--claim", "process.deadline", "--quiet")
    #expect(judged.ending == .status(0), "\(judged.output)")
  }
}

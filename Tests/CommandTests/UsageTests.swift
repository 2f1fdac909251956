import CommandFolder
import Foundation
import Testing

/// Bad usage is answered with the usage of what was called.
@Suite struct UsageTests {
  /// That these are wrong shows only when the trace has been opened.
  @Test(arguments: [
    ["dump", "run.partita", "--kind", "nothing"], ["dump", "run.partita", "--partition", "nobody"],
    ["query", "run.partita", ""], ["dump", "run.partita", "--bogus"],
    ["dump", "run.partita", "--from", "2s", "--to", "1s"],
  ]) func theUsageIsTheSubcommandsOwn(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let run = try folder.run(arguments)
    #expect(run.ending == .status(2) && run.output == "", "\(run.errors)")
    let lines = run.errors.split(separator: "\n").map(String.init)
    let usage = "Usage: partita \(arguments[0]) "
    #expect(lines.count == 3 && lines[0].hasPrefix("Error: ") && lines[1].hasPrefix(usage), "\(run.errors)")
    #expect(lines.last == "  See 'partita \(arguments[0]) --help' for more information.", "\(run.errors)")
  }

  /// What is not there is neither a trace nor a module.
  @Test func aMissingFileIsNotCalledATrace() throws {
    let run = try CommandFolder().run("top", "missing.xml", "--for", "1s")
    #expect(run.ending == .status(2) && run.errors.contains("missing.xml: No such file"), "\(run.errors)")
    #expect(!run.errors.contains("is a trace already"), "\(run.errors)")
  }

  @Test(arguments: [["help", "bogus"], ["help", "dump", "stats"], ["help", "bogus", "dump"]])
  func helpOfWhatIsNoSubcommandIsRefused(arguments: [String]) throws {
    let folder = try CommandFolder()
    let run = try folder.run(arguments)
    #expect(run.ending == .status(2) && run.output == "", "\(arguments): \(run.output)")
    #expect(run.errors.contains("is no subcommand; 'partita help' lists them"), "\(run.errors)")
  }

  @Test(arguments: [["help"], ["help", "dump"], ["help", "help"], ["help", "-h"], ["help", "measure-decoding"]])
  func helpOfWhatThereIsIsGiven(arguments: [String]) throws {
    let run = try CommandFolder().run(arguments)
    #expect(run.ending == .status(0) && run.output.contains("USAGE: partita"), "\(arguments): \(run.errors)")
  }
}

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

  /// What `--force` does not do stands where it is explained, and is so.
  @Test(arguments: [
    "capture", "run", "pack", "schema", "synthesize", "rescue", "report", "export", "verify", "what-if",
  ]) func helpSaysThatForceSparesPrograms(command: String) throws {
    let run = try CommandFolder().run(command, "--help")
    let text = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    let help = try #require(text.range(of: "--force Replace"), "\(text)")
    #expect(text[help.upperBound...].contains("but never a program (ELF)"), "\(text[help.lowerBound...])")
  }

  @Test(arguments: [
    ["synthesize", OtherModule.path, "--events", "9"], ["report", "run"], ["verify", "run", "--certificate"],
  ])
  func aProgramStays(arguments: [String]) throws {
    let folder = try CommandFolder()
    let program: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0]
    try folder.write(program, to: "Nav.elf")
    try folder.write(LongTrace.short.get(), to: "run")
    let output = arguments.last == "--certificate" ? ["Nav.elf"] : ["-o", "Nav.elf"]
    let run = try folder.run(arguments + output + ["--force"])
    #expect(run.ending == .status(2), "\(run.output)")
    #expect(try [UInt8](Data(contentsOf: folder.url("Nav.elf"))) == program)
  }
}

import CommandFolder
import Foundation
import Testing

/// What a command reads is never what it writes, whatever `--force` says.
@Suite struct KeptInputTests {
  /// Commands whose output is their input, and what that is.
  static let commands: [(arguments: [String], input: String)] = [
    (["capture", "module.xml", "-o", "module.xml"], "module.xml"),
    (["capture", "module.xml", "-o", "new", "--ram", "module.xml"], "module.xml"),
    (["capture", "module.xml", "-o", "new", "--console", "module.xml"], "module.xml"),
    (["capture", "module.xml", "-o", "new", "--qemu-log", "module.xml"], "module.xml"),
    (["capture", "module.xml", "--stimulus", "stimulus.txt", "-o", "stimulus.txt"], "stimulus.txt"),
    (["capture", "module.xml", "--input", "stimulus.txt", "-o", "new", "--console", "stimulus.txt"], "stimulus.txt"),
    (["run", "module.xml", "-o", "module.xml"], "module.xml"),
    (["top", "module.xml", "-o", "module.xml"], "module.xml"),
    (["pack", "module.xml", "-o", "module.xml"], "module.xml"),
    (["pack", "module.xml", "--stimulus", "stimulus.txt", "-o", "stimulus.txt"], "stimulus.txt"),
    (["synthesize", "module.xml", "-o", "module.xml"], "module.xml"),
    (["what-if", "run.partita", "--module", "module.xml", "-o", "module.xml"], "module.xml"),
    (["what-if", "run.partita", "--module", "module.xml", "-o", "run.partita"], "run.partita"),
  ]

  @Test(arguments: commands.indices) func outputsAreKeptApart(number: Int) throws {
    let (arguments, input) = Self.commands[number]
    let folder = try Self.folder()
    let before = try Data(contentsOf: URL(fileURLWithPath: folder.file(input)))
    let names = folder.names
    let force = ["run"].contains(arguments[0]) ? [] : ["--force"]
    let command = try RunningCommand(arguments + force, in: folder)
    #expect(command.finish() == .status(2), "\(arguments)")
    #expect(command.errors.contains("\(input) is what is read here"), "\(arguments): \(command.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file(input))) == before, "\(arguments)")
    #expect(folder.names == names && folder.leftovers == [], "\(arguments)")
  }

  /// Two outputs of one name, there or not: one would be lost.
  @Test(arguments: ["--ram", "--console", "--qemu-log"]) func twoOutputsAreTwoFiles(option: String) throws {
    let folder = try Self.folder()
    // A link that leads to what is not there yet.
    try FileManager.default.createSymbolicLink(atPath: folder.file("link"), withDestinationPath: "new")
    for name in ["new", "./new", "link"] {
      let run = try folder.run("capture", "module.xml", "-o", "new", "--for", "1ms", option, name, "--force")
      #expect(run.ending == .status(2) && run.errors.contains("two outputs"), "\(option): \(run.errors)")
    }
    #expect(!folder.names.contains { $0.contains("new") }, "\(folder.names)")
  }

  @Test(arguments: ["--ram", "--console", "--qemu-log"]) func nothingIsReplacedUnasked(option: String) throws {
    let folder = try Self.folder()
    try folder.write(Array("mine".utf8), to: "letter")
    let run = try folder.run("capture", "module.xml", "-o", "new", "--for", "1ms", option, "letter")
    #expect(run.ending == .status(2) && run.errors.contains("letter"), "\(option): \(run.errors)")
    #expect(try String(contentsOfFile: folder.file("letter"), encoding: .utf8) == "mine")
    #expect(!folder.names.contains("new") && folder.leftovers == [], "\(folder.names)")
  }

  /// What the emulator cannot begin with is bad input, and not a trace without an end.
  @Test func whatCannotBootIsBadInput() throws {
    let folder = try Self.folder()
    for arguments in [["--kernel", "/bin/ls"], ["--qemu-log", "/nowhere/log"], ["--kernel", "/nowhere/kernel"]] {
      let command = try RunningCommand(["capture", "module.xml", "-o", "new", "--for", "1ms"] + arguments, in: folder)
      #expect(command.finish() == .status(2), "\(arguments): \(command.errors)")
      #expect(!folder.names.contains("new") && folder.leftovers == [], "\(folder.names)")
    }
  }

  /// A folder would give nothing to type; a name that is none is shown as such.
  @Test(arguments: [
    (["--input", "."], ". cannot be read: it is a folder; name a file"), (["--input", ""], "'' cannot be read"),
    (["--ram", ""], "'' cannot be written"),
  ]) func whatIsNoFileIsToldBeforeTheBoot(option: [String], sentence: String) throws {
    let folder = try Self.folder()
    let run = try folder.run(["capture", "module.xml", "-o", "new", "--for", "1ms"] + option)
    #expect(run.ending == .status(2) && run.errors.contains("partita: \(sentence)"), "\(run.errors)")
    #expect(!folder.names.contains("new") && folder.leftovers == [], "\(folder.names)")
  }

  /// Commands that write to 'letter', which is somebody's.
  static let writers: [[String]] = [
    ["verify", "run.partita", "--certificate", "letter"],
    ["what-if", "run.partita", "--module", "module.xml", "-o", "letter"],
    ["synthesize", "module.xml", "--events", "1000", "-o", "letter"], ["pack", "module.xml", "-o", "letter"],
    ["capture", "module.xml", "--for", "1ms", "-o", "letter"], ["run", "module.xml", "--for", "1ms", "-o", "letter"],
    ["capture", "module.xml", "--for", "1ms", "-o", "new", "--ram", "letter"],
    ["top", "module.xml", "--for", "1ms", "-o", "letter"], ["report", "run.partita", "-o", "letter"],
    ["export", "run.partita", "--format", "csv", "-o", "letter"], ["rescue", "--ram", "run.partita", "-o", "letter"],
  ]

  @Test(arguments: writers) func nothingIsOverwrittenWithoutForce(arguments: [String]) throws {
    let folder = try Self.folder()
    try folder.write(Array("mine".utf8), to: "letter")
    let names = folder.names
    let command = try RunningCommand(arguments, in: folder)
    #expect(command.finish() == .status(2), "\(arguments): \(command.output)")
    // In the same words everywhere.
    let told = "letter exists: name another, or add --force to replace it\n"
    #expect(command.errors.contains(told), "\(arguments): \(command.errors)")
    #expect(command.errors.split(separator: "\n").contains { $0.hasPrefix("partita: ") }, "\(command.errors)")
    #expect(try String(contentsOfFile: folder.file("letter"), encoding: .utf8) == "mine", "\(arguments)")
    #expect(folder.names == names && folder.leftovers == [], "\(arguments)")
  }

  /// The kernel and the partitions' images are read too, and none of them is named on the command line.
  @Test(arguments: writers) func noProgramIsReplaced(arguments: [String]) throws {
    let folder = try Self.folder()
    let program = Array("\u{7F}ELF and more".utf8)
    try folder.write(program, to: "letter")
    let run = try folder.run(arguments + (arguments[0] == "run" ? [] : ["--force"]))
    #expect(run.ending == .status(2) && run.errors.contains("it is a program or an image"), "\(run.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("letter"))) == Data(program), "\(arguments)")
    #expect(folder.leftovers == [], "\(arguments)")
  }

  @Test func whatStandardInputComesFromIsKept() throws {
    let folder = try Self.folder()
    let trace = folder.file("run.partita")
    let before = try Data(contentsOf: URL(fileURLWithPath: trace))
    let run = try CommandRun.partita(["export", "-", "--format", "csv", "-o", trace, "--force"], input: trace)
    #expect(run.status == 2 && run.errors.contains("is what is read here"), "\(run.errors)")
    #expect(try Data(contentsOf: URL(fileURLWithPath: trace)) == before)
  }

  /// With it, it is: so the test above is one of `--force` and of nothing else.
  @Test(arguments: [
    ["verify", "run.partita", "--certificate", "letter"], ["pack", "module.xml", "-o", "letter"],
    ["synthesize", "module.xml", "--events", "1000", "-o", "letter"],
  ]) func withForceItIsReplaced(arguments: [String]) throws {
    let folder = try Self.folder()
    try folder.write(Array("mine".utf8), to: "letter")
    let command = try RunningCommand(arguments + ["--force"], in: folder)
    #expect(command.finish() != .status(2), "\(arguments): \(command.errors)")
    let letter = try Data(contentsOf: URL(fileURLWithPath: folder.file("letter")))
    #expect(letter.count > 1000, "\(arguments)")
  }

  @Test func theConsoleNeedsForceAndAModuleToReplaceAFile() throws {
    let folder = try Self.folder()
    try folder.write(Array("mine".utf8), to: "letter")
    let unforced = try folder.run("capture", "module.xml", "-o", "new", "--for", "1ms", "--console", "letter")
    #expect(unforced.ending == .status(2) && unforced.errors.contains("letter"), "\(unforced.errors)")
    try folder.write(Array("no module".utf8), to: "bad.xml")
    let bad = try folder.run("capture", "bad.xml", "-o", "new", "--for", "1ms", "--console", "letter", "--force")
    #expect(bad.ending == .status(2), "\(bad.errors)")
    let unbooted = try folder.run(
      "capture", "module.xml", "-o", "new", "--for", "1ms", "--console", "letter", "--force", "--kernel", "/nowhere/k")
    #expect(unbooted.ending == .status(2), "\(unbooted.errors)")
    let dash = try folder.run("capture", "module.xml", "-o", "new", "--for", "1ms", "--qemu-log", "-")
    #expect(dash.ending != .status(0) && !folder.names.contains("-"), "\(dash.errors)")
    #expect(try String(contentsOfFile: folder.file("letter"), encoding: .utf8) == "mine")
  }

  /// A folder with a module, a stimulus and a trace.
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    let flight = URL(fileURLWithPath: CommandFolder.package + "/Kernel/Modules/FlightControl")
    try folder.write([UInt8](try Data(contentsOf: flight.appendingPathComponent("module.xml"))), to: "module.xml")
    try folder.write([UInt8](try Data(contentsOf: flight.appendingPathComponent("stimulus.txt"))), to: "stimulus.txt")
    try folder.write(LongTrace.short.get(), to: "run.partita")
    return folder
  }
}

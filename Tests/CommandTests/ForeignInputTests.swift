import CommandFolder
import Foundation
import Testing

/// What is neither a trace nor a module, in every place where a command takes one: refused by name, and nothing is made
/// of it. Those that take a trace first are in `TraceFileTests`.
@Suite struct ForeignInputTests {
  /// `@` stands for the foreign file.
  static let commands: [[String]] = [
    ["top", "@"], ["audit", "certificate", "@"], ["audit", "@", "good"], ["analyse", "@"],
    ["analyse", "module.xml", "@"], ["claims", "@"], ["check", "@"], ["rescue", "--ram", "@", "-o", "out"],
    ["rescue", "--core", "@", "-o", "out"], ["capture", "@", "--for", "1ms", "-o", "out"],
    ["capture", "module.xml", "--stimulus", "@", "--for", "1ms", "-o", "out"], ["run", "@", "--for", "1ms"],
    ["pack", "@", "-o", "out"], ["pack", "module.xml", "--stimulus", "@", "-o", "out"], ["diff", "good", "@"],
    ["stats", "good", "--compare", "@"], ["synthesize", "@", "-o", "out"], ["what-if", "good", "--module", "@"],
  ]

  @Test(arguments: commands) func itIsRefusedByName(arguments: [String]) throws {
    let folder = try Self.folder()
    let before = folder.names
    for name in CommandFolder.foreigners {
      let words = arguments.map { $0 == "@" ? name : $0 }
      let command = try RunningCommand(words, in: folder)
      let ending = command.finish()
      // An empty one may be the beginning of a trace.
      #expect(ending == .status(2) || name == "/dev/null" && ending == .status(3), "\(words): \(ending)")
      #expect(command.errors.contains(name) && !command.errors.contains("Fatal"), "\(words): \(command.errors)")
      #expect(command.output == "", "\(words): \(command.output)")
      #expect(command.peakBytes <= 64 << 20, "\(words): \(command.peakBytes >> 10) KiB")
      #expect(folder.names == before && folder.leftovers == [], "\(words)")
    }
  }

  /// A named pipe whose writer has gone without a byte: no trace and no module, and nothing to wait for.
  @Test func aPipeWithoutAWriterIsRefusedByName() throws {
    let folder = try Self.folder()
    let before = folder.names
    let path = folder.file("pipe")
    for arguments in Self.commands + DamagedBitTests.commands + DamagedBitTests.exports {
      try #require(mkfifo(path, 0o600) == 0)
      // It waits for somebody who reads, and goes.
      let writer = Thread { close(open(path, O_WRONLY | O_CLOEXEC)) }
      writer.start()
      let words = arguments.map { $0 == "@" ? "pipe" : $0 }
      let command = try RunningCommand(words, in: folder)
      let ending = command.finish()
      // Where the command has not even opened it.
      close(open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC))
      unlink(path)
      #expect(ending == .status(2) || ending == .status(3), "\(words): \(ending)")
      #expect(command.errors.contains("pipe") && !command.errors.contains("Fatal"), "\(words): \(command.errors)")
      #expect(command.output == "", "\(words): \(command.output)")
      #expect(folder.names == before && folder.leftovers == [], "\(words): \(folder.names)")
    }
  }

  /// What is read more than once is no pipe, and nobody waits for one that has no writer.
  @Test(arguments: [
    ["goto", "pipe", "5", "--batch"], ["goto", "pipe", "--claim", "window.order", "--batch"], ["step", "pipe"],
    ["report", "pipe", "-o", "out"], ["what-if", "pipe", "--schedule-search"], ["top", "pipe"],
  ]) func aPipeIsNotReadTwice(arguments: [String]) throws {
    let folder = try CommandFolder()
    try #require(mkfifo(folder.file("pipe"), 0o600) == 0)
    let command = try RunningCommand(arguments, in: folder)
    #expect(command.finish() == .status(2), "\(command.errors)")
    #expect(command.errors.contains("pipe: the trace is read more than once here"), "\(command.errors)")
    #expect(command.output == "" && folder.names == ["pipe"])
  }

  /// A complaint begins with the command's name; one about a line has the form of compilers, which leads editors there.
  @Test(arguments: [
    ["check", "folder"], ["check", "noise"], ["pack", "nothing", "-o", "out"], ["pack", "module.xml", "-o", "good"],
    ["claims", "nothing"], ["analyse", "folder"], ["synthesize", "folder", "-o", "out"],
  ]) func complaintsHaveOneForm(arguments: [String]) throws {
    let folder = try Self.folder()
    let run = try folder.run(arguments)
    #expect(run.ending == .status(2))
    let lines = run.errors.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let hasLine = line.contains(#/^[^:]+:[0-9]+: (error|warning): /#)
      #expect(hasLine || line.hasPrefix("partita: "), "\(line)")
    }
  }

  /// A folder with a trace and its certificate, a module, and what is none of these.
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.addForeigners()
    let certified = try folder.run("verify", "good", "--certificate", "certificate")
    #expect(certified.ending != .status(2), "\(certified.errors)")
    let module = URL(fileURLWithPath: CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml")
    try folder.write([UInt8](try Data(contentsOf: module)), to: "module.xml")
    return folder
  }
}

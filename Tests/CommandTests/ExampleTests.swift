import CommandFolder
import Foundation
import Testing

/// The examples of `--help`, as somebody pastes them from a terminal of 80 columns.
@Suite struct ExampleTests {
  static let subcommands = [
    "check", "schema", "analyse", "pack", "capture", "run", "rescue", "synthesize", "what-if", "dump", "stats",
    "replay", "verify", "claims", "audit", "export", "query", "report", "step", "goto", "top", "diff",
  ]
  private static let screen = ["env", "COLUMNS=80"]

  @Test func theseAreAllSubcommands() throws {
    let help = try CommandFolder().run("help").output
    let listed = help.components(separatedBy: "SUBCOMMANDS:\n").last ?? ""
    // Between a name's lines come those that what is said of it goes on in.
    let names = listed.split(separator: "\n").filter { line in
      line.hasPrefix("  ") && line.dropFirst(2).first?.isLowercase == true
    }
    #expect(names.compactMap { $0.split(separator: " ").first.map(String.init) } == Self.subcommands)
  }

  /// The lines below "Examples:", without their indentation of two.
  private static func lines(_ subcommand: String) throws -> [String] {
    let folder = try CommandFolder()
    let help = try RunningCommand([subcommand, "--help"], in: folder, through: screen)
    #expect(help.finish() == .status(0), "\(help.errors)")
    let all = help.output.split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(all.firstIndex { ["Example:", "Examples:"].contains($0) }, "\(subcommand): no examples")
    let block = all[(first + 1)...].prefix(while: { !$0.isEmpty })
    #expect(block.allSatisfy { $0.hasPrefix("  ") && $0.count <= 76 }, "\(subcommand): \(block)")
    return block.map { String($0.dropFirst(2)) }
  }

  /// The examples, each with the lines that a backslash joins.
  private static func examples(_ subcommand: String) throws -> [String] {
    var examples: [String] = []
    var isContinued = false
    for line in try lines(subcommand) {
      if isContinued {
        examples[examples.count - 1] += "\n" + line
      } else {
        // Anything else was left over by a wrap.
        let begins = ["partita ", "printf ", "cat ", "xmllint "].contains { line.hasPrefix($0) }
        #expect(begins, "\(subcommand): \(line)")
        examples.append(line)
      }
      isContinued = line.hasSuffix("\\")
    }
    #expect(!isContinued, "\(subcommand): the last line is not the end")
    return examples
  }

  /// What the shell makes of an example: the arguments of each call of the command in it.
  private static func calls(_ example: String) throws -> [[String]] {
    let folder = try CommandFolder()
    let script = """
      partita() { for word; do printf '%s\\n' "$word" >>calls; done; echo >>calls; }
      xmllint() { :; }
      babeltrace2() { :; }
      cat() { :; }
      \(example)
      """
    let shell = try RunningCommand([], in: folder, through: ["sh", "-c", script])
    #expect(shell.finish() == .status(0) && shell.errors == "", "\(example): \(shell.errors)")
    let text = (try? String(contentsOfFile: folder.file("calls"), encoding: .utf8)) ?? ""
    return text.components(separatedBy: "\n\n").filter { !$0.isEmpty }.map { call in
      call.split(separator: "\n").map(String.init)
    }
  }

  /// Without the files that they name they fail, but never for how they are written.
  @Test(arguments: subcommands) func everyExampleIsGoodUsage(subcommand: String) throws {
    let examples = try Self.examples(subcommand)
    var called: [String] = []
    for example in examples {
      for arguments in try Self.calls(example) {
        called.append(arguments[0])
        let run = try CommandFolder().run(arguments)
        let isRefused = [.status(2), .status(3)].contains(run.ending)
        #expect(isRefused || subcommand == "schema", "\(example): \(run.output)")
        #expect(!run.errors.contains("Usage: ") && !run.errors.contains("Unknown option"), "\(example): \(run.errors)")
      }
    }
    #expect(called.contains(subcommand), "\(examples)")
  }

  /// Those that need no machine do what they say.
  @Test(arguments: [
    "check", "analyse", "pack", "synthesize", "what-if", "dump", "stats", "replay", "verify", "claims", "audit",
    "export", "query", "report", "step", "diff",
  ]) func examplesWork(subcommand: String) throws {
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", module, "--events", "130000", "-o", "run.partita")
    try #require(made.ending == .status(0), "\(made.errors)")
    for name in ["before.partita", "after.partita"] {
      try FileManager.default.copyItem(atPath: folder.file("run.partita"), toPath: folder.file(name))
    }
    for name in ["module.xml", "faster.xml"] {
      try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: module)
    }
    // Some examples name it; the images of this build are found beside the command.
    try FileManager.default.createDirectory(atPath: folder.file(".build/images"), withIntermediateDirectories: true)
    let stimulus = (module as NSString).deletingLastPathComponent + "/stimulus.txt"
    try FileManager.default.createSymbolicLink(atPath: folder.file("stimulus.txt"), withDestinationPath: stimulus)
    for example in try Self.examples(subcommand) {
      // What the shell finds under this name is the command of this build.
      let script = "babeltrace2() { :; }\npartita() { \"$0\" \"$@\"; }\n\(example)"
      let shell = try RunningCommand([], in: folder, through: ["sh", "-c", script])
      let ending = shell.finish()
      // What these say of a world of chance is not that all is well with it.
      let judges =
        ["analyse", "what-if"].contains(subcommand) && [.status(1), .status(3)].contains(ending)
        // Of a part nearly nothing is certain.
        || subcommand == "verify" && example.contains("--from") && ending == .status(3)
      #expect(ending == .status(0) || judges, "\(example): \(shell.errors)")
    }
  }

  /// The claims that README shows are a module's own as they stand.
  @Test func theReadmesClaimsAreAModules() throws {
    let readme = try String(contentsOfFile: CommandFolder.package + "/README.md", encoding: .utf8)
    let shown = try #require(readme.firstRange(of: "<p:Claims>\n"))
    let end = try #require(readme[shown.upperBound...].firstRange(of: "</p:Claims>\n"))
    let path = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    let claims = readme[shown.lowerBound..<end.upperBound] + "</ARINC_653_Module>"
    let module = try String(contentsOfFile: path, encoding: .utf8)
      .replacingOccurrences(of: "</ARINC_653_Module>", with: claims)
    let folder = try CommandFolder()
    try folder.write(Array(module.utf8), to: "module.xml")
    let listed = try folder.run("claims", "module.xml", "--claim", "custom")
    #expect(listed.ending == .status(0), "\(listed.errors)")
    let names = listed.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } }
    #expect(names == ["custom.tick-to-upcall", "custom.no-faults", "custom.ticks"], "\(listed.output)")
  }
}

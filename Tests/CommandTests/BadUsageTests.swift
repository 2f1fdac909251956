import CommandFolder
import Foundation
import Testing

/// What nobody can mean is refused in one clear sentence, before anything is made.
@Suite struct BadUsageTests {
  private static let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"

  private static let names: [([String], String)] = [
    (["report", "run.partita", "-o", "new/"], "new/ cannot be written: with / behind it, it names a folder"),
    (["export", "run.partita", "--format", "csv", "-o", "new/"], "new/ cannot be written: with / behind it"),
    (["verify", "run.partita", "--certificate", "new/"], "new/ cannot be written: with / behind it"),
    (["synthesize", OtherModule.path, "--events", "100", "-o", "new/"], "new/ cannot be written: with / behind it"),
    (["report", "run.partita", "-o", ""], "'' cannot be written: it is no name of a file"),
    (["export", "run.partita", "--format", "csv", "-o", ""], "'' cannot be written: it is no name of a file"),
    (["report", "run.partita", "-o", "-"], "- cannot be written: it stands for standard output"),
    (["export", "run.partita", "-o", String(repeating: "x", count: 300) + ".db"], "xxx.db cannot be written"),
    (["schema", "-o", "-"], "'-' is no name of a folder"),
    (["dump", ""], "'': No such file or directory"), (["audit", "", "run.partita"], "'': cannot be read"),
    (["check", ""], "'': error: the module file cannot be read"),
    // It can be opened, and not be read at its beginning.
    (["dump", "/proc/self/mem"], "/proc/self/mem: the file cannot be read"),
    (["goto", "run.partita", "5", "--kernel", "nosuch"], "nosuch cannot be read"),
    (["audit", "nosuch", "run.partita"], "nosuch: cannot be read (No such file or directory)"),
    (["export", "run.partita", "--format", "csv", "-o", "/dev/null"], "/dev/null is not replaced: it is no ordinary"),
    (["export", "run.partita", "--format", "csv", "-o", "."], "it is a folder, and the export is a file"),
    (["analyse", "run.partita"], "this is a packed module or a trace, and no module file"),
    (["goto", "run.partita", "5", "--claim", "trace.time"], "Name an event, or a claim by --claim, not both."),
    (["query", "run.partita", "--format", "json", "SELECT 1 a, 2 b, 3 a"], "several columns are named 'a'"),
    // It can be opened, and has nothing to read.
    (["goto", "run.partita", "5", "--commands", "."], ". cannot be read: it is a folder; name a file"),
    (["goto", "run.partita", "5", "--kernel", "."], ". cannot be read: it is a folder; name a file"),
    (["bogus", "run.partita"], "'bogus' is no subcommand; 'partita help' lists them"),
    ([""], "'' is no subcommand; 'partita help' lists them"),
    // Before the run is looked for, not after it.
    (["goto", "run.partita", "5", "--keep", "none/kept"], "none/kept cannot take a recording: there is no"),
    (["goto", "run.partita", "5", "--keep", "run.partita"], "run.partita cannot take a recording: it is no folder"),
    (["goto", "run.partita", "5", "--keep", ""], "'' cannot take a recording: there is no folder that"),
    (["goto", "run.partita", "5", "--keep", "new"], "no kernel recorded this trace"),
  ]

  /// Images would be looked for elsewhere, and others might be found.
  private static let folders: [([String], String)] = [
    ["check", module], ["claims", module], ["pack", module, "-o", "new"], ["goto", "run.partita", "5"],
    ["synthesize", module, "-o", "new"], ["capture", module, "-o", "new", "--for", "1ms"],
    ["what-if", "run.partita", "--module", module],
  ].flatMap { arguments in
    ["nosuch", "run.partita", ""].map { (arguments + ["--images", $0], "--images: '\($0)' is no folder") }
  }

  /// A claim would go unjudged for a slip of the pen.
  private static let claims: [([String], String)] = [
    (["verify", "run.partita", "--claim", "trace.boot", "--claim", "nobody"], "run.partita has no claim 'nobody'"),
    (["verify", "run.partita", "--except", "nobody"], "run.partita has no claim 'nobody'; 'partita claims' lists all"),
    (["verify", "run.partita", "--claim", "window.strat"], "'window.strat'; alike are window.start.instant; "),
    (["verify", "run.partita", "--explain", ""], "run.partita has no claim ''"),
    (["claims", "run.partita", "--claim", "trace.boot", "--claim", "nobody"], "run.partita has no claim 'nobody'"),
    (["claims", "run.partita", "--except", "nobody"], "run.partita has no claim 'nobody'"),
    (["verify", "run.partita", "--claim", "trace.boot", "--except", "trace.boot"], "no claim is left"),
    (["what-if", "run.partita", "--schedule-search", "--all"], "--all goes with --module"),
  ]

  /// What means something only beside another option is not passed over where that is missing.
  private static let lonely: [([String], String)] = [
    (["verify", "run.partita", "--force"], "--force is for --certificate"),
    (["verify", "run.partita", "--with-history", "--to", "1s"], "--with-history is about what goes before --from"),
    (["verify", "run.partita", "--quiet", "--format", "json"], "--quiet is for the table"),
    (["verify", "run.partita", "--quiet", "--explain", "trace.boot"], "--quiet is for the table"),
    (["verify", "run.partita", "--evidence", "--format", "junit"], "--evidence is for text and json"),
    (["run", module, "--force"], "--force replaces files, and none is named"),
    (["top", module, "--force"], "--force replaces files, and none is named"),
    (["what-if", "run.partita", "--module", module, "--force"], "--force is for --output"),
    (["what-if", "run.partita", "--schedule-search", "--images", "."], "--images goes with --module"),
    (["export", "run.partita", "--format", "csv", "-o", "-", "--force"], "--force replaces a file"),
    (["query", "run.partita", "SELECT 1", "--schema"], "--schema prints tables and views, and answers no SQL"),
    (["query", "--schema", "--format", "csv"], "--schema prints tables and views, and answers no SQL"),
    (["stats", "run.partita", "--all"], "--all belongs to --compare"),
  ]

  /// The parser would take the number for an option, and call the value missing.
  private static let negative: [([String], String)] = [
    (["dump", "run.partita", "--limit", "-1"], "The value '-1' is invalid for '--limit <limit>'"),
    (["synthesize", module, "--events", "-5", "-o", "new"], "The value '-5' is invalid for '--events <count>'"),
    (["replay", "--threads", "-1", "run.partita"], "--threads is 1 to 256"),
    (["top", "run.partita", "--speed", "-0.5"], "--speed is more than 0"),
    (["dump", "run.partita", "--limit", "--kind"], "Missing value for '--limit <limit>'"),
    (["dump", "run.partita", "-1"], "Unknown option '-1'"),
  ]

  @Test(arguments: names + folders + claims + lonely + negative)
  func itIsRefused(arguments: [String], sentence: String) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let run = try folder.run(arguments)
    #expect(run.ending == .status(2) && run.output == "", "\(run.output)")
    #expect(run.errors.contains(sentence), "\(run.errors)")
    #expect(folder.names == ["run.partita"] && folder.leftovers == [], "\(folder.names)")
  }

  /// What is needed meanwhile has its place, and who cannot write there is told how to name another.
  @Test(arguments: [
    ["query", "run.partita", "SELECT 1"], ["what-if", "run.partita", "--module", "module.xml"],
    ["what-if", "run.partita", "--schedule-search"],
  ])
  func aMissingTemporaryFolderIsNamed(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try folder.write(Array(OtherModule().text.utf8), to: "module.xml")
    let command = try RunningCommand(arguments, in: folder, through: ["env", "TMPDIR=/nonexistent"])
    #expect(command.finish() == .status(2) && command.output == "", "\(command.output)")
    #expect(command.errors.contains("/nonexistent"), "\(command.errors)")
    #expect(command.errors.contains("no temporary folder can be made there"), "\(command.errors)")
    #expect(command.errors.contains("Name another place by TMPDIR"), "\(command.errors)")
    #expect(folder.names == ["module.xml", "run.partita"], "\(folder.names)")
  }
}

import CommandFolder
import Foundation
import Testing

/// The completions that the command makes, asked as a shell asks them.
@Suite struct CompletionTests {
  /// A shell that loads completions and then asks them for what may stand in the place of its last argument.
  private static let question = """
    source "$1"
    shift
    COMP_WORDS=("$@")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    COMP_LINE="${COMP_WORDS[*]}"
    COMP_POINT=${#COMP_LINE}
    COMPREPLY=()
    ways=($(complete -p partita))
    for index in "${!ways[@]}"; do
      if [[ ${ways[index]} == -F ]]; then way=${ways[index + 1]}; fi
    done
    "$way" "${COMP_WORDS[0]}" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    printf '%s\\n' "${COMPREPLY[@]}"
    """

  /// A folder with the completions for a shell, and a trace and a module to be found.
  private static func folder(for shell: String) throws -> CommandFolder {
    let folder = try CommandFolder()
    let made = try folder.run("--generate-completion-script", shell)
    #expect(made.ending == .status(0) && made.errors == "")
    try folder.write(Array(made.output.utf8), to: "completions")
    try folder.write(Array(question.utf8), to: "question")
    for name in ["run.partita", "module.xml"] { try folder.write([], to: name) }
    return folder
  }

  /// What bash offers behind these words; the last is the one that is being typed.
  private static func offers(_ words: [String]) throws -> [String] {
    let folder = try folder(for: "bash")
    let answer = try run(["bash", "--norc", "question", "completions", "partita"] + words, in: folder)
    #expect(answer.status == 0 && answer.errors == "", "\(words): \(answer.errors)")
    return answer.output.split(separator: "\n").map(String.init)
  }

  /// Runs a program of the system in a folder.
  private static func run(
    _ call: [String], in folder: CommandFolder
  ) throws -> (status: Int32, output: String, errors: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = call
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    _ = FileManager.default.createFile(atPath: folder.aside("answer"), contents: nil)
    _ = FileManager.default.createFile(atPath: folder.aside("complaint"), contents: nil)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(forWritingAtPath: folder.aside("answer"))
    process.standardError = FileHandle(forWritingAtPath: folder.aside("complaint"))
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, folder.readAside("answer"), folder.readAside("complaint"))
  }

  /// The subcommands as `--help` lists them.
  private static func subcommands() throws -> [String] {
    let help = try CommandFolder().run("--help").output.split(separator: "\n", omittingEmptySubsequences: false)
    let list = help.drop { !$0.hasPrefix("SUBCOMMANDS:") }.dropFirst().prefix { !$0.isEmpty }
    // A name stands two columns in; its text and what follows of that farther.
    let names = list.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
    return names.compactMap { $0.split(separator: " ").first.map(String.init) }
  }

  @Test func bashCompletesSubcommands() throws {
    #expect(try Self.offers(["ver"]) == ["verify"])
    #expect(try Self.offers(["re"]).sorted() == ["replay", "report", "rescue"])
    #expect(try Self.offers(["nothing"]) == [])
    let all = try Self.subcommands()
    #expect(all.count > 20 && all.contains("schema") && all.contains("what-if"))
    #expect(Set(try Self.offers([""])).isSuperset(of: all))
  }

  @Test func bashCompletesOptionsAndTheirValues() throws {
    #expect(try Self.offers(["verify", "--ev"]) == ["--evidence"])
    let all = try Self.offers(["verify", "--"])
    #expect(Set(all).isSuperset(of: ["--claim", "--certificate", "--format", "--evidence", "--threads", "--help"]))
    #expect(try Self.offers(["verify", "run.partita", "--cert"]) == ["--certificate"])
    #expect(try Self.offers(["verify", "--format", ""]) == ["text", "json", "junit"])
    let formats = try Self.offers(["export", "run.partita", "--format", ""])
    #expect(formats.sorted() == ["chrome", "csv", "ctf", "perfetto", "sqlite", "vcd"])
    let kinds = try Self.offers(["dump", "run.partita", "--kind", "upcall"])
    #expect(kinds.sorted() == ["upcall", "upcallWritten", "upcallsReturned"])
    #expect(try Self.offers(["dump", "--kind", "inp"]) == ["input"])
  }

  @Test func bashCompletesFiles() throws {
    #expect(try Self.offers(["verify", "run"]) == ["run.partita"])
    #expect(Set(try Self.offers(["verify", ""])).isSuperset(of: ["run.partita", "module.xml"]))
    #expect(try Self.offers(["what-if", "run.partita", "--module", "mod"]) == ["module.xml"])
    #expect(try Self.offers(["verify", "other"]) == [])
  }

  /// Whether the shell that they are for can read them, where it is installed; and in any case that nothing is missing.
  @Test(arguments: [("bash", "-n"), ("zsh", "-n"), ("fish", "--no-execute")])
  func everyShellReadsItsOwn(shell: String, check: String) throws {
    let folder = try Self.folder(for: shell)
    let text = try String(contentsOfFile: folder.file("completions"), encoding: .utf8)
    let words = Set(text.split { !$0.isLetter && $0 != "-" }.map(String.init))
    let subcommands = try Self.subcommands()
    #expect(!subcommands.isEmpty)
    for name in subcommands { #expect(words.contains(name), "\(shell) has no \(name)") }
    guard try Self.run(["sh", "-c", "command -v \(shell)"], in: folder).status == 0 else { return }
    let answer = try Self.run([shell, check, "completions"], in: folder)
    #expect(answer.status == 0 && answer.errors == "", "\(answer.errors)")
  }
}

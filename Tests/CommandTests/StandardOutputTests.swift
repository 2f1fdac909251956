import CommandFolder
import Foundation
import Testing

/// Standard output that fails, is closed, or is not read.
@Suite struct StandardOutputTests {
  static let commands: [[String]] = [
    ["dump", "run.partita"], ["dump", "run.partita", "--format", "json"], ["dump", "run.partita", "--limit", "5"],
    ["stats", "run.partita"], ["stats", "run.partita", "--format", "json"],
    ["query", "run.partita", "SELECT * FROM events"], ["query", "run.partita", "SELECT 1", "--format", "json"],
    ["query", "--schema"], ["verify", "run.partita"], ["verify", "run.partita", "--format", "json"],
    ["claims", "run.partita"], ["replay", "run.partita"],
    ["diff", "run.partita", "other.partita", "--format", "json"], ["help", "stats"], ["--version"],
    ["export", "run.partita", "--format", "csv", "-o", "-"], ["export", "run.partita", "--format", "vcd", "-o", "-"],
  ]

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    for name in ["run.partita", "other.partita"] { try folder.write(LongTrace.short.get(), to: name) }
    return folder
  }

  /// A status of 0 would say that the answer is where the user wanted it.
  @Test(arguments: commands) func aFullDeviceIsTold(arguments: [String]) throws {
    let folder = try Self.folder()
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let command = try RunningCommand(arguments, in: folder, output: full)
    #expect(command.finish() == .status(2), "\(arguments)")
    let told = "standard output cannot be written: No space left on device"
    #expect(command.errors.contains(told), "\(arguments): \(command.errors)")
    #expect(folder.names == ["other.partita", "run.partita"] && folder.leftovers == [])
  }

  /// So is a summary that is lost: what it is about is there.
  @Test func aSummaryIsAnAnswerToo() throws {
    let folder = try Self.folder()
    let full = open("/dev/full", O_WRONLY | O_CLOEXEC)
    defer { close(full) }
    let command = try RunningCommand(["export", "run.partita", "-o", "run.csv"], in: folder, output: full)
    #expect(command.finish() == .status(2) && command.errors.contains("No space left on device"), "\(command.errors)")
    #expect(folder.names == ["other.partita", "run.csv", "run.partita"] && folder.leftovers == [])
  }

  /// `… | head -1`: whoever has read enough is content, and nothing is said.
  @Test(arguments: commands) func aReaderMayHaveGone(arguments: [String]) throws {
    let folder = try Self.folder()
    let pipe = try TestPipe()
    close(pipe.reading)
    let command = try RunningCommand(arguments, in: folder, output: pipe.writing)
    let ending = command.finish()
    close(pipe.writing)
    #expect(ending == .signal(SIGPIPE) || ending == .status(0), "\(arguments): \(ending)")
    #expect(command.errors == "", "\(arguments)")
    #expect(folder.names == ["other.partita", "run.partita"] && folder.leftovers == [])
  }

  /// Who runs the command may have left it the signal ignored: a verdict outlives its reader then.
  @Test func aVerdictIsToldWithoutAReader() throws {
    let folder = try CommandFolder()
    let made = try folder.run(
      "synthesize", OtherModule.path, "--events", "200000", "--gap", "1", "--seed", "3", "--shuffled", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    for arguments in [["verify", "run"], ["verify", "run", "--format", "json"], ["verify", "run", "--evidence"]] {
      let pipe = try TestPipe()
      close(pipe.reading)
      let wrapper = ["env", "--ignore-signal=PIPE"]
      let command = try RunningCommand(arguments, in: folder, output: pipe.writing, through: wrapper)
      let ending = command.finish()
      close(pipe.writing)
      #expect(ending == .status(1) && command.errors == "", "\(arguments): \(ending), \(command.errors)")
    }
  }

  /// A reader that sleeps holds nobody for ever: each of the signals ends the command, with the whole answer before it
  /// or in the middle of it.
  @Test(arguments: commands, [SIGINT, SIGTERM]) func aReaderMaySleep(arguments: [String], signal: Int32) throws {
    let folder = try Self.folder()
    let pipe = try TestPipe()
    defer { pipe.close() }
    pipe.fill()
    let command = try RunningCommand(arguments, in: folder, output: pipe.writing)
    // It waits in a write or for room: asleep, and with nothing more to read.
    #expect(command.reaches { command.isWaitingForPipe }, "\(arguments)")
    command.send(signal)
    let ending = command.finish()
    #expect(ending == .signal(signal) || ending == .status(3), "\(arguments): \(ending), \(command.errors)")
    #expect(folder.names == ["other.partita", "run.partita"] && folder.leftovers == [])
  }
}

extension RunningCommand {
  /// Whether its first thread waits for room in a pipe: in a write, or in a poll.
  var isWaitingForPipe: Bool {
    let call = (try? String(contentsOfFile: "/proc/\(identifier)/syscall", encoding: .utf8)) ?? ""
    let words = call.split(separator: " ")
    guard words.count > 2 else { return false }
    // write to standard output; poll of one descriptor, which is waited for in rounds.
    return words[0] == "1" && words[1] == "0x1" || words[0] == "7" && words[2] == "0x1"
  }
}

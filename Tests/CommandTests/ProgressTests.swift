import CommandFolder
import Foundation
import Testing

/// Long work tells a terminal how far it is, and leaves a file of errors alone.
@Suite(.serialized) struct ProgressTests {
  /// Commands, and what they tell; what is quick tells nothing, so each is held up for a while in its midst.
  static let commands: [[String]] = [
    ["verify", "run.partita"], ["verify", "run.partita", "--threads", "1"], ["replay", "run.partita"],
    ["export", "run.partita", "--format", "csv", "-o", "out"],
    ["export", "run.partita", "--format", "perfetto", "-o", "out"], ["stats", "run.partita"],
  ]

  /// A command that was stopped while it read, longer than it takes to count as long, and goes on.
  ///
  /// Nil where it was quicker than the test.
  private static func heldUp(
    _ arguments: [String], in folder: CommandFolder, errorOutput: Int32?, through wrapper: [String] = []
  ) throws -> RunningCommand? {
    let command = try RunningCommand(arguments, in: folder, errorOutput: errorOutput, through: wrapper)
    let isReading = command.reaches { command.bytesRead > 1 << 21 }
    guard isReading else { return nil }
    command.send(SIGSTOP)
    usleep(700_000)
    command.send(SIGCONT)
    return command
  }

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(LongTrace.bytes.get(), to: "run.partita")
    return folder
  }

  /// What a terminal on standard error was told, line by line as each was drawn anew.
  private static func lines(of terminal: PseudoTerminal) -> [String] {
    terminal.text.components(separatedBy: "\r\u{1B}[K")
  }

  @Test(arguments: commands) func aTerminalIsTold(arguments: [String]) throws {
    let folder = try Self.folder()
    for _ in 0..<20 {
      try? FileManager.default.removeItem(atPath: folder.file("out"))
      let terminal = try PseudoTerminal()
      guard let command = try Self.heldUp(arguments, in: folder, errorOutput: terminal.device) else { continue }
      let ending = terminal.finish(command)
      #expect(ending != .status(2), "\(terminal.text)")
      let lines = Self.lines(of: terminal)
      // It had nothing more to read when it was stopped.
      guard lines.count > 1 else { continue }
      // Nothing stood there before; at the end the line is empty, and what is said then stands by itself.
      #expect(lines.first == "")
      let drawn = lines.dropFirst().dropLast().filter { !$0.isEmpty }
      #expect(!drawn.isEmpty && lines.last?.contains("%") == false, "\(lines)")
      let isReplay = arguments[0] == "replay"
      let shape = isReplay ? "^[0-9]+ events compared$" : "^[0-9]+ %  [0-9]+ events$"
      for line in drawn { #expect(line.range(of: shape, options: .regularExpression) != nil, "\(line)") }
      // Forwards in each reading, and never beyond the whole; an empty line is between two of them.
      for reading in lines.dropFirst().dropLast().split(whereSeparator: \.isEmpty) {
        let figures = reading.compactMap { line in Int(line.prefix { $0.isNumber }) }
        #expect(figures.count == reading.count && figures == figures.sorted(), "\(figures)")
        if !isReplay { #expect(figures.allSatisfy { $0 <= 100 }, "\(figures)") }
      }
      // The answer itself has nothing of it.
      #expect(!command.output.contains("\u{1B}[K"))
      return
    }
    Issue.record("\(arguments) was never caught in its midst: the trace is too short for this machine")
  }

  /// A terminal that cannot draw a line anew would show the sequences for it.
  @Test func aDumbTerminalIsNot() throws {
    let folder = try Self.folder()
    for _ in 0..<20 {
      let terminal = try PseudoTerminal()
      let dumb = ["/usr/bin/env", "TERM=dumb"]
      guard
        let command = try Self.heldUp(
          ["verify", "run.partita"], in: folder, errorOutput: terminal.device, through: dumb)
      else { continue }
      #expect(terminal.finish(command) != .status(2))
      #expect(!terminal.text.contains("\u{1B}"), "\(terminal.text)")
      return
    }
    Issue.record("the command was always quicker than the test")
  }

  @Test(arguments: commands) func aFileIsNot(arguments: [String]) throws {
    let folder = try Self.folder()
    for _ in 0..<20 {
      try? FileManager.default.removeItem(atPath: folder.file("out"))
      guard let command = try Self.heldUp(arguments, in: folder, errorOutput: nil) else { continue }
      #expect(command.finish() != .status(2), "\(command.errors)")
      let errors = command.errors
      #expect(!errors.contains("\u{1B}") && !errors.contains("\r"), "\(errors)")
      #expect(!errors.contains("%") && !errors.contains(" events\n") && !errors.contains("compared"), "\(errors)")
      return
    }
    Issue.record("\(arguments) was never caught in its midst: the trace is too short for this machine")
  }

  /// What comes through a pipe has no share: nobody knows its length.
  @Test func aPipeHasNoShare() throws {
    let trace = try LongTrace.bytes.get()
    let folder = try CommandFolder()
    let (pipe, terminal) = (try TestPipe(), try PseudoTerminal())
    Glibc.signal(SIGPIPE, SIG_IGN)
    let command = try RunningCommand(
      ["verify", "-"], in: folder, input: pipe.reading, errorOutput: terminal.device)
    let isHeld = DispatchSemaphore(value: 0)
    let writing = pipe.writing
    let half = trace.count / 2
    let feeder = Thread {
      _ = trace[..<half].withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
      isHeld.wait()
      _ = trace[half...].withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
      close(writing)
    }
    feeder.start()
    let isRead = command.reaches { command.bytesRead > half && pipe.isEmpty }
    #expect(isRead, "\(terminal.text)")
    usleep(700_000)
    isHeld.signal()
    #expect(terminal.finish(command) != .status(2), "\(terminal.text)")
    close(pipe.reading)
    let drawn = Self.lines(of: terminal).dropFirst().dropLast()
    #expect(!drawn.isEmpty)
    for line in drawn { #expect(line.range(of: "^[0-9]+ events$", options: .regularExpression) != nil, "\(line)") }
  }

  /// What an interruption is answered by does not stand behind how far the work was.
  @Test(arguments: [
    ["query", "-", "SELECT 1"], ["verify", "-"], ["stats", "-"], ["export", "-", "--format", "csv", "-o", "out"],
  ]) func anInterruptionHasALineOfItsOwn(arguments: [String]) throws {
    let trace = try LongTrace.bytes.get()
    let folder = try CommandFolder()
    let (pipe, terminal) = (try TestPipe(), try PseudoTerminal())
    defer { pipe.close() }
    Glibc.signal(SIGPIPE, SIG_IGN)
    let command = try RunningCommand(arguments, in: folder, input: pipe.reading, errorOutput: terminal.device)
    let isHeld = DispatchSemaphore(value: 0)
    let writing = pipe.writing
    let piece = trace.count / 32
    let feeder = Thread {
      for part in [trace[..<piece], trace[piece..<(2 * piece)]] {
        _ = part.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
        isHeld.wait()
      }
    }
    feeder.start()
    #expect(command.reaches { command.bytesRead > piece && pipe.isEmpty }, "\(terminal.text)")
    usleep(700_000)
    isHeld.signal()
    let isTold = command.reaches { terminal.text.contains(" events") }
    #expect(isTold, "\(terminal.text)")
    command.send(SIGINT)
    #expect(terminal.finish(command) == .status(3), "\(terminal.text)")
    isHeld.signal()
    #expect(Self.lines(of: terminal).last?.hasPrefix("partita: ") == true, "\(terminal.text)")
    #expect(Self.lines(of: terminal).last?.contains("interrupted") == true, "\(terminal.text)")
  }
}

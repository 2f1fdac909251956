import CommandFolder
import Foundation
import Testing
import TraceDamage

/// `partita top` of a trace at a terminal: what it shows is what `dump` counts, and the terminal is given back.
@Suite(.serialized) struct TopTerminalTests {
  private static func folder(events: String) throws -> CommandFolder {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", events, "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    return folder
  }

  private static func start(
    _ arguments: [String], in folder: CommandFolder, on terminal: PseudoTerminal
  ) throws -> RunningCommand {
    try RunningCommand(
      ["top"] + arguments, in: folder, input: terminal.device, output: terminal.device,
      through: PseudoTerminal.environment())
  }

  private static func words(_ line: Substring) -> [String] {
    line.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The lines of what the trace ends with, once it is read.
  private static func ending(_ command: RunningCommand, on terminal: PseudoTerminal) -> [String] {
    let isRead = command.reaches { terminal.screen.first?.hasSuffix("the end – q quits") == true }
    #expect(isRead, "\(terminal.screen.prefix(1)) \(command.errors)")
    return terminal.screen
  }

  @Test func theTraceIsShownAsDumpCountsIt() throws {
    let folder = try Self.folder(events: "20000")
    let events = try folder.run("dump", "run").output.split(separator: "\n").map { Self.words($0) }
    let frames = events.indices.filter { events[$0][2] == "majorFrameStart" }
    let first = try #require(frames.first)
    let last = try #require(frames.last)
    // Whole frames of 20 ms each, not more than are kept.
    let seconds = Double(frames.count - 1) * 0.020
    try #require(frames.count > 10 && frames.count <= 51)
    func rate(_ condition: ([String]) -> Bool) -> String {
      String(Int((Double(events[first..<last].count(where: condition)) / seconds).rounded()))
    }
    let terminal = try PseudoTerminal()
    let settings = terminal.settings
    let command = try Self.start(["run"], in: folder, on: terminal)
    let screen = Self.ending(command, on: terminal)
    try #require(screen.count > 16)
    #expect(screen.count <= 40 && screen.allSatisfy { $0.count <= 100 })
    let end = try #require(events.last)
    #expect(screen[0].hasPrefix(" FlightControl   \(end[1]) s   \(frames.count) major frames"), "\(screen[0])")
    let bytes = try Data(contentsOf: folder.url("run")).count
    let eventRate = rate { _ in true }
    #expect(screen[1].hasPrefix(" \(events.count) events (\(eventRate)/s)   \(bytes) bytes"), "\(screen[1])")
    #expect(screen[2] == " nothing lost")

    Self.expectStrip(Array(screen[3...5]), frame: frames.count - 2)
    for name in ["Sensors", "Control", "Maintenance", "Loader", "Drainer"] {
      // What stands for it in the strip stands before its name.
      let row = try #require(screen.first { $0.hasPrefix("\(name.prefix(1)) \(name) ") })
      let shown = Self.words(row[...]).suffix(4)
      let counted = ["hypercall", "mark", "upcall"].map { kind in rate { $0[2] == kind && $0[3] == name } }
      #expect(Array(shown) == counted + ["normal"], "\(row)")
    }
    let lines = try #require(screen.first { $0.hasPrefix(" interrupts/s") })
    for (number, name) in [("32", "PIT"), ("36", "COM1"), ("40", "RTC")] {
      let counted = rate { $0[2] == "interrupt" && $0.contains("vector=\(number)") }
      #expect(lines.contains("  \(number) \(name) \(counted)"), "\(lines)")
    }
    #expect(screen.contains { $0.hasPrefix(" claims nothing violated so far") })
    terminal.press("q")
    #expect(terminal.finish(command) == .status(0), "\(command.errors)")
    #expect(terminal.settings == settings && terminal.isScreenGivenBack && command.errors == "")
  }

  /// The last whole frame: who should run, in the module's order, and below it who ran, by first letters.
  private static func expectStrip(_ lines: [String], frame: Int) {
    #expect(lines[0].hasPrefix(" frame \(frame), 20.000 ms from "), "\(lines[0])")
    #expect(lines[1].hasPrefix("  schedule  ▏") && lines[2].hasPrefix("  ran       "), "\(lines)")
    let planned = lines[1].dropFirst(12)
    let names = planned.split(separator: "▏").map { part in words(part).joined().filter { $0 != "·" } }
    let owners = ["Sensors", "Control", "Loader", "Sensors", "Maintenance", "Drainer", "Loader"]
    #expect(names.count == owners.count, "\(names)")
    for (name, owner) in zip(names, owners) { #expect(!name.isEmpty && owner.hasPrefix(name), "\(names)") }
    let actual = Array(lines[2].dropFirst(12))
    #expect(actual.count == planned.count)
    #expect(Set(actual).subtracting(["·"]) == Set("SCLMD"), "\(lines[2])")
    // Nobody but the drainer has the processor where another's window is.
    let columns = Array(planned)
    var owner: Character = "·"
    var index = 0
    for (column, character) in columns.enumerated() {
      if character == "▏" {
        owner = owners[min(index, owners.count - 1)].first ?? "·"
        index += 1
      } else if character != "·", column + 1 < columns.count, columns[column + 1] != "▏" {
        #expect(actual[column] == owner || actual[column] == "D", "column \(column): \(lines)")
      }
    }
  }

  @Test func lossIsShown() throws {
    let folder = try Self.folder(events: "60000")
    var surgery = BlockSurgery([UInt8](try Data(contentsOf: folder.url("run"))))
    try #require(surgery.blocks.count > 5)
    let removed = surgery.blocks.remove(at: 2)
    let count = removed.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 20, as: UInt32.self) }
    try folder.write(surgery.bytes, to: "lossy")
    let terminal = try PseudoTerminal()
    let settings = terminal.settings
    let command = try Self.start(["lossy"], in: folder, on: terminal)
    let screen = Self.ending(command, on: terminal)
    #expect(
      screen.dropFirst(2).first
        == " LOST 0 events in the recorder, \(count) by damage (1 gap): what they touch is unknown")
    terminal.press("q")
    #expect(terminal.finish(command) == .status(3), "\(command.errors)")
    #expect(terminal.settings == settings && terminal.isScreenGivenBack)
    #expect(command.errors.contains("1 blocks are missing"), "\(command.errors)")
  }

  /// Each way out gives 0 for a whole trace, as `dump` does, at its end and while it plays.
  @Test(arguments: ["q", "Q", "\u{3}", "\u{1B}"], [[], ["--speed", "0.001"]])
  func keysEndIt(key: String, options: [String]) throws {
    let folder = try Self.folder(events: "20000")
    let terminal = try PseudoTerminal()
    let settings = terminal.settings
    let command = try Self.start(["run"] + options, in: folder, on: terminal)
    let state = options.isEmpty ? "the end – q quits" : "playing × 0.001 – q quits"
    #expect(command.reaches { terminal.screen.first?.hasSuffix(state) == true }, "\(terminal.screen.prefix(1))")
    #expect(terminal.settings != settings, "keys come one by one")
    terminal.press(key)
    #expect(terminal.finish(command) == .status(0), "\(command.errors)")
    #expect(terminal.settings == settings && terminal.isScreenGivenBack && command.errors == "")
    #expect(folder.names == ["run"] && folder.leftovers == [])
  }

  @Test func aPasteDoesNotEndIt() throws {
    let folder = try Self.folder(events: "20000")
    let terminal = try PseudoTerminal()
    let command = try Self.start(["run"], in: folder, on: terminal)
    _ = Self.ending(command, on: terminal)
    let before = terminal.bytes.count
    terminal.press("\u{1B}[200~" + String(repeating: "quit Q ", count: 100) + "\u{1B}[201~")
    // Two more screens: the first may have been on its way.
    let goesOn = command.reaches {
      terminal.collect()
      return terminal.bytes.count > before + 8000
    }
    #expect(goesOn, "\(command.errors)")
    terminal.press("q")
    #expect(terminal.finish(command) == .status(0), "\(command.errors)")
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGQUIT]) func signalsGiveTheTerminalBack(signal: Int32) throws {
    let folder = try Self.folder(events: "20000")
    let terminal = try PseudoTerminal()
    let settings = terminal.settings
    let command = try Self.start(["run", "--speed", "0.001"], in: folder, on: terminal)
    #expect(command.reaches { terminal.screen.first?.hasSuffix("q quits") == true }, "\(terminal.screen.prefix(1))")
    command.send(signal)
    #expect(terminal.finish(command) == .signal(signal), "\(command.errors)")
    #expect(terminal.settings == settings && terminal.isScreenGivenBack && command.errors == "")
  }
}

import CommandFolder
import Foundation
import Testing

/// `partita step` at a terminal: keys go to and fro, and the screen shows what `dump` prints of the place.
@Suite(.serialized) struct StepTerminalTests {
  /// A stepper that runs, and what its trace has.
  private struct Stepper {
    let folder: CommandFolder
    let terminal: PseudoTerminal
    let command: RunningCommand
    /// By position, in words: position, instant, kind, partition, fields.
    let events: [[String]]
    let settings: [UInt32]

    /// Starts it, and waits for its first screen.
    init() throws {
      folder = try CommandFolder()
      let made = try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "run")
      #expect(made.ending == .status(0), "\(made.errors)")
      events = try folder.run("dump", "run").output.split(separator: "\n").map(StepTerminalTests.words)
      try #require(events.count > 20_000)
      terminal = try PseudoTerminal()
      settings = terminal.settings
      let device = terminal.device
      command = try RunningCommand(
        ["step", "run"], in: folder, input: device, output: device, through: PseudoTerminal.environment())
      expect(0, after: "")
    }

    /// Presses keys, and waits until the screen is of an event: its title and its marked line, as `dump` has it.
    func expect(_ position: Int, after keys: String, _ location: SourceLocation = #_sourceLocation) {
      terminal.press(keys)
      let isThere = command.reaches {
        terminal.screen.first?.contains("   event \(position)   ") == true && marked.first == "\(position)"
      }
      #expect(isThere, "\(keys) to \(position): \(terminal.screen.prefix(2))", sourceLocation: location)
      guard isThere, events.indices.contains(position) else { return }
      // The line's last word may be cut.
      let shown = marked.dropLast()
      #expect(shown.count >= 3 && events[position].starts(with: shown), sourceLocation: location)
      #expect(
        terminal.screen.first?.contains(" \(events[position][1]) s ") == true, sourceLocation: location)
    }

    /// Presses keys, and waits until the last line tells something.
    func expectMessage(_ message: String, after keys: String, _ location: SourceLocation = #_sourceLocation) {
      terminal.press(keys)
      let isTold = command.reaches { terminal.screen.last?.contains(message) == true }
      #expect(isTold, "\(keys): \(terminal.screen.suffix(1))", sourceLocation: location)
    }

    /// The line of the current event, in words.
    private var marked: [String] {
      terminal.screen.first { $0.hasPrefix("▶") }.map { StepTerminalTests.words($0.dropFirst()) } ?? []
    }

    /// Whose row in the partitions' table is marked as running.
    var running: String? {
      terminal.screen.first { $0.hasPrefix(" ▶ ") }.flatMap { StepTerminalTests.words($0.dropFirst(3)).first }
    }

    /// The first event of a kind behind a position.
    func next(_ kind: String, of partition: String? = nil, after position: Int) throws -> Int {
      let found = events.indices.first { index in
        index > position && events[index][2] == kind && (partition ?? events[index][3]) == events[index][3]
      }
      return try #require(found)
    }

    func last(_ kind: String, before position: Int) throws -> Int {
      let found = events.indices.last { index in index < position && events[index][2] == kind }
      return try #require(found)
    }

    /// Waits for the end: everything is as it was before.
    func expectEnd(_ ending: RunningCommand.Ending, _ location: SourceLocation = #_sourceLocation) {
      #expect(terminal.finish(command) == ending, "\(command.errors)", sourceLocation: location)
      #expect(terminal.settings == settings, sourceLocation: location)
      #expect(terminal.isScreenGivenBack, sourceLocation: location)
      #expect(command.errors == "" && folder.names == ["run"], sourceLocation: location)
    }
  }

  private static func words(_ line: Substring) -> [String] {
    line.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  @Test func keysGoToAndFro() throws {
    let stepper = try Stepper()
    stepper.expect(1, after: "n")
    stepper.expect(2, after: "\u{1B}[C")
    stepper.expect(1, after: "p")
    stepper.expect(0, after: "\u{1B}[D")
    stepper.expectMessage("this is the first event", after: "p")
    stepper.expect(20, after: "\u{1B}[6~")
    stepper.expect(0, after: "\u{1B}[5~")
    let last = stepper.events.count - 1
    stepper.expect(last, after: "\u{1B}[F")
    stepper.expectMessage("this is the last event", after: "n")
    stepper.expect(last - 1, after: "k")
    stepper.expect(0, after: "\u{1B}[H")
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  @Test func keysFindKinds() throws {
    let stepper = try Stepper()
    var place = 0
    for (key, kind) in [("u", "upcall"), ("m", "mark"), ("h", "hypercall"), ("f", "majorFrameStart"), ("u", "upcall")] {
      place = try stepper.next(kind, after: place)
      stepper.expect(place, after: key)
    }
    for (key, kind) in [("U", "upcall"), ("H", "hypercall"), ("F", "majorFrameStart")] {
      place = try stepper.last(kind, before: place)
      stepper.expect(place, after: key)
    }
    stepper.expectMessage("find: mark Contr", after: "/mark Contr")
    place = try stepper.next("mark", of: "Control", after: place)
    stepper.expect(place, after: "ol\r")
    place = try stepper.last("interrupt", before: place)
    stepper.expect(place, after: "\\interrupt\r")
    stepper.expectMessage("no kind or class of events is called 'nothing'", after: "/nothing\r")
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  @Test func placesAreGoneTo() throws {
    let stepper = try Stepper()
    // An instant has nine digits behind its point: they compare as they stand.
    let later = try #require(stepper.events.firstIndex { $0[1] >= "0.100000000" && $0[1].count == 11 })
    stepper.expect(later, after: "g100ms\r")
    stepper.expect(1234, after: "gevent 1234\r")
    let frame = try #require(stepper.events.firstIndex { $0[2] == "majorFrameStart" && $0.contains("frame=3") })
    stepper.expect(frame, after: "gframe 3\r")
    stepper.expectMessage("the trace ends at", after: "g9s\r")
    stepper.expect(frame + 1, after: "n")
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  /// At the start of a window its partition has the processor, and the tables are those of the one chosen.
  @Test func partitionsAreShown() throws {
    let stepper = try Stepper()
    var place = try #require(stepper.events.firstIndex { $0[2] == "majorFrameStart" && $0.contains("frame=3") })
    stepper.expect(place, after: "gframe 3\r")
    var owners: Set<String> = []
    for _ in 0..<7 {
      place = try stepper.next("windowStart", after: place)
      stepper.expect(place, after: "w")
      #expect(stepper.running == stepper.events[place][3])
      owners.insert(stepper.events[place][3])
    }
    #expect(owners == ["Sensors", "Control", "Maintenance", "Loader", "Drainer"])
    func shows(_ title: String) -> Bool {
      stepper.command.reaches { stepper.terminal.screen.contains { $0.hasPrefix("── \(title)") } }
    }
    #expect(shows("vCPU of Sensors"))
    stepper.terminal.press("\t")
    #expect(shows("vCPU of Control"))
    stepper.terminal.press("?")
    let isHelped = stepper.command.reaches {
      stepper.terminal.screen.contains { $0.contains("major frame on, back") }
    }
    #expect(isHelped)
    stepper.terminal.press("?")
    #expect(shows("vCPU of Control"))
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  @Test func theScreenFollowsTheWindow() throws {
    let stepper = try Stepper()
    #expect(stepper.terminal.screen.count > 20 && stepper.terminal.screen.count <= 40)
    stepper.terminal.resize(columns: 60, rows: 16)
    stepper.command.send(SIGWINCH)
    let fits = stepper.command.reaches {
      let screen = stepper.terminal.screen
      return !screen.isEmpty && screen.count <= 16 && screen.allSatisfy { $0.count <= 60 }
    }
    #expect(fits, "\(stepper.terminal.screen)")
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  /// Ctrl-C is the key for leaving; a signal from elsewhere ends as it does, with the terminal given back.
  @Test func otherWaysOut() throws {
    let stepper = try Stepper()
    stepper.terminal.press("\u{3}")
    stepper.expectEnd(.status(0))
    for signal in [SIGINT, SIGTERM, SIGHUP, SIGQUIT] {
      let stepper = try Stepper()
      stepper.command.send(signal)
      stepper.expectEnd(.signal(signal))
    }
  }

  /// Stopped, it leaves the terminal to the shell, and takes it again when it goes on.
  @Test func aStopLendsTheTerminalToTheShell() throws {
    let stepper = try Stepper()
    let taken = stepper.terminal.settings
    #expect(taken != stepper.settings)
    for (place, stop) in ["by its key", "from elsewhere"].enumerated() {
      if place == 0 { stepper.terminal.press("\u{1A}") } else { stepper.command.send(SIGTSTP) }
      #expect(stepper.command.reaches { stepper.command.isStopped }, "\(stop)")
      #expect(stepper.terminal.settings == stepper.settings && stepper.terminal.isScreenGivenBack, "\(stop)")
      stepper.command.send(SIGCONT)
      let isBack = stepper.command.reaches {
        stepper.terminal.settings == taken && stepper.terminal.text.hasSuffix("\u{1B}[?2026l")
      }
      #expect(isBack, "\(stop)")
      stepper.expect(place + 1, after: "n")
    }
    stepper.terminal.press("q")
    stepper.expectEnd(.status(0))
  }

  /// What is pasted is text where text is asked for, and no keys where none is; nor is what a mouse sends.
  @Test func whatIsPastedIsNoKeys() throws {
    let stepper = try Stepper()
    // But for Ctrl-C.
    stepper.terminal.press("\u{1B}[200~query all q\u{3}nnn\r\u{1A}")
    stepper.expectEnd(.status(0))

    let other = try Stepper()
    other.terminal.press("\u{1B}[200~quite\rnnn\u{1B}[201~\u{1B}[<0;33;113M\u{1B}[<0;33;113m")
    other.expect(1, after: "n")
    other.expectMessage("(1.5s, event N, frame N): event 1234▏", after: "g\u{1B}[200~event 1234\r\u{1B}[201~")
    other.expect(1234, after: "\r")
    other.terminal.press("q")
    other.expectEnd(.status(0))
  }

  /// A terminal in another encoding would show three signs for each of ours.
  @Test(arguments: ["LC_ALL=C", "LC_ALL=de_DE.ISO-8859-1"]) func withoutUTF8ItIsASCII(locale: String) throws {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", "2000", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    for (command, sign) in [("step", "> "), ("top", "  schedule  |")] {
      let terminal = try PseudoTerminal()
      let running = try RunningCommand(
        [command, "run"], in: folder, input: terminal.device, output: terminal.device,
        through: PseudoTerminal.environment(locale))
      let isShown = running.reaches { terminal.screen.contains { $0.hasPrefix(sign) } }
      #expect(isShown, "\(terminal.screen)")
      terminal.press("q")
      #expect(terminal.finish(running) == .status(0), "\(running.errors)")
      #expect(terminal.bytes.allSatisfy { $0 < 0x80 })
    }
  }

  /// A terminal that cannot place its cursor is not sent what it would print as text.
  @Test func aDumbTerminalIsAskedLineByLine() throws {
    let folder = try CommandFolder()
    let made = try folder.run("synthesize", OtherModule.path, "--events", "2000", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    for (command, keys) in [("step", "next 3\nquit\n"), ("top", "")] {
      let terminal = try PseudoTerminal()
      let settings = terminal.settings
      let running = try RunningCommand(
        [command, "run"], in: folder, input: terminal.device, output: terminal.device,
        through: PseudoTerminal.environment("TERM=dumb"))
      terminal.press(keys)
      #expect(terminal.finish(running) == .status(0), "\(running.errors)")
      #expect(terminal.settings == settings && !terminal.text.contains("\u{1B}"), "\(terminal.text)")
      let event = try folder.run("dump", "run", "--from", "event:3").output.prefix(60)
      #expect(terminal.text.contains(command == "step" ? event : "narrowest margins"), "\(terminal.text)")
    }
  }
}

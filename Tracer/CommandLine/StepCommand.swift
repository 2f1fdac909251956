import ArgumentParser
import Foundation
import Stepping
import Terminal
import TraceFormat
import TraceReading

/// `partita step`: to and fro in a trace, with the kernel's state at every event.
struct StepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Steps through a trace, forward and back, with the kernel's state at every event.",
    discussion: """
      The state comes from replaying the kernel's deciding code over the recorded inputs up to the current event: who \
      runs, the vCPUs' tables, ports, schedule, modes, the health monitor's log. The core takes an entry to the \
      kernel in one step: at each of the entry's events the state is the one after it. Where events are missing what \
      is not known any more is called unknown. 'exception (return untold)' marks a guest whose handler was given one: \
      it may have returned since, for the kernel learns of that at the next exception only. The state rests on all \
      that came before, so the way to a far event is replayed from the trace's beginning.

      In a terminal '?' shows the keys and 'q' leaves. Where standard input is no terminal, or a dumb one (TERM), \
      orders are read from it line by line:

      \(StepOrder.manual.map { "  " + $0 }.joined(separator: "\n"))

      After each order the current event is printed; 'show' prints the whole screen. In a terminal NO_COLOR leaves \
      out colours, as of every answer, and a locale (LC_ALL, LC_CTYPE, LANG) that is not one of UTF-8 all signs beyond \
      ASCII; that holds for 'partita top' too.

      Exit status: 0 for a whole trace, 2 for a file that is no trace, an order that was not understood, or one for \
      what the trace certainly has not, 3 for a trace that is cut off or damaged, or an order for what may have been \
      where events are missing: an instant in a gap is refused like an event in one. What the recorder lost is told on \
      standard error, and is 0 else.

      Examples:
        partita step run.partita --at 1s
        printf 'goto 1s\\nfind upcall Sensors\\nshow\\n' | \\
          partita step run.partita
      """)

  @Argument(help: "The trace file. It is read again on the way back.", completion: .file())
  var trace: String

  @Option(help: "Begin here: an instant such as 1.5s, 10ms, 250us, or frame:50, or event:10000.")
  var at: TracePlace?

  @Option(help: "Begin at the event at this position.")
  var event: UInt64?

  @Option(help: "Width of what 'show' prints where there is no terminal.")
  var width = 80

  @Option(help: "Height of what 'show' prints where there is no terminal.")
  var height = 24

  func validate() throws {
    guard trace != "-" else { throw ValidationError("a trace is read again on the way back: name a file.") }
    guard at == nil || event == nil else { throw ValidationError("--at and --event exclude each other.") }
    guard (40...1000).contains(width), (12...1000).contains(height) else {
      throw ValidationError("--width is 40 to 1000, --height 12 to 1000.")
    }
  }

  func run() throws {
    do {
      try runSession()
    } catch let error where error is EventStoreError || error is TraceOpenError {
      TraceCommand.complain("\(trace): \(error)")
      throw ExitCode(2)
    }
  }

  private func runSession() throws {
    var session = StepSession(try open())
    do {
      if let at { try session.obey(StepOrder(goingTo: at)) }
      if let event { try session.obey(.goToEvent(event)) }
    } catch let refusal as StepSession.Refusal {
      TraceCommand.complain("\(trace): \(refusal)")
      return try finish(session, status: refusal.isCertain ? 2 : 3)
    }
    var status: Int32 = 0
    if let screen = FullScreen() {
      var conversation = StepConversation(screen: screen, session: session)
      try conversation.run()
    } else {
      status = try obeyLines(&session)
    }
    try finish(session, status: status)
  }

  /// Says what is wrong with the trace, and ends the command with the orders' status, or with 3.
  private func finish(_ session: StepSession, status: Int32) throws {
    let condition = session.stepper.store.condition
    TraceCommand.tell(session.stepper.store.losses, of: trace)
    if !condition.isComplete { TraceCommand.complain("\(trace): \(condition)") }
    if status != 0 { throw ExitCode(status) }
    if !condition.isComplete { throw ExitCode(3) }
  }

  private func open() throws -> TraceStepper {
    // A trace that cannot be opened is told as by every other command.
    try TraceCommand.requireFile(trace)
    let identity = try TraceCommand.open(trace).file
    do {
      return try TraceStepper { [trace] in
        let reader = try TraceReader(path: trace)
        guard reader.file == identity else { throw EventStoreError.traceChanged }
        return reader
      }
    } catch let error as TraceStepperError {
      TraceCommand.complain("\(trace): \(error)")
      throw ExitCode(3)
    }
  }

  /// Orders from standard input, and their status: 2 if one was wrong, else 3 if one may have met what is missing. The
  /// others are carried out all the same.
  private func obeyLines(_ session: inout StepSession) throws -> Int32 {
    var status: Int32 = 0
    var number = 0
    // A terminal that has no screen for us has somebody before it.
    let isAsked = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1
    if isAsked { print("\(try session.line())\nOrders line by line; 'help' lists them.") }
    func nextLine() -> String? {
      guard isAsked else { return readLine() }
      print("> ", terminator: "")
      StandardOutput.finish()
      return readLine()
    }
    while let text = nextLine() {
      // Whoever writes orders may wait for the answer to each.
      defer { StandardOutput.finish() }
      number += 1
      do {
        guard let order = try StepOrder.parse(text, session.stepper.vocabulary) else { continue }
        if order == .quit { break }
        if order == .help {
          print(StepOrder.manual.joined(separator: "\n"))
          continue
        }
        try session.obey(order)
        print(order == .show ? try screen(session) : try session.line())
      } catch let error as StepOrder.Misunderstanding {
        TraceCommand.complain("line \(number): \(error)")
        status = 2
      } catch let error as StepSession.Refusal {
        TraceCommand.complain("line \(number): \(error)")
        // Where events are missing nobody knows whether the trace had what is asked for.
        if error.isCertain || status == 2 { status = 2 } else { status = 3 }
      }
    }
    return status
  }

  private func screen(_ session: StepSession) throws -> String {
    let lines = try StepScreen(session, width: width, height: height).lines(status: StyledLine())
    return lines.dropLast().map { line in
      var text = line.rendered(width: width, isColoured: false)
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }
}

/// The stepper in a terminal: keys, prompts, messages.
struct StepConversation {
  let screen: FullScreen
  var session: StepSession
  private var prompt: (label: String, verb: String, text: String)?
  private var message = ""

  init(screen: FullScreen, session: StepSession) {
    self.screen = screen
    self.session = session
  }

  mutating func run() throws {
    while true {
      if !screen.hasMoreKeys {
        let size = screen.size
        screen.show(try StepScreen(session, width: size.columns, height: size.rows).lines(status: status))
      }
      guard let key = screen.key(within: 1000) else { continue }
      if prompt != nil {
        try take(key)
      } else {
        message = ""
        guard let order = order(key) else { continue }
        if order == .quit { return }
        try obey(order)
      }
    }
  }

  private var status: StyledLine {
    if let prompt { return StyledLine(" \(prompt.label): \(prompt.text)▏", .strong) }
    if !message.isEmpty { return StyledLine(" " + message, .doubtful) }
    // A narrow terminal cuts what help tells, not the key for it.
    let hints = " ? help  q quit  n p event  f frame  w window  u upcall  / find  g go to  Tab"
    return StyledLine(hints, .soft)
  }

  private mutating func obey(_ order: StepOrder) throws {
    do {
      try session.obey(order)
    } catch let refusal as StepSession.Refusal {
      message = refusal.description
    }
  }

  /// A key while a line is typed.
  private mutating func take(_ key: TerminalKey) throws {
    switch key {
    case .character(let character), .pasted(let character): prompt?.text.append(character)
    case .backspace: _ = prompt?.text.popLast()
    case .escape, .interrupt: prompt = nil
    case .enter:
      guard let line = prompt else { return }
      prompt = nil
      do {
        if let order = try StepOrder.parse("\(line.verb) \(line.text)", session.stepper.vocabulary) { try obey(order) }
      } catch let error as StepOrder.Misunderstanding {
        message = error.description
      }
    default: break
    }
  }

  /// What a key stands for; nil for a prompt that begins, and for keys that mean nothing.
  private mutating func order(_ key: TerminalKey) -> StepOrder? {
    if session.isHelpShown, key == .escape { return .help }
    switch key {
    case .right, .down, .enter: return .move(1)
    case .left, .up: return .move(-1)
    case .pageDown: return .move(20)
    case .pageUp: return .move(-20)
    case .home: return .first
    case .end: return .last
    case .tab: return .nextPartition
    case .interrupt: return .quit
    case .character(let character): return order(character)
    default: return nil
    }
  }

  private mutating func order(_ character: Character) -> StepOrder? {
    let isBackward = character.isUppercase
    func find(_ kinds: EventKind...) -> StepOrder {
      .find(kinds: Set(kinds.map(\.rawValue)), partition: nil, isBackward: isBackward)
    }
    switch character {
    case "n", "j", " ": return .move(1)
    case "p", "k": return .move(-1)
    case "f", "F": return find(.majorFrameStart)
    case "w", "W": return find(.windowStart)
    case "i", "I": return .find(kinds: EventFilter.kinds("input") ?? [], partition: nil, isBackward: isBackward)
    case "h", "H": return find(.hypercall)
    case "m", "M": return find(.mark)
    case "u", "U": return find(.upcall)
    case "e", "E": return find(.healthError, .healthAction, .moduleAction, .modeChange, .exception, .kernelFault)
    case "v": return .panel(.vcpu)
    case "o": return .panel(.ports)
    case "l": return .panel(.lines)
    case "x": return .panel(.health)
    case "?": return .help
    case "q", "Q": return .quit
    case "/": prompt = ("find", "find", "")
    case "\\": prompt = ("find back", "rfind", "")
    case "g": prompt = ("go to (1.5s, event N, frame N)", "goto", "")
    default: break
    }
    return nil
  }
}

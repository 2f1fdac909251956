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
      where events are missing: an instant in a gap is refused like an event in one; or interrupted while it was \
      opened. What the recorder lost is told on standard error, and is 0 else.

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
    } catch is StepInterruption {
      TraceCommand.complain("interrupted")
      throw ExitCode(3)
    }
  }

  private func runSession() throws {
    var progress = ReadingProgress(trace)
    defer { progress.clear() }
    let stepper = try open { count in
      if progress.isInterrupted { throw StepInterruption() }
      progress.show("\(count) events")
    }
    var session = StepSession(stepper)
    do {
      if let at { try session.obey(StepOrder(goingTo: at)) }
      if let event { try session.obey(.goToEvent(event)) }
    } catch let refusal as StepSession.Refusal {
      progress.clear()
      TraceCommand.complain("\(trace): \(refusal)")
      return try finish(session, status: refusal.isCertain ? 2 : 3)
    }
    // A screen has its own way to tell and to be interrupted; whoever writes orders is ended by Ctrl-C.
    progress.clear()
    stepper.onProgress = { _ in }
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
    TraceCommand.tell(condition, of: trace)
    if status != 0 { throw ExitCode(status) }
    if !condition.isSound { throw ExitCode(3) }
  }

  private func open(_ onProgress: @escaping (Int) throws -> Void) throws -> TraceStepper {
    // A trace that cannot be opened is told as by every other command.
    try TraceCommand.requireFile(trace)
    let identity = try TraceCommand.open(trace).file
    do {
      let open = { [trace] in
        let reader = try TraceReader(path: trace)
        guard reader.file == identity else { throw EventStoreError.traceChanged }
        return reader
      }
      return try TraceStepper(opening: open, onProgress: onProgress)
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
      var text = line.rendered(width: width, isColored: false)
      while text.last == " " { text.removeLast() }
      return text
    }.joined(separator: "\n")
  }
}

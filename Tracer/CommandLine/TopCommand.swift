import ArgumentParser
import Emulation
import Foundation
import Live
import Terminal
import TraceReading

/// `partita top`: a run as it goes, or a trace as it ended.
struct TopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "top",
    abstract: "Shows a run live: windows as a strip, rates, shares, margins, loss.",
    discussion: """
      Given a module, boots it and shows its trace while it grows; 'q' ends the run in order, a second 'q' at once. \
      Given a trace, shows its end, or plays it with --speed. Where there is no terminal, or a dumb one (TERM), one \
      snapshot is printed at the end of it all. \
      The time shown, and how fast it goes against real time, are those of the last event read. \
      Claims are judged on the way by the code of 'partita verify'; one that fails has failed.

      Exit status: that of 'capture' for a module, that of 'dump' for a trace.

      Examples:
        partita top module.xml --for 10s -o run.partita
        partita top run.partita --speed 0.5
      """)

  @OptionGroup var options: EmulationOptions

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Keep the module's trace; without it the trace is let go.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: "Play a trace, with so many virtual seconds in a second.")
  var speed: Double?

  @Option(help: "Width of the snapshot where there is no terminal.")
  var width = 100

  @Option(help: "Height of the snapshot where there is no terminal.")
  var height = 40

  func validate() throws {
    if let speed, !(speed > 0 && speed <= 1e6) { throw ValidationError("--speed is more than 0, at most 1000000.") }
    guard (60...1000).contains(width), (12...1000).contains(height) else {
      throw ValidationError("--width is 60 to 1000, --height 12 to 1000.")
    }
  }

  /// An option that was given and is of no use for a trace, which is not booted.
  private var moduleOption: String? {
    let given = [
      ("--for", options.length != nil), ("--stimulus", options.stimulus != nil), ("--real-time", options.realTime),
      ("--kernel", options.kernel != nil), ("--images", !options.images.isEmpty),
      ("--qemu-log", options.emulatorLog != nil), ("--transport", options.transport != .port),
      ("--ram", options.memoryFile != nil), ("--force", options.force), ("-o", output != nil),
      ("--timeout", options.timeout != nil),
    ]
    return given.first { $0.1 }?.0
  }

  func run() throws {
    try TraceCommand.requireFile(options.module)
    do throws(TraceOpenError) {
      _ = try TraceReader(path: options.module)
    } catch {
      if case .cannotOpen = error {
        TraceCommand.complain("\(error)")
        throw ExitCode(2)
      }
      let isModule =
        switch error {
        case .notATrace: true
        // Nothing yet: what it is to be, the options tell.
        case .cutInModuleTable(atByte: 0): moduleOption != nil
        default: false
        }
      if isModule {
        guard speed == nil else { throw ValidationError("--speed is for traces; \(options.module) is none.") }
        try options.requireOutput(output)
        return try reporting { try capture() }
      }
    }
    if let moduleOption {
      throw ValidationError("\(options.module) is a trace already: \(moduleOption) is for modules.")
    }
    try show(trace: options.module)
  }

  // MARK: A trace

  private func show(trace: String) throws {
    _ = try TraceCommand.open(trace)
    let board = LiveBoard()
    let screen = FullScreen()
    board.read(path: trace, speed: screen == nil ? nil : speed)
    if let screen {
      var hasLeft = false
      while !hasLeft {
        let state = board.isDone ? "the end" : speed.map { "playing × \($0)" } ?? "reading"
        draw(board, on: screen, state: "\(state) – q quits")
        hasLeft = Self.isEndAsked(on: screen, within: 250)
      }
    } else {
      board.wait()
      printSnapshot(
        board, state: "end of \(board.condition.isComplete ? "a whole" : "an unfinished") trace", width: width,
        height: height)
    }
    guard board.isDone else { return }
    TraceCommand.tell(board.losses, of: trace)
    let condition = board.condition
    TraceCommand.tell(condition, of: trace)
    guard condition.isSound else { throw ExitCode(3) }
  }

  // MARK: A module

  private func capture() throws {
    try options.keepApart([output])
    // Before anything is made that a Ctrl-C would leave behind.
    let signals = try SignalWatch()
    let scratch = try PrivateDirectory()
    let image = try ModuleSource.load(options)
    let target = output ?? scratch.file("run.partita")
    let file = try TraceOutput(target: target, mayReplace: options.force || output == nil)
    let request = try options.request(image: image, trace: file.growing)
    guard let follower = TraceFollower(path: file.growing) else {
      throw EmulationError.unreadable(path: file.growing, reason: String(cString: strerror(errno)))
    }
    let board = LiveBoard()
    // There is something to look at while the machine boots.
    if let module = try? image.withUnsafeBytes({ try CarriedModuleTable(copying: $0) }) { board.prepare(for: module) }
    board.read(path: follower.path)
    // It leaves signals to whoever watches them: they end the module in order.
    var screen = FullScreen()
    let capture = try Capture(request, signals: signals)
    let begun = ContinuousClock.now
    var next = begun
    var isEnding = false
    let report = capture.run { _ in
    } onProgress: { _ in
      guard let screen else { return }
      if Self.isEndAsked(on: screen, within: 0) {
        isEnding = true
        signals.post()
      }
      guard ContinuousClock.now >= next else { return }
      next = .now + .milliseconds(250)
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      draw(board, on: screen, state: isEnding ? "ending" : "capturing – q ends", after: seconds)
    }
    follower.end()
    board.wait()
    let size = screen?.size
    screen = nil
    // What stays on a terminal has its width, and leaves room for the lines around it.
    printSnapshot(
      board, state: report.isWhole ? "captured whole" : "not whole", width: size.map { max(60, $0.columns) } ?? width,
      height: size.map { max(12, $0.rows - 3) } ?? height)
    let kept = try file.keep()
    if output != nil, let kept { print("trace: \(kept)") }
    guard let complaint = report.complaint else { return }
    ModuleSession.say("partita: \(complaint)\n\(report.emulatorMessages)\n", to: STDERR_FILENO)
    throw ExitCode(report.exitStatus(hasTrace: kept != nil))
  }

  // MARK: Drawing

  /// Whether one of the keys that have come ends it; a paste's are all taken, for none of them is worth a new screen.
  private static func isEndAsked(on screen: FullScreen, within milliseconds: Int) -> Bool {
    var wait = milliseconds
    repeat {
      if let key = screen.key(within: wait), isEnd(key) { return true }
      wait = 0
    } while screen.hasMoreKeys
    return false
  }

  private static func isEnd(_ key: TerminalKey) -> Bool {
    key == .character("q") || key == .character("Q") || key == .interrupt || key == .escape
  }

  /// - Parameter seconds: of the host's since the run began; nil for a trace.
  private func draw(_ board: LiveBoard, on screen: FullScreen, state: String, after seconds: Double? = nil) {
    let size = screen.size
    let lines = board.look { figures, claims, table, bytes in
      // Of the last event read, as the time in the title is: a block's header has that of its first alone.
      let pace = seconds.flatMap { figures.pace(after: $0) }
      return LiveScreen(
        figures, claims, table.table, .init(state: state, bytes: bytes, pace: pace), width: size.columns
      ).lines(height: size.rows)
    }
    screen.show(lines ?? [StyledLine(" waiting for the first block …", .soft)])
  }

  private func printSnapshot(_ board: LiveBoard, state: String, width: Int, height: Int) {
    guard board.hasBegun else { return print("no block of the trace came") }
    let text = board.look { figures, claims, table, bytes in
      LiveScreen(figures, claims, table.table, .init(state: state, bytes: bytes), width: width).lines(height: height)
        .map { line in
          var text = line.rendered(width: width, isColored: false)
          while text.last == " " { text.removeLast() }
          return text
        }.joined(separator: "\n")
    }
    if let text { print(text) }
  }
}

import Foundation
import Outputs

/// A terminal taken over whole: raw keys, a screen of our own, and everything back as it was at the end.
///
/// The terminal is given back when the object goes, when the process exits, and when a signal ends it, a crash
/// included. A request to end that somebody else takes, or that is ignored, is left alone. One at a time.
public final class FullScreen {
  private let input: Int32
  private let output: Int32
  private var waiting: [UInt8] = []
  public let isColoured: Bool

  /// Takes the terminal on standard input and output over; nil where they are none, or a dumb one, which would show
  /// control sequences as text.
  public init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    guard isatty(input) == 1, isatty(output) == 1 else { return nil }
    let environment = ProcessInfo.processInfo.environment
    guard environment["TERM"] != "dumb" else { return nil }
    guard TerminalRescue.take(input: input, output: output) else { return nil }
    self.input = input
    self.output = output
    isColoured = (environment["NO_COLOR"] ?? "").isEmpty
    // Another screen than the shell's, no cursor.
    write("\u{1B}[?1049h\u{1B}[?25l\u{1B}[2J")
  }

  deinit { TerminalRescue.giveBack() }

  /// Columns and rows; 80 × 24 where the terminal does not say.
  public var size: (columns: Int, rows: Int) {
    var window = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else { return (80, 24) }
    return (Int(window.ws_col), Int(window.ws_row))
  }

  /// Shows lines from the top; what is below the last is cleared.
  public func show(_ lines: [StyledLine]) {
    let (columns, rows) = size
    var text = "\u{1B}[?2026h\u{1B}[H"
    for (index, line) in lines.prefix(rows).enumerated() {
      if index > 0 { text += "\r\n" }
      text += line.rendered(width: columns, isColoured: isColoured) + "\u{1B}[K"
    }
    write(text + "\u{1B}[J\u{1B}[?2026l")
  }

  /// The next key; nil when `milliseconds` are over, or when the window's size has changed.
  public func key(within milliseconds: Int) -> TerminalKey? {
    if waiting.isEmpty {
      guard isReady(within: milliseconds) else { return nil }
      guard let bytes = take() else { return nil }
      guard !bytes.isEmpty else { return .interrupt }  // The terminal is gone.
      waiting = bytes
      // A key whose bytes have not all come yet is not another key: a wheel that is turned fast sends hundreds.
      while TerminalKey.endsWithin(waiting), waiting.count < 4096, isReady(within: 20), let more = take(), !more.isEmpty
      {
        waiting += more
      }
    }
    var rest = waiting[...]
    let key = TerminalKey.take(&rest)
    waiting = Array(rest)
    return key
  }

  private func isReady(within milliseconds: Int) -> Bool {
    var entry = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, Int32(clamping: milliseconds)) > 0
  }

  /// The bytes that are there; none at the terminal's end, nil where a signal came first.
  private func take() -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(input, &bytes, bytes.count)
    return count < 0 ? nil : Array(bytes[..<count])
  }

  private func write(_ text: String) {
    _ = Array(text.utf8).withUnsafeBytes { DescriptorWriter.writeAll($0, to: output) }
  }
}

/// What gives the terminal back, reachable from exit handlers and signals, which carry no context.
enum TerminalRescue {
  /// Unsafe: written before the handlers are in place and while no other thread uses a terminal; a signal only reads.
  nonisolated(unsafe) private static var saved = termios()
  nonisolated(unsafe) private static var input: Int32 = -1
  nonisolated(unsafe) private static var output: Int32 = -1
  nonisolated(unsafe) private static var hasHandlers = false
  /// The shell's screen and the cursor again.
  private static let farewell: StaticString = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

  static func take(input: Int32, output: Int32) -> Bool {
    guard self.input < 0, tcgetattr(input, &saved) == 0 else { return false }
    var mode = saved
    // Signals of keys come as keys, so that every way out leads past `giveBack`.
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    mode.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON | BRKINT)
    guard tcsetattr(input, TCSAFLUSH, &mode) == 0 else { return false }
    self.output = output
    self.input = input
    if !hasHandlers {
      hasHandlers = true
      atexit { TerminalRescue.giveBack() }
      let requests = [SIGTERM, SIGHUP, SIGINT].filter(hasDefaultAction)
      for number in requests + [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
        signal(number) { number in
          TerminalRescue.giveBack()
          signal(number, SIG_DFL)
          raise(number)
        }
      }
      // Interrupts the wait for a key.
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      sigaction(SIGWINCH, &action, nil)
    }
    return true
  }

  private static func hasDefaultAction(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler: (@convention(c) (Int32) -> Void)? = action.__sigaction_handler.sa_handler
    return handler == nil
  }

  /// Calls only what a signal handler may call.
  static func giveBack() {
    guard input >= 0 else { return }
    let descriptor = input
    input = -1
    _ = Glibc.write(output, farewell.utf8Start, farewell.utf8CodeUnitCount)
    tcsetattr(descriptor, TCSAFLUSH, &saved)
  }
}

import Foundation
import Outputs

/// A terminal taken over whole: raw keys, a screen of our own, and everything back as it was at the end.
///
/// The terminal is given back when the object goes, when the process exits, and when a signal ends it, a crash
/// included; also for as long as Ctrl-Z stops it. A request to end or to stop that somebody else takes, or that is
/// ignored, is left alone. One at a time.
public final class FullScreen {
  private let input: Int32
  private let output: Int32
  private var waiting: [UInt8] = []
  private var isPasting = false
  /// False where NO_COLOR is set, and not empty.
  public let isColored: Bool
  /// Whether only ASCII may be shown: the locale names another encoding than UTF-8.
  private let isPlain: Bool

  /// Takes the terminal on standard input and output over; nil where they are none, or a dumb one, which would show
  /// control sequences as text.
  public init?(input: Int32 = STDIN_FILENO, output: Int32 = STDOUT_FILENO) {
    guard isatty(input) == 1, isatty(output) == 1 else { return nil }
    let environment = ProcessInfo.processInfo.environment
    guard environment["TERM"] != "dumb" else { return nil }
    guard TerminalRescue.take(input: input, output: output) else { return nil }
    self.input = input
    self.output = output
    isColored = (environment["NO_COLOR"] ?? "").isEmpty
    // The first that is set counts; where none is, a terminal of today is taken for granted.
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "UTF-8"
    isPlain = !["utf-8", "utf8"].contains { locale.lowercased().contains($0) }
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
      let rendered = line.rendered(width: columns, isColored: isColored)
      text += (isPlain ? StyledLine.plain(rendered) : rendered) + "\u{1B}[K"
    }
    write(text + "\u{1B}[J\u{1B}[?2026l")
  }

  /// The next key; nil when `milliseconds` are over, and when the screen must be shown anew: the window's size has
  /// changed, or the process was stopped.
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
    return key.flatMap(meaning)
  }

  /// Whether Ctrl-C was pressed while its user was at work; the keys before it are forgotten, others wait.
  public func takesInterrupt() -> Bool {
    while waiting.count < 4096, isReady(within: 0), let more = take() {
      guard !more.isEmpty else { return true }  // The terminal is gone.
      waiting += more
    }
    guard let last = waiting.lastIndex(of: 0x03) else { return false }
    waiting.removeSubrange(...last)
    return true
  }

  /// Whether more keys have come already: what is shown before them is not looked at.
  public var hasMoreKeys: Bool { !waiting.isEmpty }

  /// What a key is for others: Ctrl-Z is obeyed here, and of what is pasted the characters are left, marked as such.
  private func meaning(_ key: TerminalKey) -> TerminalKey? {
    switch key {
    case .suspend where !isPasting:
      raise(SIGTSTP)
      return nil
    case .pasteBegin, .pasteEnd:
      isPasting = key == .pasteBegin
      return nil
    case .character(let character) where isPasting: return .pasted(character)
    // The way out must work where a paste's end has been lost.
    case .interrupt:
      isPasting = false
      return key
    default: return isPasting ? nil : key
    }
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

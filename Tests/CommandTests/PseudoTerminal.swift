import Foundation
import Testing

/// A terminal for a command, with the test at its keyboard and before its screen.
final class PseudoTerminal {
  /// The command's end. It stays open, so that the settings can be looked at when the command has gone.
  let device: Int32
  private let keyboard: Int32
  /// All that was written to it.
  private(set) var bytes: [UInt8] = []

  /// Gives a command a terminal's name and a locale that do not hang on where the tests run.
  static func environment(_ changes: String...) -> [String] {
    ["/usr/bin/env", "TERM=xterm-256color", "LC_ALL=C.UTF-8"] + changes
  }

  /// TIOCSPTLCK and TIOCGPTN of Linux.
  private static let (setLock, getNumber): (UInt, UInt) = (0x4004_5431, 0x8004_5430)

  init(columns: Int = 100, rows: Int = 40) throws {
    let opened = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(opened >= 0)
    // What posix_openpt's companions do, which Glibc's module does not show.
    var (isLocked, number): (CInt, CUnsignedInt) = (0, 0)
    let isReady = ioctl(opened, Self.setLock, &isLocked) == 0 && ioctl(opened, Self.getNumber, &number) == 0
    try #require(isReady)
    let other = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(other >= 0)
    _ = fcntl(opened, F_SETFL, O_NONBLOCK)
    keyboard = opened
    device = other
    resize(columns: columns, rows: rows)
  }

  deinit {
    close(keyboard)
    close(device)
  }

  func resize(columns: Int, rows: Int) {
    var size = winsize()
    size.ws_col = UInt16(columns)
    size.ws_row = UInt16(rows)
    _ = ioctl(device, UInt(TIOCSWINSZ), &size)
  }

  /// Every setting that a program may have left otherwise than it found it.
  var settings: [UInt32] {
    var mode = termios()
    _ = tcgetattr(device, &mode)
    let characters = withUnsafeBytes(of: mode.c_cc) { bytes in bytes.map { UInt32($0) } }
    return [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag] + characters
  }

  /// Sends keys as a keyboard does.
  func press(_ keys: String) {
    let sent = Array(keys.utf8)
    _ = write(keyboard, sent, sent.count)
  }

  /// Takes what was written since: a terminal that nobody reads holds its writer up.
  func collect() {
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while true {
      let count = read(keyboard, &piece, piece.count)
      guard count > 0 else { return }
      bytes += piece[..<count]
    }
  }

  /// All that was written, control sequences too.
  var text: String {
    collect()
    return String(decoding: bytes, as: UTF8.self)
  }

  /// The last whole screen, line by line, without colours and without blanks at the lines' ends.
  var screen: [String] {
    collect()
    guard let end = last("\u{1B}[?2026l", before: bytes.count), let begin = last("\u{1B}[?2026h", before: end) else {
      return []
    }
    return Self.plain(bytes[begin..<end]).split(separator: "\n", omittingEmptySubsequences: false).map { line in
      var line = line
      while line.last == " " { line.removeLast() }
      return String(line)
    }
  }

  private func last(_ mark: String, before end: Int) -> Int? {
    let mark = Array(mark.utf8)
    var place = end - mark.count
    while place >= 0 {
      if bytes[place..<place + mark.count].elementsEqual(mark) { return place }
      place -= 1
    }
    return nil
  }

  /// Text without control sequences and carriage returns.
  private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
    var kept: [UInt8] = []
    var isInSequence = false
    for byte in bytes {
      if byte == 0x1B {
        isInSequence = true
      } else if isInSequence {
        // Up to its letter; the bracket is none.
        isInSequence = byte < 0x40 || byte == 0x5B
      } else if byte != 13 {
        kept.append(byte)
      }
    }
    return String(decoding: kept, as: UTF8.self)
  }

  /// Whether the command has made a screen of its own, and at the very last given the shell's screen and cursor back.
  var isScreenGivenBack: Bool {
    text.hasPrefix("\u{1B}[?1049h\u{1B}[?25l") && text.hasSuffix("\u{1B}[?25h\u{1B}[?1049l")
  }

  /// Waits for the command's end, and reads what it writes meanwhile.
  func finish(_ command: RunningCommand) -> RunningCommand.Ending {
    _ = command.reaches {
      collect()
      return false
    }
    let ending = command.finish()
    collect()
    return ending
  }
}

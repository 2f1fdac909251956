/// What a line typed to Maintenance asks for.
public enum Command: Equatable, Sendable {
  /// Nothing but blanks.
  case empty
  case help
  case status
  case stats
  /// The bytes of the line that shall be repeated.
  case echo(Range<Int>)
  /// The bytes of the word that is no command.
  case unknown(Range<Int>)

  /// Reads a line: a word, and for `echo` all that follows the blank behind it. Other commands take no arguments; what
  /// follows them is ignored.
  public init(parsing line: UnsafeRawBufferPointer) {
    let blank: UInt8 = 0x20
    var start = 0
    while start < line.count, line[start] == blank { start += 1 }
    var end = start
    while end < line.count, line[end] != blank { end += 1 }
    guard start < end else {
      self = .empty
      return
    }
    let word = UnsafeRawBufferPointer(rebasing: line[start..<end])
    if Self.matches(word, "help") {
      self = .help
    } else if Self.matches(word, "status") {
      self = .status
    } else if Self.matches(word, "stats") {
      self = .stats
    } else if Self.matches(word, "echo") {
      self = .echo(min(end + 1, line.count)..<line.count)
    } else {
      self = .unknown(start..<end)
    }
  }

  private static func matches(_ word: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    guard word.count == name.utf8CodeUnitCount else { return false }
    for index in 0..<word.count where word[index] != name.utf8Start[index] { return false }
    return true
  }
}

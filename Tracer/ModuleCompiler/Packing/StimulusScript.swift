import APEXTypes
import ModuleConfiguration

/// A stimulus file: what the outside world does to a module, at virtual instants, so that every run gets the same.
///
/// Text, one action a line: seconds, then `serial "text"` (bytes that arrive at COM1) or `pulse line`. A `#` begins a
/// comment. In a text, `\n \r \t \0 \\ \"` and `\xHH` mean what they mean in C.
struct StimulusScript: Sendable {
  /// The bytes of one text follow each other at this distance: a fast typist, and slow enough that the receiver's 16
  /// bytes hold what comes between two windows of an owner that runs each 30 ms or more often.
  static let byteSpacing = Nanoseconds(2_000_000)
  /// Longer files are refused.
  static let maximumBytes = 1 << 20

  /// Sorted by time; what has the same time keeps the file's order.
  private(set) var records: [StimulusRecord] = []
  /// What is wrong with the file; empty where it can be used.
  private(set) var diagnostics: [Diagnostic] = []

  /// Reads the text of a stimulus file.
  ///
  /// - Parameter file: its name, for messages.
  init(text: String, file: String) {
    guard text.utf8.count <= Self.maximumBytes else {
      diagnostics.append(Self.refusal(byteCount: text.utf8.count, file: file))
      return
    }
    var texts: [(first: SystemTime, last: SystemTime, line: Int)] = []
    // Lines are split by byte: Swift takes "\r\n" for one character.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      do {
        let added = try Self.parse(Array(line))
        if let first = added.first, let last = added.last, first.action == .serialByte {
          texts.append((first.time, last.time, index + 1))
        }
        records += added
      } catch {
        diagnostics.append(
          Diagnostic(
            .stimulusSyntax, file: file, line: index + 1, message: error.message,
            advice: "write a line such as  1.25 serial \"status\\n\"  or  0.5 pulse 5"))
      }
    }
    checkOverlaps(texts, file: file)
    records = records.enumerated().sorted {
      ($0.element.time.nanoseconds, $0.offset) < ($1.element.time.nanoseconds, $1.offset)
    }.map(\.element)
  }

  /// What is said of a file that is too long.
  static func refusal(byteCount: Int, file: String) -> Diagnostic {
    Diagnostic(
      .unreadableFile, file: file, line: 0, message: "the stimulus file has \(byteCount) bytes",
      advice: "a stimulus file has at most \(maximumBytes)")
  }

  private mutating func checkOverlaps(_ texts: [(first: SystemTime, last: SystemTime, line: Int)], file: String) {
    let ordered = texts.sorted { ($0.first, $0.line) < ($1.first, $1.line) }
    for (earlier, later) in zip(ordered, ordered.dropFirst()) where later.first <= earlier.last {
      diagnostics.append(
        Diagnostic(
          .stimulusOverlap, file: file, line: later.line,
          message: "this text starts while the one of line \(earlier.line) still arrives",
          advice: "start it after \(secondsText(earlier.last - SystemTime.zero))"))
    }
  }

  private struct SyntaxDefect: Error {
    var message: String
  }

  private static func parse(_ line: [UInt8]) throws(SyntaxDefect) -> [StimulusRecord] {
    var rest = line[...]
    func skipSpaces() {
      while let byte = rest.first, byte == 0x20 || byte == 0x09 || byte == 0x0D { rest.removeFirst() }
    }
    func word() -> String {
      skipSpaces()
      let taken = rest.prefix { $0 > 0x20 && $0 != UInt8(ascii: "#") }
      rest = rest.dropFirst(taken.count)
      return String(decoding: taken, as: UTF8.self)
    }
    let instant = word()
    if instant.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: "#") { return [] }
    let time: SystemTime
    do {
      time = SystemTime.zero + (try DecimalSeconds.parse(instant))
    } catch {
      throw SyntaxDefect(message: "'\(instant)' is not a time in seconds (\(error))")
    }
    var records: [StimulusRecord] = []
    let action = word()
    switch action {
    case "serial":
      skipSpaces()
      var at = time
      for byte in try quotedBytes(&rest) {
        records.append(StimulusRecord(time: at, action: .serialByte, data: UInt64(byte)))
        at = at + byteSpacing
      }
    case "pulse":
      let number = word()
      guard case .success(let line) = AttributeReader.parseNumber(number), line < 16, line != 2 else {
        throw SyntaxDefect(message: "'\(number)' is not an interrupt line (0 to 15, but not 2)")
      }
      records.append(StimulusRecord(time: time, action: .linePulse, data: line))
    default: throw SyntaxDefect(message: "'\(action)' is not an action")
    }
    skipSpaces()
    guard rest.isEmpty || rest.first == UInt8(ascii: "#") else {
      throw SyntaxDefect(message: "there is more on the line than an action takes")
    }
    return records
  }

  private static func quotedBytes(_ rest: inout ArraySlice<UInt8>) throws(SyntaxDefect) -> [UInt8] {
    guard rest.popFirst() == UInt8(ascii: "\"") else { throw SyntaxDefect(message: "the text has no opening quote") }
    var bytes: [UInt8] = []
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        guard !bytes.isEmpty else { throw SyntaxDefect(message: "the text is empty") }
        return bytes
      case UInt8(ascii: "\\"): bytes.append(try escapedByte(&rest))
      default: bytes.append(byte)
      }
    }
    throw SyntaxDefect(message: "the text has no closing quote")
  }

  private static func escapedByte(_ rest: inout ArraySlice<UInt8>) throws(SyntaxDefect) -> UInt8 {
    switch rest.popFirst() {
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "0"): return 0x00
    case UInt8(ascii: "\\"): return UInt8(ascii: "\\")
    case UInt8(ascii: "\""): return UInt8(ascii: "\"")
    case UInt8(ascii: "x"):
      let digits = rest.prefix(2)
      guard digits.count == 2, digits.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
        let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
      else { throw SyntaxDefect(message: "\\x needs two hexadecimal digits") }
      rest = rest.dropFirst(2)
      return value
    default: throw SyntaxDefect(message: "an escape of the text is unknown")
    }
  }
}

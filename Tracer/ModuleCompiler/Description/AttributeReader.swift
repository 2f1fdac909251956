import APEXTypes

/// Reads the typed values of elements; what the schema has already refused is silently nil.
struct AttributeReader {
  var diagnostics: DiagnosticList
  /// Whether some element lacked what it needs and was left out of the description.
  private(set) var isIncomplete = false

  init(diagnostics: DiagnosticList) { self.diagnostics = diagnostics }

  /// A required attribute's value, or nil and the note that the description is incomplete.
  mutating func required<Value>(_ value: Value?) -> Value? {
    if value == nil { isIncomplete = true }
    return value
  }

  /// The value of what the schema has as a token: the blanks around it, which validators take away, are not its own.
  private func token(_ name: String, of element: ConfigurationElement) -> String? {
    element.attributes[name]?.trimmed
  }

  /// A number, decimal or hexadecimal; nil where absent or unreadable.
  mutating func number(_ name: String, of element: ConfigurationElement) -> UInt64? {
    guard let text = token(name, of: element) else { return nil }
    switch Self.parseNumber(text) {
    case .success(let value): return value
    case .failure(.malformed): isIncomplete = true
    case .failure(.tooLarge):
      isIncomplete = true
      diagnostics.error(
        .numberOutOfRange, line: element.line, "\(element.name): \(name) = \(text) is too large",
        "write a number below 2^63")
    }
    return nil
  }

  enum NumberDefect: Error { case malformed, tooLarge }

  /// The number that `text` means, below 2^63 so that sums of two never overflow.
  static func parseNumber(_ text: some StringProtocol) -> Result<UInt64, NumberDefect> {
    let isHexadecimal = text.hasPrefix("0x") || text.hasPrefix("0X")
    let digits = isHexadecimal ? text.dropFirst(2) : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ Self.isDigit($0, hexadecimal: isHexadecimal) }) else {
      return .failure(.malformed)
    }
    guard let value = UInt64(digits, radix: isHexadecimal ? 16 : 10), value < 1 << 63 else {
      return .failure(.tooLarge)
    }
    return .success(value)
  }

  private static func isDigit(_ byte: UInt8, hexadecimal: Bool) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"): hexadecimal
    default: false
    }
  }

  /// Decimal seconds; nil where absent or unreadable.
  mutating func seconds(_ name: String, of element: ConfigurationElement) -> Nanoseconds? {
    guard let text = token(name, of: element) else { return nil }
    do {
      return try DecimalSeconds.parse(text)
    } catch {
      isIncomplete = true
      report(error, "\(element.name): \(name) = \(text)", line: element.line)
    }
    return nil
  }

  private mutating func report(_ defect: DecimalSeconds.Defect, _ what: String, line: Int) {
    switch defect {
    case .malformed: break
    case .tooFine:
      diagnostics.error(
        .secondsTooFine, line: line, "\(what) is finer than a nanosecond",
        "write at most nine decimals")
    case .tooLarge:
      diagnostics.error(
        .numberOutOfRange, line: line, "\(what) is too long",
        "write at most \(DecimalSeconds.maximumSeconds) seconds")
    }
  }

  func boolean(_ name: String, of element: ConfigurationElement) -> Bool {
    guard let text = token(name, of: element) else { return false }
    return text == "1" || text.lowercased() == "true"
  }

  func text(_ name: String, of element: ConfigurationElement) -> String? {
    guard let text = element.attributes[name], !text.isEmpty else { return nil }
    return text
  }

  /// The words of a list; none where it is absent.
  func names(_ name: String, of element: ConfigurationElement) -> [String] {
    (element.attributes[name] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The meaning of a word of an enumeration; nil where absent or unknown.
  func choice<Value>(_ name: String, of element: ConfigurationElement, _ values: [String: Value]) -> Value? {
    token(name, of: element).flatMap { values[$0] }
  }

  /// The one child of a name; a second is an error.
  mutating func single(_ name: String, of element: ConfigurationElement) -> ConfigurationElement? {
    let found = element.children(name)
    for extra in found.dropFirst() {
      diagnostics.error(
        .repeatedElement, line: extra.line, "'\(name)' comes again (first in line \(found[0].line))",
        "join the two elements into one")
    }
    return found.first
  }

  mutating func unsupported(_ element: ConfigurationElement, _ what: String, _ advice: String) {
    diagnostics.warning(.unsupported, line: element.line, what, advice)
  }
}

import TextForms
import TraceReading

/// Text that can stand in a page's script without ending it.
enum PageText {
  /// A JSON string in which no character can begin a tag or a comment of HTML.
  static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x3C || $0 >= 0x80 }) else {
      return "\"\(text)\""
    }
    return EventField.quoted(text).replacing("<", with: "\\u003c")
      .replacing("\u{2028}", with: "\\u2028").replacing("\u{2029}", with: "\\u2029")
  }

  /// An identity of 64 bits, as other commands print it.
  static func hexadecimal(_ value: UInt64) -> String {
    "\"\(value.hexadecimalDigits)\""
  }

  /// Text of an element.
  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      default: result.append(character)
      }
    }
    return result
  }
}

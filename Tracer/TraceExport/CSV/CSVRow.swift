import TraceReading

/// Fields of a CSV file as RFC 4180 has them: CRLF at the end of a line, quotes where a field needs them.
public enum CSVRow {
  /// One line with its end.
  public static func line(_ fields: [String]) -> String {
    var text = TextBytes()
    for (index, field) in fields.enumerated() {
      if index > 0 { text.put(byte: comma) }
      put(field, to: &text)
    }
    end(&text)
    return text.text
  }

  static let comma: UInt8 = 0x2C

  /// Puts one field.
  static func put(_ field: String, to text: inout TextBytes) {
    // Looked for in bytes: in a string CR LF is one character, which equals neither.
    guard needsQuotes(field.utf8) else { return text.put(field) }
    putQuoted(field.utf8, to: &text)
  }

  /// Puts one field that is put together already.
  static func put(_ field: TextBytes, to text: inout TextBytes) {
    guard needsQuotes(field.bytes) else { return text.put(field.bytes) }
    putQuoted(field.bytes, to: &text)
  }

  static func end(_ text: inout TextBytes) {
    text.put(byte: 0x0D)
    text.put(byte: 0x0A)
  }

  @inline(__always)
  private static func needsQuotes(_ field: some Sequence<UInt8>) -> Bool {
    field.contains { $0 == 0x22 || $0 == comma || $0 == 0x0D || $0 == 0x0A }
  }

  private static func putQuoted(_ field: some Sequence<UInt8>, to text: inout TextBytes) {
    text.put(byte: 0x22)
    for byte in field {
      if byte == 0x22 { text.put(byte: byte) }
      text.put(byte: byte)
    }
    text.put(byte: 0x22)
  }
}

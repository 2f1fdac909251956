import TraceReading

/// A signal of a VCD file: its identifier there, and the value last written.
struct VCDSignal {
  let identifier: String
  let name: String
  let bits: Int
  /// Nil for unknown.
  var value: UInt64?

  init(number: Int, _ name: String, bits: Int) {
    // Identifiers are short strings of printable characters, '!' to '~'.
    var rest = number
    var text = ""
    repeat {
      text.unicodeScalars.append(Unicode.Scalar(UInt8(33 + rest % 94)))
      rest /= 94
    } while rest > 0
    identifier = text
    self.name = name
    self.bits = bits
  }

  var declaration: String { "$var wire \(bits) \(identifier) \(name)\(bits > 1 ? " [\(bits - 1):0]" : "") $end\n" }

  /// The value's line.
  var text: String {
    if bits == 1 { return (value.map { $0 == 0 ? "0" : "1" } ?? "x") + identifier + "\n" }
    let largest = UInt64.max >> UInt64(64 - bits)
    return "b" + (value.map { String(min($0, largest), radix: 2) } ?? "x") + " " + identifier + "\n"
  }

  /// A name that no reader stumbles over: letters, digits and underscores.
  static func plain(_ text: String) -> String {
    let letters = text.unicodeScalars.map { scalar -> Character in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "_"
    }
    return letters.isEmpty ? "_" : String(letters)
  }
}

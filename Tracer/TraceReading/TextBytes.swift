import TextForms

/// Text that is put together piece by piece, in bytes of UTF-8.
///
/// Traces are printed by the million lines, of a dozen pieces each: a string for each piece would cost several times
/// what decoding and describing do.
public struct TextBytes: Equatable, Sendable {
  /// What was put so far, for a file to be written from.
  public private(set) var bytes: [UInt8] = []

  /// Has no text.
  public init() {}

  /// How many bytes were put so far: characters may have several.
  public var count: Int { bytes.count }

  /// What was put so far as a string.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Forgets the text, and keeps the memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Makes room for so many bytes.
  public mutating func reserve(_ count: Int) { bytes.reserveCapacity(count) }

  /// Puts text as it is, nothing in it escaped.
  @inline(__always)
  public mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Puts bytes that are text already.
  @inline(__always)
  public mutating func put(_ text: [UInt8]) { bytes.append(contentsOf: text) }

  /// Puts a byte: a character of ASCII, or part of another one.
  @inline(__always)
  public mutating func put(byte: UInt8) { bytes.append(byte) }

  /// Puts so many spaces, none for a number below 1.
  public mutating func put(spaces count: Int) {
    if count > 0 { bytes.append(contentsOf: repeatElement(0x20, count: count)) }
  }

  /// Puts a number in decimal digits, after zeros where it has fewer than `least`.
  public mutating func put(_ number: UInt64, least: Int = 1) {
    let width = max(Self.digitCount(number), least)
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0x30, count: width))
    var rest = number
    var place = start + width
    while rest > 0 {
      place -= 1
      let quotient = rest / 10
      bytes[place] = 0x30 | UInt8(truncatingIfNeeded: rest &- quotient &* 10)
      rest = quotient
    }
  }

  /// Puts a number in decimal digits, after spaces where it has fewer than `width`.
  public mutating func put(_ number: UInt64, width: Int) {
    put(spaces: width - Self.digitCount(number))
    put(number)
  }

  static func digitCount(_ number: UInt64) -> Int {
    var digits = 1
    var bound: UInt64 = 10
    while number >= bound {
      digits += 1
      let (next, isOver) = bound.multipliedReportingOverflow(by: 10)
      if isOver { break }
      bound = next
    }
    return digits
  }

  /// Puts a number in hexadecimal digits, after `0x`.
  public mutating func put(hexadecimal number: UInt64) {
    bytes.append(0x30)
    bytes.append(0x78)
    var shift = max(0, (63 - number.leadingZeroBitCount) & ~3)
    while shift >= 0 {
      let digit = UInt8(truncatingIfNeeded: number >> UInt64(shift)) & 15
      bytes.append(digit < 10 ? 0x30 | digit : 0x57 + digit)
      shift -= 4
    }
  }

  /// Puts nanoseconds as seconds with nine decimals, after spaces where they take fewer than `width` characters.
  public mutating func put(seconds nanoseconds: UInt64, width: Int = 0) {
    put(nanoseconds / 1_000_000_000, width: width - 10)
    bytes.append(0x2E)
    put(nanoseconds % 1_000_000_000, least: 9)
  }

  /// Puts a JSON string.
  public mutating func put(quoted text: String) {
    bytes.append(0x22)
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x5C }
    if isPlain { put(text) } else { putEscaped(text) }
    bytes.append(0x22)
  }

  private mutating func putEscaped(_ text: String) {
    for byte in text.utf8 {
      switch byte {
      case 0x22, 0x5C:
        bytes.append(0x5C)
        bytes.append(byte)
      case 0..<0x20:
        put("\\u00")
        bytes.append(0x30 | byte >> 4)
        let digit = byte & 15
        bytes.append(digit < 10 ? 0x30 | digit : 0x57 + digit)
      default: bytes.append(byte)
      }
    }
  }

  /// Puts text in a column as wide as so many signs that take one column of a terminal.
  public mutating func put(_ text: String, width: Int, isRight: Bool = false) {
    let missing = width - Self.columnCount(text)
    if isRight { put(spaces: missing) }
    put(text)
    if !isRight { put(spaces: missing) }
  }

  private static func columnCount(_ text: String) -> Int {
    let bytes = text.utf8
    return bytes.allSatisfy { $0 < 0x80 && $0 != 0x0D } ? bytes.count : text.columns
  }
}

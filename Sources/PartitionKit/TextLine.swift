/// A line of text under construction, in a fixed buffer; what does not fit is cut off.
public struct TextLine {
  /// Bytes that a line can hold.
  public static let capacity = 128

  @usableFromInline var storage = InlineArray<128, UInt8>(repeating: 0)
  /// Bytes in the line.
  public private(set) var count = 0

  /// A line without a byte.
  public init() {}

  /// Appends one byte.
  public mutating func append(_ byte: UInt8) {
    guard count < Self.capacity else { return }
    storage[count] = byte
    count += 1
  }

  /// Appends a literal.
  public mutating func append(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { append(text.utf8Start[index]) }
  }

  /// Appends a number in decimal.
  public mutating func append(decimal number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      append(UInt8(truncatingIfNeeded: number / divisor % 10) + 0x30)
      divisor /= 10
    }
  }

  /// Appends a number in hexadecimal, with `0x` and without leading zeros.
  public mutating func append(hexadecimal number: UInt64) {
    append("0x")
    var shift: UInt64 = 60
    while shift > 0, number >> shift == 0 { shift -= 4 }
    while true {
      let digit = UInt8(truncatingIfNeeded: number >> shift & 15)
      append(digit < 10 ? digit + 0x30 : digit + 0x57)
      if shift == 0 { return }
      shift -= 4
    }
  }

  /// Gives the bytes to `body` for as long as it runs.
  public func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    let count = count
    return withUnsafeBytes(of: storage) { body(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
  }
}

import Foundation

/// Numbers packed for the page: little-endian arrays and variable-length integers, in base64.
struct CompactNumbers {
  private(set) var bytes: [UInt8] = []

  init() {}

  /// Seven bits a byte, the lowest first, the top bit set while more follow.
  mutating func append(variable value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  mutating func append(byte: UInt8) { bytes.append(byte) }

  /// The least of 1, 2, 4, 8 bytes that holds every value.
  static func elementBytes(_ values: ArraySlice<UInt64>) -> Int {
    let most = values.max() ?? 0
    return most <= 0xFF ? 1 : most <= 0xFFFF ? 2 : most <= 0xFFFF_FFFF ? 4 : 8
  }

  mutating func append(_ values: ArraySlice<UInt64>, elementBytes: Int) {
    bytes.reserveCapacity(bytes.count + values.count * elementBytes)
    for value in values {
      for index in 0..<elementBytes { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }
  }

  /// Three bytes are four letters, so pieces of so many can be written one behind the other.
  private static let pieceBytes = 3 << 14

  /// Adds them to a page, in base64.
  func append(to page: inout [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: Self.pieceBytes) {
      let piece = bytes[start..<min(bytes.count, start + Self.pieceBytes)]
      page += Data(piece).base64EncodedData()
    }
  }
}

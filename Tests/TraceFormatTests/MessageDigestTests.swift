import Testing
import TraceFormat

@Suite("Message digest")
struct MessageDigestTests {
  private static func digest(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { MessageDigest.digest($0) } }

  /// The check value of the CRC catalogues, and the vectors of RFC 3720, B.4.
  @Test("It is the CRC-32C that others compute")
  func knownValues() {
    #expect(Self.digest(Array("123456789".utf8)) == 0xE306_9283)
    #expect(Self.digest(Array(repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Self.digest(Array(repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(Self.digest((0..<32).map { UInt8($0) }) == 0x46DD_794E)
    #expect(Self.digest([]) == 0)
  }

  @Test("Every changed byte shows, and a moved or a lost one")
  func changes() {
    let bytes = (0..<64).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let digest = Self.digest(bytes)
    for index in bytes.indices {
      for change in 1...255 {
        var other = bytes
        other[index] ^= UInt8(change)
        #expect(Self.digest(other) != digest)
      }
    }
    var swapped = bytes
    swapped.swapAt(8, 16)
    #expect(Self.digest(swapped) != digest)
    #expect(Self.digest(Array(bytes.dropLast())) != digest)
    #expect(Self.digest(bytes + [0]) != digest)
  }
}

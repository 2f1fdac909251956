import APEXTypes
import TestSeeds
import Testing

@testable import ModuleCompiler

@Suite struct DecimalSecondsTests {
  @Test(
    arguments: [
      ("0.020", 20_000_000), ("0.02", 20_000_000), (".5", 500_000_000), ("1.", 1_000_000_000), ("0", 0),
      ("0.000000001", 1), ("0.1000000000000", 100_000_000), ("100000", 100_000_000_000_000),
      // No floating-point number of 64 bits is any of these.
      ("0.300000001", 300_000_001), ("99999.123456789", 99_999_123_456_789), ("0007.7", 7_700_000_000),
    ] as [(String, UInt64)])
  func isExact(_ text: String, _ nanoseconds: UInt64) throws {
    #expect(try DecimalSeconds.parse(text) == Nanoseconds(nanoseconds))
  }

  @Test(
    arguments: [
      ("", DecimalSeconds.Defect.malformed), (".", .malformed), ("1e3", .malformed), ("-1", .malformed),
      ("+1", .malformed), ("1.2.3", .malformed), (" 1", .malformed), ("0x10", .malformed), ("١", .malformed),
      ("0.0000000001", .tooFine), ("1.1234567891", .tooFine), ("100001", .tooLarge), ("100001.00000000001", .tooLarge),
      ("99999999999999999999999999999999", .tooLarge),
    ] as [(String, DecimalSeconds.Defect)])
  func isRefused(_ text: String, _ defect: DecimalSeconds.Defect) {
    #expect(throws: defect) { try DecimalSeconds.parse(text) }
  }

  @Test func formatsAndParsesBack() throws {
    let seed = TestSeed.draw()
    print("DecimalSecondsTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<2000 {
      let time = Nanoseconds(.random(in: 0...100_000_000_000_000, using: &generator))
      #expect(try DecimalSeconds.parse(DecimalSeconds.format(time)) == time)
    }
    #expect(DecimalSeconds.format(Nanoseconds(20_000_000)) == "0.02")
  }

  @Test func numbers() {
    func value(_ text: String) -> UInt64? { try? AttributeReader.parseNumber(text).get() }
    #expect(value("0x3F8") == 0x3F8)
    #expect(value("0X1f") == 31)
    #expect(value("007") == 7)
    #expect(value("9223372036854775807") == UInt64(Int64.max))
    for text in ["9223372036854775808", "0x", "", "-1", "+1", "1_0", "0xG", "0x8000000000000000"] {
      #expect(value(text) == nil, "\(text)")
    }
  }
}

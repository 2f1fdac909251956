import TestSeeds
import Testing

@testable import TraceReading

/// Text put together in bytes against the same from strings.
@Suite struct TextBytesTests {
  private static func text(_ put: (inout TextBytes) -> Void) -> String {
    var text = TextBytes()
    put(&text)
    return text.text
  }

  private static let edges: [UInt64] =
    [0, 1, 9, 10, 15, 16, 99, 100, 999_999_999, 1_000_000_000, .max, .max - 1, 1 << 63]
    + (0..<20).map { (0..<$0).reduce(UInt64(1)) { power, _ in power * 10 } }

  @Test func numbersAreThoseOfStrings() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    let numbers = (0..<2000).map { _ in
      UInt64.random(in: .min ... .max, using: &random) >> UInt64.random(in: 0..<64, using: &random)
    }
    func filled(_ text: String, _ width: Int, with filler: String) -> String {
      String(repeating: filler, count: max(0, width - text.count)) + text
    }
    for number in Self.edges + numbers {
      let decimal = String(number)
      #expect(Self.text { $0.put(number) } == decimal)
      #expect(Self.text { $0.put(number, least: 9) } == filled(decimal, 9, with: "0"))
      #expect(Self.text { $0.put(number, width: 10) } == filled(decimal, 10, with: " "))
      #expect(Self.text { $0.put(hexadecimal: number) } == "0x" + String(number, radix: 16))
      let seconds = "\(number / 1_000_000_000)." + filled(String(number % 1_000_000_000), 9, with: "0")
      #expect(Self.text { $0.put(seconds: number) } == seconds)
      #expect(Self.text { $0.put(seconds: number, width: 14) } == filled(seconds, 14, with: " "), "seed \(seed)")
    }
  }

  @Test func stringsOfJSONAreEscaped() {
    #expect(Self.text { $0.put(quoted: "plain –") } == "\"plain –\"")
    #expect(Self.text { $0.put(quoted: "a\"b\\c\n\u{1F}\u{0}") } == #""a\"b\\c\u000a\u001f\u0000""#)
  }

  @Test func columnsAreFilledAsATerminalShowsThem() {
    #expect(Self.text { $0.put("ab", width: 4) } == "ab  ")
    #expect(Self.text { $0.put("ab", width: 4, isRight: true) } == "  ab")
    #expect(Self.text { $0.put("abcde", width: 4) } == "abcde")
    // Three bytes, one character.
    #expect(Self.text { $0.put("–", width: 3) } == "–  ")
    // Two characters that take four columns, and three that take two.
    #expect(Self.text { $0.put("日本", width: 6) } == "日本  ")
    #expect(Self.text { $0.put("日本", width: 6, isRight: true) } == "  日本")
    #expect(Self.text { $0.put("a\u{200B}b", width: 4) } == "a\u{200B}b  ")
  }
}

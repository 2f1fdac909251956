import APEXTypes
import ModuleConfiguration
import TestSeeds
import Testing

@testable import ModuleCompiler

@Suite struct StimulusScriptTests {
  private func script(_ text: String) -> StimulusScript { StimulusScript(text: text, file: "s.txt") }

  @Test func bytesFollowEachOther() {
    let script = script(
      """
      # comment
      1.25 serial "a\\n\\x7f\\"#" # the end
        0.5\tpulse 5

      """)
    #expect(script.diagnostics.isEmpty)
    #expect(
      script.records.map(\.time.nanoseconds) == [
        500_000_000, 1_250_000_000, 1_252_000_000, 1_254_000_000, 1_256_000_000, 1_258_000_000,
      ])
    #expect(script.records.map(\.data) == [5, 0x61, 0x0A, 0x7F, 0x22, 0x23])
    #expect(script.records[0].action == .linePulse)
    #expect(script.records.dropFirst().allSatisfy { $0.action == .serialByte })
  }

  @Test func linesMayEndAsOnWindows() {
    let script = script("0.1 pulse 1\r\n0.2 pulse 3\r\n")
    #expect(script.diagnostics.isEmpty)
    #expect(script.records.map(\.data) == [1, 3])
  }

  @Test(arguments: [
    "1.0", "x pulse 1", "1.0 pulse", "1.0 pulse 2", "1.0 pulse 16", "1.0 pulse 1 2", "1.0 press 1",
    "1.0 serial hello", "1.0 serial \"hello", "1.0 serial \"\"", "1.0 serial \"\\q\"", "1.0 serial \"\\x+1\"",
    "1.0 serial \"a\" b", "0.0000000001 pulse 1", "1.0 serial \"\\", "-1 pulse 1",
  ])
  func syntaxErrorNamesItsLine(_ line: String) {
    let script = script("0.5 pulse 1\n\(line)\n2 pulse 3\n")
    #expect(script.diagnostics.map(\.rule) == [.stimulusSyntax])
    #expect(script.diagnostics.map(\.line) == [2])
    #expect(script.records.count == 2)
  }

  @Test func overlappingTexts() {
    let script = script("1.0 serial \"abc\"\n1.0002 serial \"d\"\n1.0003 serial \"e\"\n")
    #expect(script.diagnostics.map(\.rule) == [.stimulusOverlap])
    #expect(script.diagnostics.map(\.line) == [2])
  }

  @Test func survivesMutation() {
    let seed = TestSeed.draw()
    print("StimulusScriptTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let original = Array("0.25 serial \"status\\n\\x41\" # c\n0.5 pulse 5\n1 serial \"x\"\n".utf8)
    for _ in 0..<5000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
      }
      let records = script(String(decoding: bytes, as: UTF8.self)).records
      #expect(zip(records, records.dropFirst()).allSatisfy { $0.time <= $1.time })
    }
  }
}

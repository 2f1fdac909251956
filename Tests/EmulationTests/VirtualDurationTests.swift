import APEXTypes
import Testing

@testable import Emulation

/// Durations as the command's options give them.
@Suite struct VirtualDurationTests {
  @Test(
    arguments: [
      ("2s", 2_000_000_000), ("500ms", 500_000_000), ("1.5s", 1_500_000_000), ("250us", 250_000), ("7ns", 7),
      ("0.000000001s", 1), ("1min", 60_000_000_000), ("9\u{B5}s", 9000), ("9\u{3BC}s", 9000),
      ("2", 2_000_000_000), ("1.5", 1_500_000_000), ("18446744073s", 18_446_744_073_000_000_000),
    ] as [(String, UInt64)])
  func readsExactly(text: String, nanoseconds: UInt64) {
    #expect(VirtualDuration(text)?.nanoseconds == Nanoseconds(nanoseconds))
  }

  @Test(arguments: [
    "", "s", "-1s", "0s", "1.s", ".5s", "1..2s", "1.5ns", "0.0000000001s", "2 s", "2S", "1e3s", "18446744074s",
    "99999999999999999999s", "２s", "18446744073.9s",
  ])
  func refuses(text: String) {
    #expect(VirtualDuration(text) == nil)
  }

  @Test func printsSeconds() {
    #expect(VirtualDuration(Nanoseconds(1_050_999_999)).description == "1.050 s")
  }
}

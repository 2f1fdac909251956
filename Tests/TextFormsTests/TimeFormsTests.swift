import Testing
import TextForms

/// Instants and lengths of time as sentences have them.
@Suite struct TimeFormsTests {
  @Test(
    arguments: [
      (0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (1_500, "1.5 µs"), (999_999, "999.999 µs"),
      (5_000_000, "5 ms"), (2_205_792, "2.205792 ms"), (1_000_000_000, "1 s"), (20_000_000_001, "20.000000001 s"),
      (.max, "18446744073.709551615 s"),
    ] as [(UInt64, String)])
  func lengthsHaveTheUnitOfWhichTheyHaveOne(nanoseconds: UInt64, text: String) {
    #expect(nanoseconds.durationText == text)
  }

  @Test func instantsAreSecondsAsInLines() {
    #expect(UInt64(32_050_836).instantText == "0.032050836 s")
  }
}

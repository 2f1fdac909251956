import Terminal
import Testing
import TextForms

@testable import Live

/// Names in signs that take two columns of a terminal, or none: a line that is longer than its screen spoils it.
@Suite struct WideNamesTests {
  @Test func aColumnIsFilledAndALineIsCut() {
    for width in 1...14 {
      var line = StyledLine()
      line.append("日本語 Nav", width: width)
      line.append("|")
      #expect(line.count == width + 1)
      line.append("語語")
      for room in 0...20 {
        let shown = line.rendered(width: room, isColored: false)
        #expect(shown.columns == min(room, line.count), "\(shown), \(room)")
      }
    }
  }

  @Test func aStripIsAsWideAsItsFrame() {
    for duration in 1...14 as ClosedRange<UInt64> {
      var strip = WindowStrip(columns: 16, length: 16)
      strip.add(start: 2, duration: duration, owner: 1, name: "日a本\u{200B}語", isRunning: duration.isMultiple(of: 2))
      #expect(strip.labels.joined().columns == 16, "\(duration): \(strip.labels)")
    }
  }

  /// What stands for a partition in a strip takes one column.
  @Test func lettersAreNarrow() {
    #expect(LiveScreen.letters(["日本語", "語X", "Nav", "한"]) == ["0", "X", "N", "1"])
  }
}

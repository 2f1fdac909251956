import Testing

@testable import Report

/// Counts by cell of time: sums are exact however long the run becomes.
@Suite struct LaneCellsTests {
  @Test func sumsStayExactWhileCellsDouble() {
    var cells = LaneCells(cellCount: 16)
    let (points, stretches) = (cells.addLane(), cells.addLane())
    var total: UInt64 = 0
    // Ever longer steps: from one cell to far beyond all of them.
    var time: UInt64 = 5_000
    for step in UInt64(0)..<60 {
      cells.add(points, at: time)
      let length = 700 + step * 10_007
      cells.add(stretches, from: time, to: time + length)
      total += length
      time += length + step * step * 1_000
    }
    #expect(cells.lanes[points].reduce(0, +) == 60)
    #expect(cells.lanes[stretches].reduce(0, +) == total)
    #expect(cells.base == 5_000)
    #expect((time - cells.base) / cells.width < 16 * 2)
    let used = cells.used(until: time)
    #expect(cells.lanes[points][used...].allSatisfy { $0 == 0 })
    cells.coarsen(until: time, limit: 4)
    #expect(cells.used(until: time) <= 4)
    #expect(cells.lanes[stretches].reduce(0, +) == total)
  }

  @Test func noCellHoldsMoreThanItsWidth() {
    var cells = LaneCells(cellCount: 8)
    let lane = cells.addLane()
    cells.add(lane, from: 0, to: 100_000)
    #expect(cells.lanes[lane].allSatisfy { $0 <= cells.width })
    #expect(cells.lanes[lane].filter { $0 == cells.width }.count == Int(100_000 / cells.width))
  }

  @Test func theEndOfTimeIsNoTrap() {
    var cells = LaneCells(cellCount: 8)
    let lane = cells.addLane()
    cells.add(lane, at: 3)
    cells.add(lane, at: .max)
    cells.add(lane, from: .max - 10, to: .max)
    #expect(cells.lanes[lane].reduce(0, +) == 12)
    cells.add(lane, at: 0)
    #expect(cells.lanes[lane][0] == 2, "what precedes the first instant falls in the first cell")
  }

  @Test func numbersArePackedInTheLeastSize() {
    #expect(CompactNumbers.elementBytes([0, 255]) == 1)
    #expect(CompactNumbers.elementBytes([256]) == 2)
    #expect(CompactNumbers.elementBytes([65_536]) == 4)
    #expect(CompactNumbers.elementBytes([1 << 32]) == 8)
    var numbers = CompactNumbers()
    numbers.append([1, 0x1234], elementBytes: 2)
    numbers.append(variable: 300)
    numbers.append(variable: 0)
    #expect(numbers.bytes == [1, 0, 0x34, 0x12, 0xAC, 0x02, 0])
  }

  @Test func textCannotEndTheScript() {
    #expect(PageText.quoted("plain") == "\"plain\"")
    let hostile = PageText.quoted("</script><!-- \" \\ \u{2028} \n é")
    #expect(!hostile.contains("<"))
    #expect(!hostile.contains("\u{2028}"))
    #expect(hostile == "\"\\u003c/script>\\u003c!-- \\\" \\\\ \\u2028 \\u000a é\"")
    #expect(PageText.escaped("<b>&") == "&lt;b&gt;&amp;")
  }
}

import CommandFolder
import StoredTraces
import Testing
import TraceFormat

/// `partita stats --compare`: what is worth a line.
@Suite struct ComparedStatisticsTests {
  /// Of two runs that are alike one ends a microsecond later: every rate is another, by millionths.
  @Test func whatDiffersByMillionthsIsCountedAlone() throws {
    let folder = try CommandFolder()
    for (name, end) in [("one", 1_000_000_000), ("other", 1_000_001_000), ("longer", 1_100_000_000)] {
      var events = SmallStory.whole
      events[events.count - 1].time = UInt64(end)
      try folder.write(SmallStory.file(events), to: name)
    }
    func compare(_ other: String, _ options: String...) throws -> String {
      let run = try folder.run(["stats", "one", "--compare", other] + options)
      #expect(run.ending == .status(0), "\(run.errors)")
      return run.output
    }
    let text = try compare("other")
    #expect(text.contains(" differ by less than 0.005 % (--all shows them)"), "\(text)")
    #expect(!text.contains("perSecond") && !text.contains("virtual time"), "\(text)")
    let all = try compare("other", "--all")
    #expect(all.contains("perSecond") && all.contains("< 0.005 %") && !all.contains("0.00 %"), "\(all)")
    let longer = try compare("longer")
    #expect(longer.contains("perSecond") && longer.contains("+10.00 %") && longer.contains("-9.09 %"), "\(longer)")
    #expect(!longer.contains("0.005"), "\(longer)")
    #expect(try compare("one").hasSuffix(" figures are equal (--all shows them)\n"))
  }
}

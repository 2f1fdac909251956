import Testing

@testable import Verification

/// What `verify --explain` tells of a worst case: short, and led by what the claim's partition can do something about.
@Suite struct ExplanationTests {
  private static func share(_ taker: TimeTaker, _ nanoseconds: UInt64) -> TimeShare {
    TimeShare(taker: taker, nanoseconds: nanoseconds, pieces: 1, position: 9)
  }

  /// As it comes from the attribution: who took most first.
  private static let shares = [
    share(.partition(SampleModule.drainer), 9_000_000), share(.idle, 8_000_000), share(.partition(0), 7_000_000),
    share(.partition(1), 6_000), share(.interrupt(line: 8), 5_000), share(.hypercall(65, of: 1), 400),
    share(.timer, 30), share(.hypercall(65, of: 0), 2),
  ]

  /// Who is told of, in order, of a worst case of one claim.
  private static func takers(of identifier: String, hasAllTakers: Bool = false, count: Int = 8) throws -> [String] {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    var claim = try #require(report.claim(identifier))
    claim.worstCases = [try #require(claim.worst)]
    claim.worstCases[0].attribution = Array(shares.prefix(count))
    let text = report.explanation(of: claim, hasAllTakers: hasAllTakers)
    return text.split(separator: "\n").filter { $0.hasPrefix("      ") }.map { $0.dropFirst(6) }.map { line in
      line.hasPrefix("and ") ? String(line) : String(line[line.range(of: "ns  ")!.upperBound...])
    }
  }

  private static func event(_ names: [String]) -> [String] { names.map { $0 + " (event 9)" } }

  @Test func whatThePartitionCanChangeComesFirst() throws {
    let shown = try Self.takers(of: "process.deadline.Control.law")
    let names = ["Control in ring 3", "interrupt of line 8", "Drainer in ring 3", "Sensors in ring 3", "idle loop"]
    #expect(shown == Self.event(names) + ["and 3 others, 432 ns in all"])
    // The same time, for a claim of another partition, and for one of the kernel.
    let sensors = try Self.takers(of: "partition.supply.Sensors")
    #expect(sensors.first == "Sensors in ring 3 (event 9)", "\(sensors)")
    let kernel = try Self.takers(of: "window.start.instant")
    #expect(kernel.first == "interrupt of line 8 (event 9)" && kernel.count == 6, "\(kernel)")
  }

  @Test func allAreNamedWhereThatIsAskedFor() throws {
    let all = try Self.takers(of: "process.deadline.Control.law", hasAllTakers: true)
    #expect(all.count == 8 && all[1] == "hypercall yield of Control (event 9)", "\(all)")
    #expect(!all.contains { $0.contains("other") })
  }

  /// Whatever is violated: an instant is told in seconds, with all nine places, and a span in groups of three digits.
  @Test func timesAreToldAsEverywhereElse() throws {
    var told = 0
    for (mutations, module, lines) in [
      (Mutation.all, try SampleModule(), { Scribe.story(of: $0) }),
      (Mutation.rich, try RichModule.make(), { RichStory.tell(of: $0) }),
    ] as [([Mutation], SampleModule, (SampleModule) -> [StoryLine])] {
      for mutation in mutations {
        var story = Story(lines(module))
        mutation.apply(&story)
        for text in story.verify(module).claims.flatMap(\.firstViolations).map(\.explanation) {
          let raw = text.ranges(of: /[0-9]{4,} ns/)
          #expect(raw.isEmpty, "\(mutation): \(text)")
          told += text.ranges(of: /[0-9]\.[0-9]{9} s|[0-9] ns/).count
        }
      }
    }
    #expect(told > 50)
  }

  @Test func nobodyIsLeftOutOfFive() throws {
    #expect(try Self.takers(of: "process.deadline.Control.law", count: 5).count == 5)
    #expect(try Self.takers(of: "process.deadline.Control.law", count: 6).last == "and 1 other, 400 ns in all")
  }
}

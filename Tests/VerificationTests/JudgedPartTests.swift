import ModuleConfiguration
import Simulation
import SimulatedModule
import Testing
import TraceFormat

@testable import Verification

/// Parts of long runs, judged from the middle: what is not known fails nobody, and what is violated is found.
@Suite struct JudgedPartTests {
  typealias Run = LossyRunTests.Run

  /// What is violated in a part, by claim, where reading begins at `lead` and the whole run is not read.
  static func report(
    _ events: [TraceEvent], _ table: ModuleTable, lead: Int, part: Range<Int>, kernelIdentity: UInt64? = nil
  ) -> VerificationReport {
    var verifier = Verifier(table: table)
    verifier.beginLead(inTheMiddle: lead > 0, kernelIdentity: kernelIdentity)
    for position in lead..<part.upperBound {
      if position == part.lowerBound { verifier.beginPart(at: UInt64(position)) }
      verifier.consume(events[position], position: UInt64(position))
    }
    if part.upperBound < events.count { verifier.endPart() }
    return verifier.finish()
  }

  /// Claims violated by the whole run, each with the position of its first violation.
  static func violated(_ events: [TraceEvent], _ table: ModuleTable) -> [String: UInt64] {
    var verifier = Verifier(table: table)
    for (position, event) in events.enumerated() { verifier.consume(event, position: UInt64(position)) }
    var found: [String: UInt64] = [:]
    for claim in verifier.finish().claims where claim.verdict == .fail {
      found[claim.identifier] = claim.firstViolations.first?.position
    }
    return found
  }

  @Test(arguments: [20_000, 100_000])
  func nothingFailsForWantOfWhatWentBefore(_ meanCallGap: UInt64) throws {
    let run = try Run(.lively, eventCount: 4000, meanCallGap: meanCallGap)
    print("judged part seed \(run.seed)")
    let whole = Self.violated(run.events, run.module.table)
    var generator = SeededGenerator(seed: run.seed)
    for _ in 0..<1500 {
      let lead = Int(generator.number(0...UInt64(run.events.count - 10)))
      let first = lead + Int(generator.number(0...UInt64(min(1000, run.events.count - lead - 2))))
      let end = first + Int(generator.number(1...UInt64(run.events.count - first)))
      let report = Self.report(run.events, run.module.table, lead: lead, part: first..<end)
      let failed = report.claims.filter { $0.verdict == .fail && whole[$0.identifier] == nil }.map(\.identifier)
      #expect(failed == [], "seed \(run.seed), read from \(lead), judged \(first)..<\(end)")
      // Nobody can be certain of what depends on events that were not read.
      let certain = report.claims.filter { $0.verdict == .pass }.map(\.identifier)
      let untouched = ["trace.boot", "trace.time", "trace.meaning", "trace.end", "stop.prompt"]
      if lead > 0 { #expect(certain.allSatisfy { untouched.contains($0) }, "\(certain)") }
      if failed != [] { return }
    }
  }

  /// A run with one event that is not as it was, and what is violated in it then.
  private struct SpoiltRun {
    var events: [TraceEvent]
    var place: Int
    var whole: [String: UInt64]
  }

  /// Spoils one event: late, missing, or with another detail, operand or word.
  private static func spoil(_ events: inout [TraceEvent], at place: Int, _ generator: inout SeededGenerator) {
    switch generator.number(0...4) {
    case 0: events[place].time &+= generator.number(1...200_000)
    case 1: events.remove(at: place)
    case 2: events[place].detail ^= 1
    case 3: events[place].operand ^= 1
    default: events[place].words.w0 &+= 1
    }
  }

  /// Does so four hundred times, each time with another event, none of the first `start`.
  private static func forSpoiltRuns(
    _ run: Run, from start: UInt64, _ body: (SpoiltRun, inout SeededGenerator) -> Void
  ) {
    print("judged part seed \(run.seed)")
    var generator = SeededGenerator(seed: run.seed)
    for _ in 0..<400 {
      var events = run.events
      let place = Int(generator.number(start...UInt64(events.count - 600)))
      spoil(&events, at: place, &generator)
      body(SpoiltRun(events: events, place: place, whole: violated(events, run.module.table)), &generator)
    }
  }

  /// Read from the beginning, a part has the verdicts that the whole run has there.
  @Test func whoHasReadAllBeforeMissesNothing() throws {
    let run = try Run(.lively, eventCount: 4000, meanCallGap: 20_000)
    var (foundCount, claims) = (0, Set<String>())
    Self.forSpoiltRuns(run, from: 600) { spoilt, generator in
      let first = spoilt.place - Int(generator.number(0...500))
      let report = Self.report(spoilt.events, run.module.table, lead: 0, part: first..<spoilt.events.count)
      for (claim, position) in spoilt.whole where position >= UInt64(first) {
        let found = report.claim(claim)
        #expect(found?.firstViolations.first?.position == position, "seed \(run.seed): \(claim) at \(position)")
        foundCount += 1
        claims.insert(claim)
      }
    }
    #expect(foundCount > 100 && claims.count > 10, "seed \(run.seed): \(claims.sorted())")
  }

  /// From the middle most of what is violated is found as well, and no event before what was spoilt is refused. Rarely
  /// the claim is another: who does not know what is registered refuses an upcall's handler, not that it came.
  @Test func fromTheMiddleMostIsFound() throws {
    let run = try Run(.lively, eventCount: 4000, meanCallGap: 20_000)
    var (foundCount, otherCount, allCount) = (0, 0, 0)
    Self.forSpoiltRuns(run, from: 1200) { spoilt, generator in
      let first = spoilt.place - Int(generator.number(0...200))
      let report = Self.report(spoilt.events, run.module.table, lead: first - 800, part: first..<spoilt.events.count)
      let failed = report.claims.filter { $0.verdict == .fail }
      for claim in failed where spoilt.whole[claim.identifier] == nil {
        let place = claim.firstViolations.first?.position ?? 0
        #expect(place >= UInt64(spoilt.place), "seed \(run.seed): \(claim.identifier) of \(spoilt.whole)")
        otherCount += 1
      }
      let expected = spoilt.whole.filter { $0.value >= UInt64(first) }
      allCount += expected.count
      foundCount += failed.count { expected[$0.identifier] != nil }
    }
    #expect(allCount > 100 && foundCount * 2 > allCount, "seed \(run.seed): \(foundCount) of \(allCount)")
    #expect(otherCount * 50 < foundCount, "seed \(run.seed): \(otherCount)")
  }
}

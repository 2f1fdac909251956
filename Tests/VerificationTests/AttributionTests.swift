import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// The evidence: five worst cases, and every nanosecond of theirs attributed.
@Suite struct AttributionTests {
  static func attributed(_ events: [TraceEvent], _ module: SampleModule) -> VerificationReport {
    var attributor = Attributor(report(events, module))
    for (position, event) in events.enumerated() { attributor.consume(event, position: UInt64(position)) }
    return attributor.finish()
  }

  /// What the shares of a case must sum up to.
  static func total(_ found: WorstCase, _ report: VerificationReport) -> UInt64 {
    guard found.span.scope == .all else { return UInt64(clamping: found.value) }
    // A window is announced before it starts, and the trace may end in between.
    return min(found.span.to, report.timeSpan.upperBound) - found.span.from
  }

  static func check(_ report: VerificationReport, _ what: String) {
    for claim in report.claims {
      #expect(claim.worstCases.count <= 5)
      for (before, after) in zip(claim.worstCases, claim.worstCases.dropFirst()) {
        #expect(claim.isFloor ? before.value <= after.value : before.value >= after.value)
      }
      for found in claim.worstCases where found.span.from < found.span.to {
        let sum = found.attribution.reduce(0) { $0 + $1.nanoseconds }
        #expect(
          sum == total(found, report), "\(what): \(claim.identifier) at event \(found.position): \(found.attribution)")
        guard claim.unit == .nanoseconds, !claim.isFloor, let bound = claim.bound else { continue }
        let late = found.attributionBeyondBound.reduce(0) { $0 + $1.nanoseconds }
        #expect(late == sum - min(sum, UInt64(max(0, bound))), "\(what): \(claim.identifier)")
      }
    }
  }

  @Test func theStoriesAreAttributedToTheNanosecond() throws {
    let module = try SampleModule()
    Self.check(Self.attributed(Story(Scribe.story(of: module)).events, module), "sample")
    let rich = try RichModule.make()
    Self.check(Self.attributed(Story(RichStory.tell(of: rich)).events, rich), "rich")
  }

  @Test func randomRunsAreAttributedToTheNanosecond() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    // In the last one an interrupt comes in the wait for the first start of a partition.
    for seed in Array(first..<(first + 5)) + [6_689_520_747_580_708_491] {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 60_000_000)
      Self.check(Self.attributed(events, module), "seed \(seed)")
    }
  }

  /// The late nanoseconds of a mark go to the interrupt that was late, and 60 of them lie beyond the bound.
  @Test func theLateNanosecondsAreNamed() throws {
    let module = try SampleModule()
    var story = Story(Scribe.story(of: module))
    let place = story.index(.mark, 0, where: Mutation.line(8))
    var index = place
    while story.lines[index].resume == nil {
      story.lines[index].event.time += 520
      index += 1
    }
    story.lines[index].resume! += 520
    let report = Self.attributed(story.events, module)
    Self.check(report, "late mark")
    let claim = try #require(report.claim("budget.interruptToMark.8"))
    #expect(claim.verdict == .fail)
    let worst = try #require(claim.worst)
    #expect(worst.attribution.map(\.taker) == [.interrupt(line: 8)])
    #expect(worst.attributionBeyondBound.map(\.nanoseconds) == [UInt64(worst.value) - 500])
    #expect(report.explanation(of: claim).contains("interrupt of line 8"))
    #expect(report.json.contains("\"beyondBound\": [{\"taker\": \"interrupt of line 8\""))
  }

  /// A window may be announced long after its nominal start, with no time left to wait for that: its time counts from
  /// there, and the kernel's up to where it found the pad exhausted.
  @Test func lateWindowsAreAttributedToTheNanosecond() throws {
    let (sample, rich) = (try SampleModule(), try RichModule.make())
    var scoped = 0
    for (module, lines) in [(sample, Scribe.story(of: sample)), (rich, RichStory.tell(of: rich))] {
      let story = Story(lines)
      for start in lines.indices where lines[start].event.kind == EventKind.windowStart.rawValue {
        guard let entry = lines[..<start].lastIndex(where: { $0.resume != nil }) else { continue }
        for delay in [700, 50_000, 1_100_000] as [UInt64] {
          var late = story
          late.delay(from: entry, to: late.lines.count, by: delay)
          for place in entry..<late.lines.count where late.lines[place].event.kind == EventKind.padded.rawValue {
            let (time, words) = (late.lines[place].event.time, late.lines[place].event.words)
            late.lines[place].event.words.w1 = min(words.w1, words.w0 - min(words.w0, time))
          }
          let report = Self.attributed(late.events, module)
          Self.check(report, "window at line \(start), \(delay) ns late")
          scoped += report.claims.flatMap(\.worstCases).filter { $0.span.scope != .all }.count
        }
      }
    }
    #expect(scoped > 100, "\(scoped)")
  }

  /// A deadline missed for the drainer's sake: its time is named, and other takers' time is not.
  @Test func anotherPartitionsTimeIsNamed() throws {
    let module = try SampleModule()
    let report = Self.attributed(Story(Scribe.story(of: module)).events, module)
    let supply = try #require(report.claim("partition.supply.Sensors")?.worst)
    let takers = Set(supply.attribution.map(\.taker))
    #expect(takers.isSuperset(of: [.partition(0), .partition(1), .partition(2), .partition(3), .padding]))
    #expect(takers.contains(.windowSwitch))
  }

  @Test func whatIsMissingIsAttributedToNobody() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    var attributor = Attributor(report(events, module))
    for (position, event) in events.enumerated() where !(100..<140).contains(position) {
      if position == 140 { attributor.noteGap() }
      attributor.consume(event, position: UInt64(position))
    }
    let report = attributor.finish()
    #expect(report.claims.contains { $0.worstCases.contains { $0.attribution.contains { $0.taker == .unknown } } })
  }

  /// Where only the parts are looked at in which cases lie, the same is found, or that this does not suffice.
  private static func checkParts(_ events: [TraceEvent], _ module: SampleModule, lead: UInt64) -> Bool {
    var attributor = Attributor(report(events, module))
    var seen = 0
    for stretch in attributor.stretches(lead: lead) {
      // As where blocks are read: a part begins before the events that are wanted.
      let first = max(seen, (events.firstIndex { $0.time >= stretch.lowerBound } ?? 0) - 3)
      if first > 0, first > seen || seen == 0 { attributor.skip() }
      for position in first..<events.count {
        attributor.consume(events[position], position: UInt64(position))
        seen = position + 1
        if events[position].time > stretch.upperBound, events[position].knownKind?.eventClass == .input { break }
      }
    }
    let found = attributor.finish()
    if attributor.isDoubtful { return false }
    #expect(PieceTests.text(found) == PieceTests.text(attributed(events, module)), "lead \(lead)")
    return true
  }

  @Test func partsAreAttributedAsTheWhole() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    var (sufficient, doubtful) = (0, 0)
    for seed in first..<(first + 40) where seed < first + 5 || sufficient < 5 || doubtful < 5 {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 120_000_000)
      for lead in [0, 1000, 2_000_000, 20_000_000] as [UInt64] {
        if Self.checkParts(events, module, lead: lead) { sufficient += 1 } else { doubtful += 1 }
      }
    }
    #expect(sufficient >= 5 && doubtful >= 5, "seeds from \(first): \(sufficient) sufficient, \(doubtful) doubtful")
    let story = Story(Scribe.story(of: module, frames: 12)).events
    #expect(Self.checkParts(story, module, lead: 20_000_000))
    // A part that lies within one window, of which it has not seen the start; where it has, that is all it wants.
    let world = SimulatedWorld<OwnersMarked>(module, seed: 2_149_630_232_899_155_854).run(until: 120_000_000)
    #expect(!Self.checkParts(world, module, lead: 0))
    #expect(Self.checkParts(world, module, lead: 20_000_000))
  }
}

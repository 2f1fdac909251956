import ModuleConfiguration
import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

extension SampleModule {
  /// The same with another period and deadline of its process.
  static func working(period: UInt64, deadline: UInt64) throws -> SampleModule {
    try SampleModule { name in
      configuration(name).map { section in
        guard section.0 == ModuleSection.processes.rawValue else { return section }
        var words = section.2
        (words[2], words[4]) = (period, deadline)
        return (section.0, section.1, words)
      }
    }
  }
}

/// A process may have a longer period than its partition: it is released at every so many of that one's period starts.
///
/// What the verifier finds, the auditor must find too.
@Suite struct ProcessPeriodTests {
  private static let identifier = "process.deadline.Control.law"
  /// Control's window starts at 3 ms + 10 ms × frame; it yields a millisecond later.
  private static let firstRelease: UInt64 = 3_000_000

  /// What is judged of five frames, in some of which Control does not yield.
  private static func judge(
    period: UInt64, deadline: UInt64, without yields: [Int] = [], _ change: (inout Story) -> Void = { _ in }
  ) throws -> ClaimResult {
    let module = try SampleModule.working(period: period, deadline: deadline)
    var story = Story(Scribe.story(of: module))
    for yield in yields.sorted(by: >) {
      for kind in [EventKind.hypercall, .hypercallResult] {
        story.change(kind, yield, where: { $0.operand & 0xFFFF == 65 && $0.partition == 1 }) {
          $0.operand = $0.operand & 0xFF_0000 | 73
        }
      }
    }
    change(&story)
    let events = story.events
    let claim = try #require(report(events, module).claim(identifier))
    var auditor = Auditor(module.table)
    for (position, event) in events.enumerated() { auditor.consume(event, position: UInt64(position)) }
    auditor.finish(fileBytes: 10_000)
    let measure = try #require(auditor.measures.first { $0.identifier == identifier })
    #expect(measure.checked == claim.checked && measure.failures == claim.failures)
    #expect(measure.cases.first?.value == claim.worst?.value)
    #expect(measure.cases.first?.position == claim.worst?.position)
    let found = MutationScoreTests.compare(events, module)
    #expect(found.missed.isEmpty && found.wrong.isEmpty, "\(found)")
    let trace = TraceFileTests.write(events, module)
    let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audit.isConfirmed, "\(audit.text)")
    return claim
  }

  @Test func itMayCompleteInALaterPeriodOfItsPartition() throws {
    let claim = try Self.judge(period: 20_000_000, deadline: 15_000_000, without: [0])
    #expect(claim.verdict == .pass && claim.checked == 3 && claim.worst?.value == 11_000_000)
    #expect(claim.title == "law of Control completes within its deadline, released once in 2 periods of its partition")
    // One of the partition's period has as much time, though it is released again meanwhile; both are complete then.
    let every = try Self.judge(period: 10_000_000, deadline: 15_000_000, without: [0])
    #expect(every.verdict == .pass && every.checked == 5 && every.worst?.value == 11_000_000)
    let late = try Self.judge(period: 10_000_000, deadline: 10_999_999, without: [0])
    #expect(late.verdict == .fail && late.failures == 1 && late.checked == 5 && late.worst?.value == 11_000_000)
    #expect(every.title == "law of Control completes within its deadline")
  }

  @Test func itMayBeLateThen() throws {
    let late = try Self.judge(period: 20_000_000, deadline: 10_999_999, without: [0])
    #expect(late.verdict == .fail && late.failures == 1 && late.worst?.value == 11_000_000)
    let never = try Self.judge(period: 20_000_000, deadline: 15_000_000, without: [2, 3])
    #expect(never.verdict == .fail && never.failures == 1 && never.worst?.value == 20_000_000)
    // The trace ends when its deadline is over, and before that.
    let open = try Self.judge(period: 20_000_000, deadline: 5_000_000, without: [4])
    #expect(open.verdict == .fail && open.failures == 1 && open.checked == 3)
    let young = try Self.judge(period: 20_000_000, deadline: 15_000_000, without: [4])
    #expect(young.verdict == .pass && young.checked == 2)
  }

  /// Periods in ms, and how often a process of that period is released.
  static let releases: [(UInt64, UInt64)] = [
    (0, 5), (5, 5), (10, 5), (15, 5), (20, 3), (25, 5), (30, 2), (40, 2), (50, 1), (60, 1),
  ]

  @Test(arguments: releases) func itIsReleasedEverySoManyPeriods(_ milliseconds: UInt64, _ releases: UInt64) throws {
    let claim = try Self.judge(period: milliseconds * 1_000_000, deadline: 1_800_000)
    #expect(claim.verdict == .pass && claim.checked == releases && claim.worst?.value == 1_000_000)
  }

  @Test func aStartBeginsItsPeriodsAnew() throws {
    // Its partition starts in the first frame. It is released in frames 0, 1 and 3, in place of 0, 2 and 4; in 0, 1 and
    // 4, in place of 0 and 3; and in 0 and 1, in place of 0 and 4.
    for (period, releases) in [(20_000_000, 3), (30_000_000, 3), (40_000_000, 2)] as [(UInt64, UInt64)] {
      let claim = try Self.judge(period: period, deadline: 1_800_000) { story in
        let restart = TraceEvent(time: 0, .restart, partition: 1, detail: 1, operand: 1)
        for event in [TraceEvent(time: 0, .initialised, partition: 1), restart] {
          story.insert(event, after: .windowStart, where: { $0.operand == 2 })
        }
      }
      #expect(claim.checked == releases, "period \(period)")
    }
  }

  /// Whatever ends a process, a deadline that had passed by then was missed.
  @Test func aStartExcusesNoDeadline() throws {
    func judge(_ event: TraceEvent, deadline: UInt64) throws -> ClaimResult {
      try Self.judge(period: 10_000_000, deadline: deadline, without: [0]) { story in
        // In the third window of the first frame, 2 ms after its release and more.
        story.insert(event, after: .windowStart, where: { $0.operand == 2 })
      }
    }
    let start = TraceEvent(time: 0, .restart, partition: 1, detail: 1, operand: 0)
    let stop = TraceEvent(time: 0, .modeChange, partition: 1, detail: 0, operand: 1)
    for event in [start, stop] {
      let late = try judge(event, deadline: 1_000_000)
      #expect(late.verdict == .fail && late.firstViolations.first!.explanation.contains("had not completed"))
      #expect(try judge(event, deadline: 9_000_000).failures == 0)
    }
  }

  @Test func whereItsPeriodsStartIsNotKnownAfterALoss() throws {
    for (period, releases) in [(10_000_000, 4), (20_000_000, 1), (30_000_000, 1)] as [(UInt64, UInt64)] {
      let module = try SampleModule.working(period: period, deadline: 1_800_000)
      let story = Story(Scribe.story(of: module))
      let yield = story.index(.hypercall, 1, where: { $0.operand & 0xFFFF == 65 && $0.partition == 1 })
      let claim = try #require(PieceTests.alone(story.events, module, gap: yield).claim(Self.identifier))
      #expect(claim.verdict == .unknown && claim.checked == releases, "period \(period): \(claim)")
    }
  }

  /// Another schedule may have other periods of its partition: its own are counted by instants.
  @Test func aScheduleMayChangeItsPartitionsPeriod() {
    var state = ProcessState(
      name: "", key: .none, partition: 0, period: 20, deadline: 20, claim: 0, isTold: false, isFollowed: true)
    func isReleased(_ instant: UInt64, _ span: UInt64) -> Bool {
      guard let release = state.newRelease(at: instant, every: span) else { return false }
      #expect(release == instant)
      (state.release, state.phase, state.isReleased) = (instant, .known, true)
      return true
    }
    #expect(isReleased(3, 10) && !isReleased(13, 10) && isReleased(23, 10))
    #expect([28, 33, 38, 43, 48].map { isReleased($0, 5) } == [false, false, false, true, false])
    #expect(isReleased(53, 20) && isReleased(73, 20) && isReleased(83, 40))
    #expect(!isReleased(93, 10) && isReleased(103, 10))
    state.stop()
    #expect(isReleased(113, 10) && !isReleased(123, 10))
    state.phase = .lost
    #expect(!isReleased(143, 10) && isReleased(153, 20) && !isReleased(163, 10) && isReleased(173, 10))
  }

  /// A scheduler that tells of its processes keeps to their periods where another schedule moves its partition's.
  @Test func aToldProcessKeepsItsPeriod() {
    for (period, shift) in [(20, 7), (20, 13), (40, 7), (40, 33)] as [(UInt64, UInt64)] {
      var state = ProcessState(
        name: "", key: .none, partition: 0, period: period, deadline: period, claim: 0, isTold: true, isFollowed: true)
      var releases: [UInt64] = []
      // Nothing is taken to be under way: what is released is done before the next period starts.
      for instant in Array(stride(from: 100, to: 200, by: 20)) + stride(from: 200 + shift, to: 300, by: 20) {
        guard let release = state.newRelease(at: instant, every: 20) else { continue }
        state.beginWaiting(at: release)
        state.phase = .known
        state.end()
        releases.append(release)
      }
      #expect(releases == Array(stride(from: 100, to: 300, by: Int(period))), "\(period) \(shift)")
      // In the midst of its partition's period.
      let begin = releases.last! + period
      #expect(!state.isReleasedByItself(begin + 1) && state.isReleasedByItself(begin))
      #expect(state.isReleased && state.begin == begin && !state.isReleasedByItself(begin + period))
    }
  }

  /// A piece learns where its periods start from what was known long before.
  @Test func piecesAreJudgedAsByOne() throws {
    let first = TestSeed.draw()
    for frames in [2, 3, 7] as [UInt64] {
      let module = try SampleModule.working(period: frames * SampleModule.frame, deadline: 12_000_000)
      var joined = 0
      for seed in first..<(first + 40) where seed < first + 4 || joined <= 10 {
        let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 200_000_000)
        for gap in [nil, events.count / 2] {
          let outcome = PieceTests.judge(events, module, seed: seed, gap: gap)
          let alone = PieceTests.alone(events, module, gap: gap)
          #expect(PieceTests.text(outcome.report) == PieceTests.text(alone), "seed \(seed), gap \(gap ?? -1)")
          joined += outcome.joined
        }
      }
      #expect(joined > 10, "seed \(first): \(joined)")
    }
  }

  /// Far from the older place, learning begins in whichever of its periods: where they start is guessed right.
  @Test func whereItsPeriodsStartIsGuessed() throws {
    let module = try SampleModule.working(period: 3 * SampleModule.frame, deadline: 12_000_000)
    let events = Story(Scribe.story(of: module, frames: 12)).events
    let frames = events.indices.filter { events[$0].kind == EventKind.majorFrameStart.rawValue }
    func judge(_ verifier: inout Verifier, _ range: Range<Int>) {
      events[range].withUnsafeBufferPointer { verifier.consume($0, firstPosition: UInt64(range.lowerBound)) }
    }
    for begin in 5..<12 {
      var front = Verifier(table: module.table)
      judge(&front, 0..<frames[3])
      var guess = front.copy()
      guess.jump(to: events[frames[begin - 2]].time)
      judge(&guess, frames[begin - 2]..<frames[begin])
      guess.settle(by: front)
      judge(&front, frames[3]..<frames[begin])
      #expect(guess.processes == front.processes, "from frame \(begin)")
      #expect(front.processes[0].release == Self.firstRelease + UInt64(begin - 1) / 3 * 30_000_000)
    }
  }

  @Test func bothJudgesAgreeOnMutants() throws {
    let module = try SampleModule.working(period: 20_000_000, deadline: 12_000_000)
    let first = TestSeed.draw()
    let world = SimulatedWorld<OwnersMarked>(module, seed: first).run(until: 52_000_000)
    let good = [Story(Scribe.story(of: module)), MutationScoreTests.story(world)]
    for seed in first..<(first + 300) {
      let mutant = Mutant(good[Int(seed % 2)], seed: seed)
      let found = MutationScoreTests.compare(mutant.events, module)
      let differs = found.missed.union(found.wrong).contains(Self.identifier)
      #expect(!differs, "seed \(seed), \(mutant.change) at \(mutant.place)")
    }
  }
}

import EventRows
import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Pieces of a trace judged on guesses, and joined: the report is that of one verifier, whatever was guessed.
@Suite struct PieceTests {
  /// What came of the pieces of a trace.
  struct Outcome {
    var report: VerificationReport
    var joined = 0
    var refused = 0
  }

  /// Judges a trace in pieces that are cut anywhere, each learning from a few events or from many.
  static func judge(_ events: [TraceEvent], _ module: SampleModule, seed: UInt64, gap: Int? = nil) -> Outcome {
    var random = SeededGenerator(seed: seed)
    var front = Verifier(table: module.table)
    var older = front.copy()
    var outcome = Outcome(report: front.copy().finished())
    var place = 0
    while place < events.count {
      let end = min(events.count, place + 1 + Int(random.next() % 160))
      let learnt = min(place, Int(random.next() % 400))
      let hasGap = gap.map { place...end ~= $0 || place - learnt...place ~= $0 } ?? false
      var isJoined = false
      if place > 0, !hasGap {
        var piece = PieceVerifier(from: older)
        consume(events, place - learnt..<place) { piece.learn($0, firstPosition: $1) }
        piece.begin(eventCount: UInt64(place))
        consume(events, place..<end) { piece.consume($0, firstPosition: $1) }
        if random.next() % 3 == 0 { older = piece.end() }
        isJoined = front.join(piece)
        if isJoined { outcome.joined += 1 } else { outcome.refused += 1 }
      }
      if !isJoined {
        let cut = gap.map { min(max($0, place), end) } ?? place
        consume(events, place..<cut) { front.consume($0, firstPosition: $1) }
        if cut == gap, cut < end { front.noteGap() }
        consume(events, cut..<end) { front.consume($0, firstPosition: $1) }
      }
      if random.next() % 2 == 0 { older = front.copy() }
      place = end
    }
    outcome.report = front.finish(fileBytes: 10_000)
    return outcome
  }

  private static func consume(
    _ events: [TraceEvent], _ range: Range<Int>, _ body: (RowBuffer, UInt64) -> Void
  ) {
    withRows(events[range]) { body($0, UInt64(range.lowerBound)) }
  }

  static func alone(_ events: [TraceEvent], _ module: SampleModule, gap: Int? = nil) -> VerificationReport {
    var verifier = Verifier(table: module.table)
    for (position, event) in events.enumerated() {
      if position == gap { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    return verifier.finish(fileBytes: 10_000)
  }

  /// All that a report says, the worst cases and every explanation included.
  static func text(_ report: VerificationReport) -> String {
    report.json + report.claims.map { "\($0)" }.joined(separator: "\n")
  }

  private func check(_ trace: [TraceEvent], _ module: SampleModule, _ seed: UInt64, gap: Int? = nil) -> Outcome {
    let outcome = Self.judge(trace, module, seed: seed, gap: gap)
    let alone = Self.alone(trace, module, gap: gap)
    #expect(Self.text(outcome.report) == Self.text(alone), "seed \(seed), gap \(String(describing: gap))")
    return outcome
  }

  @Test func worldsAreJudgedAsByOne() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    var (joined, refused) = (0, 0)
    // Some guesses are right and some are not: worlds until both ways have been walked, six at least.
    for seed in first..<(first + 60) where seed < first + 6 || joined <= 20 || refused <= 20 {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 150_000_000)
      let outcome = check(events, module, seed)
      let lossy = check(events, module, seed, gap: events.count / 2)
      joined += outcome.joined + lossy.joined
      refused += outcome.refused + lossy.refused
    }
    #expect(joined > 20 && refused > 20, "seed \(first): \(joined) joined, \(refused) refused")
  }

  @Test func everyMechanismIsJudgedAsByOne() throws {
    let module = try RichModule.make()
    let events = Story(RichStory.tell(of: module)).events
    let first = TestSeed.draw()
    for seed in first..<(first + 20) {
      _ = check(events, module, seed)
      _ = check(events, module, seed, gap: Int(seed % UInt64(events.count)))
    }
  }

  /// The drainer reports seldom: a piece takes its first report for right, and what came before must allow that.
  @Test func reportsOfTheDrainerAreJudgedAcrossPieces() throws {
    let module = try RichModule.make()
    let story = Story(RichStory.tell(of: module)).events.filter { $0.kind != EventKind.drained.rawValue }
    var joined = 0
    for place in 300..<(story.count - 70) where Self.joins(story, module, place, reports: (1000, 1000)) {
      joined += 1
      for reports in [(1001, 1000), (4000, 10)] as [(UInt64, UInt64)] {
        let isJoined = Self.joins(story, module, place, reports: reports)
        #expect(!isJoined, "from event \(place)")
      }
    }
    #expect(joined > 2, "\(joined) of \(story.count)")
  }

  /// Whether what was judged from `place` on, on a guess, is taken over, where the drainer reports long before that and
  /// once more after it.
  private static func joins(
    _ story: [TraceEvent], _ module: SampleModule, _ place: Int, reports: (UInt64, UInt64)
  ) -> Bool {
    var events = story
    for (words, at) in [(reports.1, place + 20), (reports.0, place - 250)] {
      events.insert(TraceEvent(time: events[at].time, .drained, words: .init(words, words)), at: at + 1)
    }
    let cut = place + 1
    var front = Verifier(table: module.table)
    consume(events, 0..<cut) { front.consume($0, firstPosition: $1) }
    var piece = PieceVerifier(from: front)
    consume(events, cut - 240..<cut) { piece.learn($0, firstPosition: $1) }
    piece.begin(eventCount: UInt64(cut))
    consume(events, cut..<cut + 60) { piece.consume($0, firstPosition: $1) }
    return front.join(piece)
  }

  /// Wherever a piece begins, within a step too: it is judged right, or refused.
  @Test func everyBeginningIsJudgedAsByOne() throws {
    let module = try RichModule.make()
    let events = Story(RichStory.tell(of: module)).events
    var front = Verifier(table: module.table)
    var joined = 0
    for place in 1..<events.count {
      front.consume(events[place - 1], position: UInt64(place - 1))
      let end = min(events.count, place + 60)
      var piece = PieceVerifier(from: front)
      Self.consume(events, max(0, place - 400)..<place) { piece.learn($0, firstPosition: $1) }
      piece.begin(eventCount: UInt64(place))
      Self.consume(events, place..<end) { piece.consume($0, firstPosition: $1) }
      var together = front.copy()
      guard together.join(piece) else { continue }
      joined += 1
      var alone = front.copy()
      Self.consume(events, place..<end) { alone.consume($0, firstPosition: $1) }
      let isRight = alone.isAlike(together)
      let judged = alone.finish().claims.map { [$0.checked, $0.failures] }
      #expect(isRight && together.finish().claims.map { [$0.checked, $0.failures] } == judged, "from event \(place)")
    }
    #expect(joined > events.count / 10, "\(joined) of \(events.count)")
  }

  /// A piece that learns from events which its older place has counted already: a count of handlers that is too high by
  /// one looks as if somebody were in the handler, and the piece would be judged for nothing.
  @Test func handlersThatTheOlderPlaceHasCountedAreLearntAnew() throws {
    let module = try RichModule.make()
    let events = Story(RichStory.tell(of: module)).events
    var front = Verifier(table: module.table)
    var learnt = 0
    var exception: Int?
    for place in 1..<events.count {
      let event = events[place - 1]
      front.consume(event, position: UInt64(place - 1))
      if event.kind == EventKind.exception.rawValue { exception = place - 1 }
      guard let exception, event.kind == EventKind.exceptionWritten.rawValue, event.partition != 0xFF else { continue }
      // Only this one is learnt from, which the older place has counted as the last.
      var piece = PieceVerifier(from: front)
      Self.consume(events, exception - 1..<place) { piece.learn($0, firstPosition: $1) }
      piece.begin(eventCount: UInt64(place))
      learnt += 1
      let (right, guess) = (front.guests[Int(event.partition)], piece.end().guests[Int(event.partition)])
      #expect(guess.handlerLead == right.handlerLead, "from event \(place)")
    }
    #expect(learnt > 2, "\(learnt)")
  }

  @Test func mutantsAreJudgedAsByOne() throws {
    let first = TestSeed.draw()
    let all = try MutationScoreTests.goodTraces(first)
    let module = all[0].module
    let good = all.filter { $0.module === module }.map(\.story)
    var joined = 0
    for seed in first..<(first + 1200) where seed < first + 120 || joined <= 20 {
      joined += check(Mutant(good[Int(seed % UInt64(good.count))], seed: seed).events, module, seed).joined
    }
    #expect(joined > 20, "seed \(first)")
  }

  /// A guess that is wrong in one thing, whatever it is, is no base for a verdict.
  @Test func wrongGuessesAreRefused() throws {
    let module = try SampleModule()
    let events = SimulatedWorld<OwnersMarked>(module, seed: 5).run(until: 150_000_000)
    let half = events.count / 2
    let changes: [(inout Verifier) -> Void] = [
      { $0.partitions[0].registered ^= 1 << 8 }, { $0.partitions[1].ordinal &+= 1 }, { $0.partitions[1].mode = 0 },
      { $0.partitions[0].handler ^= 1 }, { $0.partitions[1].entryAddress &+= 1 }, { $0.partitions[0].inService ^= 4 },
      { $0.counters[8] &+= 1 }, { $0.coalesced[8] &+= 1 }, { $0.handlerAddresses[8] &+= 1 },
      { $0.registeredBy[8] ^= 2 }, { $0.registrationKnown[8] ^= 2 }, { $0.channels[0].digest &+= 1 },
      { $0.schedule.nextSchedule += 1 }, { $0.schedule.lastChange += 1 }, { $0.machine.drainedBytes += 1 },
      { $0.machine.kernelCounts[3] += 1 }, { $0.health.nextEntry += 1 }, { $0.guests[0].tickPeriod += 1 },
      { $0.guests[1].exceptionEntry += 1 }, { $0.guests[0].handlers[3] += 1 }, { $0.ending.lostEvents += 1 },
      { $0.gapCount += 1 }, { $0.keyframe.isKnown.toggle() }, { $0.processes[0].deadline += 1 },
      { $0.processes[0].release += 1 }, { $0.processes[0].phase = .lost }, { $0.processes[0].delay += 1 },
      { $0.processes[0].next = 1 }, { $0.processes[0].hasBegun.toggle() }, { $0.processes[0].isFollowed.toggle() },
      { $0.processes[0].periodStart = 1 },
      {
        $0.partitions[0].windowClock &+= 1; $0.partitions[0].clockKnown |= 1
      }, { $0.eventCount += 1 },
      { $0.ports.queues[0].isCreated.toggle() }, { $0.step.argument0 &+= 1 }, { $0.rare.raised = 3 },
    ]
    for (number, change) in changes.enumerated() {
      var front = Verifier(table: module.table)
      Self.consume(events, 0..<half) { front.consume($0, firstPosition: $1) }
      let right = front.copy()
      var wrong = front.copy()
      change(&wrong)
      let isRightTaken = front.isAlike(right)
      let isWrongTaken = front.isAlike(wrong)
      #expect(isRightTaken && !isWrongTaken, "change \(number)")
    }
  }
}

extension Verifier {
  fileprivate consuming func finished() -> VerificationReport {
    var verifier = self
    return verifier.finish()
  }
}

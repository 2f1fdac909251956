import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// Starts and deadlines that a scheduler tells beside who has the processor.
@Suite struct ToldStartTests {
  private static func start(_ story: inout Story, _ frame: Int = 0, at offset: UInt64 = 100_000, delay: Int64 = 0) {
    story.tell(frame, at: offset, ProcessTelling(from: .none, .started, to: ToldStory.law, age: -delay))
  }

  /// Law's deadline is moved to so long after its period's start.
  private static func move(_ story: inout Story, _ frame: Int, at offset: UInt64, to deadline: Int64) {
    story.tell(frame, at: offset, ProcessTelling(from: ToldStory.law, .replenished, to: .none, age: -deadline))
  }

  // MARK: Starts

  /// It was started, and never gets the processor: released with each period, and late in each.
  @Test func whoNeverRunsIsLate() throws {
    let starving = try ToldStory { Self.start(&$0) }
    #expect(starving.says(4, late: 4, worst: 10_000_000, at: starving.release(2)), "\(starving)")
    let untold = try ToldStory { _ in }
    #expect(untold.says(0, worst: nil), "\(untold)")
  }

  @Test func jobsCountFromTheFirstReleaseAfterAStart() throws {
    let told = try ToldStory { story in
      Self.start(&story)
      story.work([1, 2, 3, 4])
    }
    #expect(told.says(4, worst: 400_000), "\(told)")
    // The first job has the processor in the second period only.
    let late = try ToldStory { story in
      Self.start(&story)
      story.work([2, 3, 4])
    }
    #expect(late.says(4, late: 1, worst: 10_000_000, at: late.release(2)), "\(late)")
  }

  /// A start with a delay is known before the first job has begun.
  @Test func aDelayIsToldWithTheStart() throws {
    for (delay, late) in [(8_200_000, 3), (0, 4)] as [(Int64, UInt64)] {
      let told = try ToldStory { Self.start(&$0, delay: delay) }
      // That of the last period is not late at the end, 8.5 ms after its release.
      #expect(told.claim.failures == late && told.claim.checked == late, "\(delay): \(told)")
    }
    let worked = try ToldStory { story in
      Self.start(&story, delay: 200_000)
      for frame in 1...4 {
        story.dispatch(frame, at: 300_000, age: -200_000)
        story.leave(frame, at: 700_000)
      }
    }
    #expect(worked.says(4, worst: 500_000), "\(worked)")
  }

  @Test func aLongPeriodBeginsWithTheNextOfItsPartition() throws {
    let told = try ToldStory(period: 20_000_000, deadline: 12_000_000) { story in
      Self.start(&story)
      story.work([1, 3])
    }
    #expect(told.says(2, worst: 400_000), "\(told)")
    let starving = try ToldStory(period: 20_000_000, deadline: 12_000_000) { Self.start(&$0) }
    #expect(starving.says(2, late: 2, worst: 20_000_000, at: starving.release(3)), "\(starving)")
  }

  /// Who is under way is not started; nor is anybody with an age that no delay has.
  @Test func whatIsNoStartChangesNothing() throws {
    let again = try ToldStory { story in
      story.work([0])
      story.dispatch(1, at: 100_000)
      Self.start(&story, 1, at: 200_000, delay: 5_000_000)
      story.leave(1, at: 400_000)
      story.work([2, 3, 4])
    }
    #expect(again.says(5, worst: 400_000), "\(again)")
    for age in [1, .max, .min, -10_000_000] as [Int64] {
      let odd = try ToldStory { story in
        story.tell(0, at: 100_000, ProcessTelling(from: .none, .started, to: ToldStory.law, age: age))
      }
      #expect(odd.says(0, worst: nil), "\(age): \(odd)")
    }
    // One whose call failed.
    let failed = try ToldStory { story in
      story.tell(
        0, at: 100_000, ProcessTelling(from: .none, .started, to: ToldStory.law, age: 0), status: 1)
    }
    #expect(failed.says(0, worst: nil), "\(failed)")
  }

  /// Stopped, and started again: it is in sight, and late where it gets no processor.
  @Test func aStartEndsTheDoubtOfAStop() throws {
    let stopped = try ToldStory { story in
      story.work([0, 1])
      story.leave(1, at: 500_000, .dormant)
    }
    #expect(stopped.isDoubtful(2, worst: 400_000), "\(stopped)")
    let started = try ToldStory { story in
      story.work([0, 1])
      story.leave(1, at: 500_000, .dormant)
      Self.start(&story, 1, at: 600_000)
    }
    #expect(started.says(5, late: 3, worst: 10_000_000, at: started.release(3)), "\(started)")
  }

  // MARK: Other deadlines

  /// What counts is how much of the deadline is left: all but that is used.
  @Test func aMovedDeadlineIsTheJobs() throws {
    for (moved, end, used) in [
      (600_000, 500_000, 200_000), (600_000, 600_000, 300_000), (600_000, 601_000, 301_000), (900_000, 500_000, 0),
      (220_000, 250_000, 330_000), (250_000, 240_000, 290_000),
    ] as [(Int64, UInt64, Int64)] {
      let told = try ToldStory(deadline: 300_000) { story in
        story.dispatch(0, at: 100_000)
        Self.move(&story, 0, at: 200_000, to: moved)
        story.leave(0, at: end)
        story.work([1, 2, 3, 4], to: 110_000)
      }
      let worst = max(used, 110_000)
      #expect(
        told.says(5, late: used > 300_000 ? 1 : 0, worst: worst, at: used > 300_000 ? told.answer(2) : nil),
        "\(moved) \(end): \(told)")
    }
  }

  /// A deadline that is over when another one is told was missed.
  @Test func aMissedDeadlineIsNotMoved() throws {
    let told = try ToldStory(deadline: 300_000) { story in
      story.dispatch(0, at: 100_000)
      Self.move(&story, 0, at: 350_000, to: 800_000)
      story.leave(0, at: 700_000)
      story.work([1, 2, 3, 4], to: 110_000)
    }
    #expect(told.says(6, late: 1, worst: 350_000, at: told.answer(1)), "\(told)")
  }

  /// One job's is; the next one has its own.
  @Test func theNextJobHasItsOwnDeadline() throws {
    let told = try ToldStory(deadline: 300_000) { story in
      story.dispatch(0, at: 100_000)
      Self.move(&story, 0, at: 200_000, to: 900_000)
      story.leave(0, at: 500_000)
      story.work([1, 2, 3, 4], to: 310_000)
    }
    #expect(told.says(5, late: 4, worst: 310_000, at: told.answer(4)), "\(told)")
  }

  /// That of a job that never ends is over, too.
  @Test func aMovedDeadlineIsMissedWithTheNextRelease() throws {
    for (moved, worst, isLate) in [(9_000_000, 1_300_000, true), (12_000_000, 0, false)] as [(Int64, Int64, Bool)] {
      let told = try ToldStory(deadline: 300_000) { story in
        story.dispatch(0, at: 100_000)
        Self.move(&story, 0, at: 200_000, to: moved)
        if !isLate { story.leave(1, at: 90_000) }
        story.work([1, 2, 3, 4], to: 110_000)
      }
      let late = told.says(5, late: 1, worst: worst, at: told.release(1))
      #expect(isLate ? late : told.says(5, worst: 110_000), "\(told)")
    }
  }

  /// A job that was under way where events are missing may have been given another deadline there.
  @Test func aLossMayHideAnotherDeadline() throws {
    let module = try ToldStory.module(period: 20_000_000, deadline: 5_000_000)
    var story = Story(Scribe.story(of: module))
    story.dispatch(0, at: 100_000)
    Self.move(&story, 0, at: 200_000, to: 15_000_000)
    story.dispatch(1, at: 100_000, age: 10_000_000)
    story.leave(1, at: 200_000)
    story.work([2, 4], to: 150_000)
    let whole = try #require(report(story.events, module).claim("process.deadline.Control.law"))
    #expect(whole.verdict == .pass && whole.checked == 3 && whole.worst?.value == 200_000)
    let told = story.events.indices.filter { index in
      story.events[index].knownKind == .hypercall && story.events[index].words.w4 == 7
        && story.events[index].operand & 0xFFFF == HypercallNumber.tellProcess.rawValue
    }
    let place = try #require(told.first)
    for isLost in [true, false] {
      var events = story.events
      if isLost {
        events[place...place + 1] = [TraceEvent(time: events[place + 1].time, .loss, words: .init(2))]
      } else {
        events[place].words.w4 = 1
        events[place].words.w3 = 0
      }
      let claim = try #require(report(events, module).claim("process.deadline.Control.law"))
      #expect(claim.failures == (isLost ? 0 : 1), "\(isLost): \(claim)")
    }
  }

  /// Nobody has another deadline who is not under way, has not begun, or whose would lie before his beginning.
  @Test func whatMovesNothingChangesNothing() throws {
    for moved in [-1_000, .min] as [Int64] {
      let told = try ToldStory(deadline: 300_000) { story in
        story.dispatch(0, at: 100_000)
        story.tell(
          0, at: 200_000, ProcessTelling(from: ToldStory.law, .replenished, to: .none, age: 0 &- moved))
        story.leave(0, at: 310_000)
        story.work([1, 2, 3, 4], to: 110_000)
      }
      #expect(told.says(5, late: 1, worst: 310_000, at: told.answer(2)), "\(moved): \(told)")
    }
    let early = try ToldStory(deadline: 300_000) { story in
      Self.start(&story)
      Self.move(&story, 1, at: 50_000, to: 900_000)
      story.work([1, 2, 3, 4], to: 310_000)
    }
    #expect(early.claim.failures == 4, "\(early)")
  }
}

import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// A partition's scheduler tells who has the processor: jobs of a process that is told of are complete when it says so.
///
/// What the verifier finds, the auditor must find too (`ToldStory`).
@Suite struct ToldProcessTests {
  @Test func aJobIsCompleteWhenItsSchedulerSaysSo() throws {
    for yields in [[], [0, 1, 2, 3, 4], [1, 3]] {
      let told = try ToldStory(deadline: 400_000, without: yields) { $0.work([0, 1, 2, 3, 4]) }
      #expect(told.says(5, worst: 400_000), "\(told)")
    }
    let late = try ToldStory(deadline: 899_999) { story in
      story.work([0, 1])
      story.work([2], to: 900_000)
      story.work([3, 4])
    }
    #expect(late.says(5, late: 1, worst: 900_000, at: late.answer(5)), "\(late)")
  }

  /// Whatever is told of a process that is complete by yields: it counts nothing.
  @Test func aProcessThatIsCompleteByYieldsIsNotToldOf() throws {
    for state in [ProcessTelling.State.complete, .dormant, .ready] {
      let yielding = try ToldStory(completion: .yield, without: [3]) { story in
        story.dispatch(0, at: 100_000)
        story.leave(0, at: 400_000, state)
        story.dispatch(1, at: 600_000, age: -500_000)
        story.dispatch(2, at: 600_000, age: 10_000_000)
        story.leave(2, at: 700_000, state)
      }
      #expect(yielding.says(5, late: 1, worst: 10_000_000, at: yielding.release(4)), "\(yielding)")
    }
  }

  @Test func aYieldCompletesNothingThatIsToldOf() throws {
    let told = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.work([1, 2, 3, 4])
    }
    #expect(told.says(5, late: 1, worst: 10_000_000, at: told.release(1)), "\(told)")
    let never = try ToldStory { $0.dispatch(0, at: 100_000) }
    #expect(never.says(5, late: 5, worst: 10_000_000, at: never.release(1)), "\(never)")
    // It goes on in its partition's next period.
    let long = try ToldStory(period: 20_000_000, deadline: 12_000_000) { story in
      story.dispatch(0, at: 100_000)
      story.leave(1, at: 200_000)
      story.work([2, 4])
    }
    #expect(long.says(3, worst: 10_200_000), "\(long)")
  }

  /// Of what never gets the processor nothing is known, and nothing is claimed.
  @Test func aProcessIsFollowedFromItsFirstDispatch() throws {
    let untold = try ToldStory { _ in }
    #expect(untold.says(0, worst: nil), "\(untold)")
    let ended = try ToldStory { story in
      story.leave(0, at: 300_000)
      story.leave(1, at: 300_000, .dormant)
      story.leave(2, at: 300_000, .ready)
    }
    #expect(ended.says(0, worst: nil), "\(ended)")
    for first in 1...4 {
      let late = try ToldStory { $0.work(Array(first..<5)) }
      #expect(late.says(UInt64(5 - first), worst: 400_000), "\(late)")
    }
    // A longer period counts from there.
    let long = try ToldStory(period: 20_000_000) { $0.work([1, 3]) }
    #expect(long.says(2, worst: 400_000), "\(long)")
    let other = try ToldStory(period: 20_000_000) { story in
      story.work([1])
      story.dispatch(4, at: 100_000, age: 10_000_000)
      story.leave(4, at: 400_000)
    }
    #expect(other.says(2, late: 1, worst: 10_400_000, at: other.answer(3)), "\(other)")
    // What it goes on with may be older than its partition's period.
    let older = try ToldStory(period: 20_000_000, deadline: 12_000_000) { story in
      story.dispatch(1, at: 100_000, age: 10_000_000)
      story.leave(1, at: 200_000)
      story.work([2, 4])
    }
    #expect(older.says(3, worst: 10_200_000), "\(older)")
  }

  @Test func anotherProcessMayHaveTheProcessorInBetween() throws {
    for state in [ProcessTelling.State.ready, .waiting, .faulted] {
      let told = try ToldStory { story in
        story.dispatch(0, at: 100_000)
        story.leave(0, at: 200_000, state)
        story.dispatch(0, at: 300_000)
        story.leave(0, at: 500_000)
        story.work([1, 2, 3, 4])
      }
      #expect(told.says(5, worst: 500_000), "\(told)")
      let never = try ToldStory { story in
        story.dispatch(0, at: 100_000)
        story.leave(0, at: 200_000, state)
        story.work([1, 2, 3, 4])
      }
      #expect(never.says(5, late: 1, worst: 10_000_000, at: never.release(1)), "\(never)")
    }
  }

  /// Of a job that was late something may be told when the next one was released: it is not that one's.
  @Test func anOlderJobsCompletionIsNotTheNewOnes() throws {
    let older = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.dispatch(1, at: 200_000, age: 10_000_000)
      story.leave(1, at: 300_000)
      story.work([2, 3, 4])
    }
    #expect(older.says(5, late: 2, worst: 10_000_000, at: older.release(1)), "\(older)")
    // The new one begins after it.
    let newer = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.leave(1, at: 300_000)
      story.work([1], from: 400_000, to: 500_000)
      story.work([2, 3, 4])
    }
    #expect(newer.says(5, late: 1, worst: 10_000_000, at: newer.release(1)), "\(newer)")
  }

  /// One call tells first of who had the processor, then of who has it.
  @Test func oneCallEndsAJobAndBeginsAnother() throws {
    let law = ToldStory.law
    let again = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.tell(0, at: 200_000, ProcessTelling(from: law, .complete, to: law))
      story.leave(0, at: 300_000)
      story.work([1, 2, 3, 4])
    }
    #expect(again.says(5, worst: 400_000), "\(again)")
    // The first has nothing to end yet.
    let first = try ToldStory { story in
      story.tell(0, at: 100_000, ProcessTelling(from: law, .complete, to: law))
      story.work([1, 2, 3, 4])
    }
    #expect(first.says(5, late: 1, worst: 10_000_000, at: first.release(1)), "\(first)")
    // It is stopped, and followed again.
    let stopped = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.tell(0, at: 200_000, ProcessTelling(from: law, .dormant, to: law, age: -200_000))
      story.leave(0, at: 900_000)
      story.work([1, 2, 3, 4])
    }
    #expect(stopped.says(5, worst: 700_000), "\(stopped)")
  }

  @Test func aStoppedProcessIsNotFollowed() throws {
    let stopped = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.leave(0, at: 500_000, .dormant)
    }
    #expect(stopped.says(0, worst: nil), "\(stopped)")
    let again = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.leave(0, at: 500_000, .dormant)
      story.work([2, 3, 4])
    }
    #expect(again.says(3, worst: 400_000), "\(again)")
    // A longer period counts from where it is followed again.
    let long = try ToldStory(period: 20_000_000) { story in
      story.dispatch(0, at: 100_000)
      story.leave(0, at: 500_000, .dormant)
      story.work([1, 3])
    }
    #expect(long.says(2, worst: 400_000), "\(long)")
    // One that has not begun, and one that is done.
    for frame in [0, 1] {
      let idle = try ToldStory { story in
        story.work([0])
        story.leave(frame, at: 500_000, .dormant)
      }
      // It is not told of again, be it that it was started and never had the processor.
      #expect(idle.isDoubtful(1, worst: 400_000), "\(idle)")
    }
    // Within a period of its stop it need not be.
    let last = try ToldStory { story in
      story.work([0, 1, 2, 3])
      story.dispatch(4, at: 100_000)
      story.leave(4, at: 500_000, .dormant)
    }
    #expect(last.says(4, worst: 300_000 + 100_000), "\(last)")
  }

  @Test func aStopExcusesNoDeadline() throws {
    let late = try ToldStory(period: 20_000_000) { story in
      story.dispatch(0, at: 100_000)
      story.leave(1, at: 300_000, .dormant)
    }
    #expect(late.says(1, late: 1, worst: 10_300_000, at: late.answer(1)), "\(late)")
    // The call's entry decides, to the nanosecond, and where the job began.
    for (age, instant, isLate) in [(0, 500_000, false), (0, 500_001, true), (-50_000, 550_000, false)]
      as [(Int64, UInt64, Bool)]
    {
      let told = try ToldStory(deadline: 500_000) { story in
        story.dispatch(0, at: 100_000, age: age)
        story.leave(0, at: instant, .dormant)
      }
      let says = isLate ? told.says(1, late: 1, worst: 500_001, at: told.answer(1)) : told.says(0, worst: nil)
      #expect(says, "\(instant): \(told)")
    }
  }
}

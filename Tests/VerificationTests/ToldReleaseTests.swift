import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// Releases while a job that is told of is under way; starts, stops, and the trace's end.
@Suite struct ToldReleaseTests {
  /// Control puts its job off by half a millisecond in the first frame, and does not complete it there.
  private static func delayed(
    period: UInt64 = SampleModule.frame, deadline: UInt64, _ change: (inout Story) -> Void = { _ in }
  ) throws -> ToldStory {
    try ToldStory(period: period, deadline: deadline) { story in
      story.dispatch(0, at: 600_000, age: -500_000)
      change(&story)
    }
  }

  @Test func aReleaseWaitsForAJobThatHasTimeStill() throws {
    for (deadline, late) in [(9_900_000, 0), (9_800_000, 0), (9_799_999, 1)] as [(UInt64, UInt64)] {
      let waiting = try Self.delayed(deadline: deadline) { story in
        story.leave(1, at: 300_000)
        story.work([1], from: 400_000, to: 500_000)
        story.work([2, 3, 4])
      }
      #expect(waiting.says(5, late: late, worst: 9_800_000, at: late > 0 ? waiting.answer(1) : nil), "\(waiting)")
    }
    // What waited is told of in the same call, and is complete when that is told.
    for isComplete in [true, false] {
      let told = try Self.delayed(deadline: 9_900_000) { story in
        story.tell(1, at: 300_000, ProcessTelling(from: ToldStory.law, .complete, to: ToldStory.law))
        if isComplete { story.leave(1, at: 500_000) }
        story.work([2, 3, 4])
      }
      let missed = told.says(5, late: 1, worst: 10_000_000, at: told.release(2))
      #expect(isComplete ? told.says(5, worst: 9_800_000) : missed, "\(told)")
    }
    // It has not begun, and counts from its release.
    let next = try Self.delayed(deadline: 9_900_000) { story in
      story.leave(1, at: 300_000)
      story.leave(1, at: 400_000)
      story.work([2, 3, 4])
    }
    #expect(next.says(5, late: 1, worst: 10_100_000, at: next.answer(3)), "\(next)")
  }

  @Test func aReleaseWaitsForNoOtherJob() throws {
    // Its deadline is over then, to the nanosecond.
    for (deadline, worst, isOver) in [(9_500_000, 9_500_001, true), (9_500_001, 9_800_000, false)]
      as [(UInt64, Int64, Bool)]
    {
      let told = try Self.delayed(deadline: deadline) { story in
        story.leave(1, at: 300_000)
        story.work([1], from: 400_000, to: 500_000)
        story.work([2, 3, 4])
      }
      #expect(told.says(5, late: 1, worst: worst, at: isOver ? told.release(1) : told.answer(1)), "\(told)")
    }
    // It began with its period, has time still, and its next job goes on in its place: nobody says that it is late.
    let prompt = try ToldStory(deadline: 15_000_000) { story in
      story.dispatch(0, at: 600_000)
      story.work([1, 2, 3, 4])
    }
    #expect(prompt.isDoubtful(4, worst: 400_000), "\(prompt)")
  }

  @Test func onlyOneReleaseWaits() throws {
    let second = try Self.delayed(deadline: 30_000_000) { $0.work([2, 3, 4]) }
    #expect(second.isDoubtful(3, worst: 400_000), "\(second)")
    // What is released beside them is not judged.
    let goesOn = try Self.delayed(deadline: 30_000_000) { story in
      story.leave(2, at: 300_000)
      story.work([3, 4])
    }
    #expect(goesOn.isDoubtful(3, worst: 19_800_000), "\(goesOn)")
  }

  @Test func whatWaitsIsGoneWithAStop() throws {
    let stopped = try Self.delayed(deadline: 9_900_000) { $0.leave(1, at: 300_000, .dormant) }
    #expect(stopped.says(0, worst: nil), "\(stopped)")
    let again = try Self.delayed(deadline: 9_900_000) { story in
      story.leave(1, at: 300_000, .dormant)
      story.work([2, 3, 4])
    }
    #expect(again.says(3, worst: 400_000), "\(again)")
    let late = try Self.delayed(deadline: 9_700_000) { $0.leave(1, at: 300_000, .dormant) }
    #expect(late.says(1, late: 1, worst: 9_800_000, at: late.answer(1)), "\(late)")
  }

  @Test func aDelayMovesNoReleaseOfALongPeriod() throws {
    // Told again in the next period, its age is greater; or it is put off into that one.
    for (age, worst) in [(nil, 9_700_000), (9_500_000, 9_700_000), (0, 400_000)] as [(Int64?, Int64)] {
      let long = try Self.delayed(period: 20_000_000, deadline: 12_000_000) { story in
        if let age { story.dispatch(1, at: 100_000, age: age) }
        story.leave(1, at: 200_000)
        story.work([2, 4])
      }
      #expect(long.says(3, worst: worst), "\(long)")
    }
    let waiting = try Self.delayed(period: 20_000_000, deadline: 19_900_000) { story in
      story.leave(2, at: 300_000)
      story.work([2], from: 400_000, to: 500_000)
      story.work([4])
    }
    #expect(waiting.says(3, worst: 19_800_000), "\(waiting)")
  }

  /// While a release waits the next one is due a period after that, not at every start of its partition's periods.
  @Test func aWaitingReleaseIsTheLastOne() throws {
    let waiting = try Self.delayed(period: 20_000_000, deadline: 39_000_000) { story in
      story.leave(3, at: 300_000)
      story.dispatch(3, at: 400_000, age: 10_000_000)
      story.leave(3, at: 500_000)
      story.work([4])
    }
    #expect(waiting.says(3, worst: 29_800_000), "\(waiting)")
  }

  // MARK: Starts, and the end

  private static func insert(_ event: TraceEvent, in frame: Int, of story: inout Story) {
    story.insert(event, after: .windowStart, frame, where: { $0.operand == 2 })
  }

  private static let starts = [
    TraceEvent(time: 0, .initialised, partition: 1), TraceEvent(time: 0, .restart, partition: 1, detail: 1, operand: 1),
  ]

  /// In its partition's absence, 3 ms after the period's start; nothing of before counts then.
  private static func restart(in frame: Int, of story: inout Story) {
    for event in starts { insert(event, in: frame, of: &story) }
  }

  @Test func aStartForgetsWhatWasTold() throws {
    for (deadline, late) in [(2_000_000, 1), (9_000_000, 0)] as [(UInt64, UInt64)] {
      let told = try ToldStory(deadline: deadline) { story in
        story.dispatch(0, at: 100_000)
        Self.restart(in: 0, of: &story)
      }
      #expect(told.claim.checked == late && told.claim.failures == late, "\(told)")
    }
    // It is followed again from its next dispatch on.
    let next = try ToldStory(deadline: 9_000_000) { story in
      story.dispatch(0, at: 100_000)
      Self.restart(in: 0, of: &story)
      story.leave(1, at: 200_000)
      story.work([2, 3, 4])
    }
    #expect(next.says(3, worst: 400_000), "\(next)")
    let waiting = try Self.delayed(deadline: 15_000_000) { story in
      Self.restart(in: 1, of: &story)
      story.work([2, 3, 4])
    }
    #expect(waiting.says(3, worst: 400_000), "\(waiting)")
    let stopped = try Self.delayed(deadline: 15_000_000) {
      Self.insert(TraceEvent(time: 0, .modeChange, partition: 1, detail: 0, operand: 1), in: 1, of: &$0)
    }
    #expect(stopped.says(0, worst: nil), "\(stopped)")
  }

  /// What is told after a start counts from the start of the period in which that was.
  @Test func aStartLeavesItsPeriod() throws {
    let told = try ToldStory { story in
      story.work([0])
      for event in Self.starts {
        story.insert(event, after: .consoleWritten, 1)
      }
      story.dispatch(1, at: 100_000, age: -50_000)
      story.leave(1, at: 900_000)
      story.work([2, 3, 4])
    }
    #expect(told.says(5, worst: 850_000), "\(told)")
  }

  @Test func aDelayCountsAtTheEnd() throws {
    for (age, late) in [(0, 1), (-500_000, 0)] as [(Int64, UInt64)] {
      let told = try ToldStory(deadline: 7_800_000) { story in
        story.work([0, 1, 2, 3])
        story.dispatch(4, at: 600_000, age: age)
      }
      let last = UInt64(told.events.count - 1)
      #expect(told.claim.checked == 4 + late && told.claim.failures == late, "\(told)")
      #expect(told.claim.firstViolations.first?.position == (late > 0 ? last : nil), "\(told)")
    }
  }

  /// A trace that breaks off behind a call: its answer may have been in time.
  @Test func aCallWithoutAnAnswerMayCompleteAJob() throws {
    let module = try ToldStory.module(period: 20_000_000, deadline: 5_000_000)
    var story = Story(Scribe.story(of: module))
    story.dispatch(0, at: 100_000)
    story.leave(1, at: 200_000)
    let told = story.events
    let calls = told.indices.filter {
      told[$0].knownKind == .hypercall && told[$0].operand & 0xFFFF == HypercallNumber.tellProcess.rawValue
    }
    for (cut, failures) in [(calls[1] + 1, 0), (calls[1], 1), (calls[1] + 2, 1)] as [(Int, UInt64)] {
      let events = Array(told[..<cut])
      let claim = try #require(report(events, module).claim("process.deadline.Control.law"))
      #expect(claim.failures == failures && claim.verdict == (failures > 0 ? .fail : .unknown), "cut at \(cut)")
      let trace = TraceFileTests.write(events, module)
      let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
      #expect(audit.outcome == .unconfirmed, "\(audit.text)")
    }
  }
}

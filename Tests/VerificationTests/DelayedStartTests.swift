import APEXTypes
import ModuleConfiguration
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// A process that starts with a delay is as late with each of its jobs: until one has begun, nobody calls it late.
@Suite struct DelayedStartTests {
  /// Control's windows are over when the delay is, so that each job has the processor in the next period.
  private static let age: Int64 = 500_000

  private static func work(_ story: inout Story, _ frames: [Int]) {
    for frame in frames {
      story.dispatch(frame, at: 100_000, age: age)
      story.leave(frame, at: 400_000)
    }
  }

  @Test func jobsThatBeginAfterTheirPeriodsWindowsHaveTime() throws {
    for (deadline, late) in [(900_000, 0), (899_999, 4)] as [(UInt64, UInt64)] {
      let told = try ToldStory(deadline: deadline) { Self.work(&$0, [1, 2, 3, 4]) }
      #expect(told.says(4, late: late, worst: 900_000, at: late > 0 ? told.answer(1) : nil), "\(told)")
    }
  }

  /// The story ends 8.5 ms after Control's last period has begun, a millisecond before the job of that begins.
  @Test func theEndComesBeforeTheLastJob() throws {
    let told = try ToldStory(deadline: 1_000_000) { Self.work(&$0, [1, 2, 3, 4]) }
    #expect(told.claim.verdict == .pass, "\(told)")
    // Of one that began with its period the last job is late then.
    let prompt = try ToldStory(deadline: 1_000_000) { $0.work([0, 1, 2, 3]) }
    #expect(prompt.claim.failures == 1 && prompt.claim.verdict == .fail, "\(prompt)")
  }

  @Test func aPartThatEndsBeforeTheJobHasNoLateOne() throws {
    let module = try ToldStory.module(period: SampleModule.frame, deadline: 5000)
    var story = Story(Scribe.story(of: module))
    for frame in [0, 1] {
      story.dispatch(frame, at: 600_000, age: -598_000)
      story.leave(frame, at: 602_000)
    }
    let cut = ToldStory.start(of: 1) + 500_000
    var verifier = Verifier(table: module.table)
    for (position, event) in story.events.enumerated() where event.time < cut {
      verifier.consume(event, position: UInt64(position))
    }
    verifier.endPart()
    let claim = try #require(verifier.finish(fileBytes: 10_000).claim("process.deadline.Control.law"))
    #expect(claim.failures == 0 && claim.checked == 1 && claim.verdict == .unknown, "\(claim)")
  }

  /// Control starts anew in its second window, before the job of that period was to begin.
  @Test func aStartBeforeTheJobBeginsMissesNothing() throws {
    let told = try ToldStory(deadline: 5000) { story in
      story.dispatch(0, at: 600_000, age: -598_000)
      story.leave(0, at: 602_000)
      for event in [
        TraceEvent(time: 0, .initialised, partition: 1),
        TraceEvent(time: 0, .restart, partition: 1, detail: 1, operand: 1),
      ] {
        story.insert(event, after: .consoleWritten, 1)
      }
    }
    #expect(told.claim.failures == 0 && told.claim.checked == 1, "\(told)")
  }

  /// It is not told of any more, though its delay is over: that is late, however late it was to begin.
  @Test func whoStarvesIsLate() throws {
    let told = try ToldStory(deadline: 1_000_000) { Self.work(&$0, [1, 2]) }
    // The jobs of the third and the fourth frame; that of the last has time at the end.
    #expect(told.says(4, late: 2, worst: 10_500_000, at: told.release(4)), "\(told)")
  }
}

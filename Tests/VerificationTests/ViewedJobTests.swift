import ModuleConfiguration
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Verification

/// What the views have of jobs, by `ProcessFollower`, is what `verify` judges, whatever a scheduler tells of them.
@Suite struct ViewedJobTests {
  /// Law's jobs that were judged by their ends: how much of its deadline each has used, and whether that was too much.
  private static func judged(_ events: [TraceEvent], _ module: SampleModule, deadline: UInt64) -> [(UInt64, Bool)] {
    var follower = ProcessFollower(module.table)
    var judged: [(UInt64, Bool)] = []
    for event in events {
      follower.consume(event, at: event.time) { change in
        guard case .ended(0, let course, let end, _) = change else { return }
        let isMissed = end == .late || course.used > deadline
        if end == .complete || isMissed { judged.append((course.used, isMissed)) }
      }
    }
    return judged
  }

  /// A job that starts in the first frame, gets deadlines, and is complete or stopped, at random instants.
  private static func tell(_ story: inout Story, _ generator: inout SeededGenerator) {
    story.dispatch(0, at: 100_000)
    var offset: UInt64 = 100_000
    for frame in 0...2 {
      for _ in 0..<Int.random(in: 0...2, using: &generator) {
        offset += UInt64.random(in: 1...200_000, using: &generator)
        let begun = UInt64(frame) * SampleModule.frame
        let deadline = Int64.random(in: 0...25_000_000, using: &generator) - Int64(begun)
        story.tell(
          frame, at: offset, ProcessTelling(from: ToldStory.law, .replenished, to: .none, age: -deadline))
      }
      if frame == 2 || Bool.random(using: &generator) {
        offset += UInt64.random(in: 1...200_000, using: &generator)
        return story.leave(frame, at: offset, Bool.random(using: &generator) ? .complete : .dormant)
      }
      offset = 100_000
    }
  }

  @Test func whatIsMissedIsMissedInTheViews() throws {
    let first = TestSeed.draw()
    var (met, missed) = (0, 0)
    for seed in first..<(first + 150) {
      var generator = SeededGenerator(seed: seed)
      let deadline = UInt64.random(in: 100_000...20_000_000, using: &generator)
      // One job, and no other release.
      let module = try ToldStory.module(period: 80_000_000, deadline: deadline)
      var story = Story(Scribe.story(of: module))
      Self.tell(&story, &generator)
      let events = story.events
      let claim = try #require(report(events, module).claim("process.deadline.Control.law"))
      let jobs = Self.judged(events, module, deadline: deadline)
      let isMissed = jobs.contains { $0.1 }
      let words = "seed \(seed), deadline \(deadline): \(jobs), \(claim.checked), \(claim.firstViolations)"
      #expect(isMissed == (claim.failures > 0), "\(words)")
      #expect(jobs.isEmpty == (claim.checked == 0), "\(words)")
      #expect(jobs.map { Int64(clamping: $0.0) }.max() == claim.worst?.value, "\(words)")
      if isMissed { missed += 1 } else if !jobs.isEmpty { met += 1 }
    }
    #expect(met > 20 && missed > 20, "met \(met), missed \(missed), from seed \(first)")
  }
}

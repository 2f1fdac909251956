import Testing
import TraceFormat

@testable import Verification

/// What a loss may hide of idle time and of the timer: each is no violation behind the loss, and is one without it.
@Suite struct ForgottenByLossTests {
  let module: SampleModule
  let story: Story

  init() throws {
    module = try SampleModule()
    story = Story(Scribe.story(of: module))
  }

  /// The claims that are violated by `events` where `lost` are missing.
  private func violated(_ events: [TraceEvent], without lost: Range<Int>) -> [String] {
    var verifier = Verifier(table: module.table)
    for (position, event) in events.enumerated() where !lost.contains(position) {
      if position == lost.upperBound, !lost.isEmpty { verifier.noteGap() }
      verifier.consume(event, position: UInt64(position))
    }
    return verifier.finish().identifiers(.fail)
  }

  /// Idle time that was announced among the missing events goes on in the window of who is stopped, and behind it.
  @Test func idleTimeMayGoOnFromALoss() throws {
    var events = story.events
    // In the fourth frame Loader is stopped, and is told nothing of what Sensors left before its window.
    let window = story.index(.windowStart, 3) { $0.partition == SampleModule.loader }
    let end = story.index(.majorFrameStart, 4)
    let entry = try #require(events[..<window].lastIndex { $0.kind == EventKind.timer.rawValue })
    let announced = try #require(events[..<entry].lastIndex { $0.kind == EventKind.idle.rawValue })
    let silent = (window..<end).filter { events[$0].kind == EventKind.idle.rawValue }
    #expect(silent.count == 2)
    for index in silent.reversed() { events.remove(at: index) }
    for first in (announced - 20)...announced {
      #expect(!violated(events, without: first..<entry).contains("idle.time"), "without \(first)..<\(entry)")
    }
    // The last announcement goes on; without any there is a violation.
    #expect(!violated(events, without: 0..<0).contains("idle.time"))
    events.remove(at: announced)
    #expect(violated(events, without: 0..<0).contains("idle.time"))
  }

  /// What was armed among the missing events may expire once behind them, whatever was armed since; not twice.
  @Test func oneTimerMayBeOfTheLoss() throws {
    var events = story.events
    let armed = story.index(.timerArmed, 0) { $0.time > 2 * SampleModule.frame }
    let next = try #require(events[(armed + 1)...].firstIndex { $0.kind == EventKind.timerArmed.rawValue })
    // The first of them early, which was armed for a millisecond later.
    events[armed].words.w0 += 1_000_000
    #expect(violated(events, without: 0..<0).contains("timer.punctual"))
    for count in 1...30 {
      let lost = (armed - count)..<armed
      #expect(!violated(events, without: lost).contains("timer.punctual"), "without \(lost)")
    }
    events[next].words.w0 += 1_000_000
    #expect(violated(events, without: (armed - 1)..<armed).contains("timer.punctual"))
  }
}

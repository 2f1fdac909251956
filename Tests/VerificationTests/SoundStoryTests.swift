import Testing
import TraceFormat

@testable import Verification

/// Nothing is found where nothing is wrong, and everything was looked at.
@Suite struct SoundStoryTests {
  @Test func everyClaimPasses() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    #expect(report.verdict == .pass, "\(report.summary)")
    #expect(report.exitStatus == 0)
    #expect(report.hasEnd)
  }

  @Test func everyClaimPassesOnEveryMechanism() throws {
    let module = try RichModule.make()
    let story = Story(RichStory.tell(of: module))
    let report = story.verify(module)
    #expect(report.verdict == .pass, "\(report.summary)")
    let errors = story.events.count { $0.kind == EventKind.healthError.rawValue }
    try #require(errors > 1)
    #expect(report.text(isColored: false).contains("the health monitor took \(errors) errors: "))
  }

  /// No claim passes because nothing exercised it: the story has at least one instance of each.
  @Test func everyClaimIsExercised() throws {
    let module = try SampleModule()
    let rich = try RichModule.make()
    let report = Story(Scribe.story(of: module)).verify(module)
    let richReport = Story(RichStory.tell(of: rich)).verify(rich)
    let idle = Set(report.claims.filter { $0.checked == 0 }.map(\.identifier))
      .intersection(richReport.claims.filter { $0.checked == 0 }.map(\.identifier))
    // These count only what must not be.
    #expect(idle == ["trace.meaning", "mask.foreign", "kernel.fault", "restart.quiet"], "\(idle)")
  }
}

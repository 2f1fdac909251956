import Testing
import TraceFormat
@testable import Verification

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

@Suite struct MutationTests {
  @Test(arguments: Mutation.all)
  func isNamed(_ mutation: Mutation) throws {
    let module = try SampleModule()
    var story = Story(Scribe.story(of: module))
    mutation.apply(&story)
    let report = story.verify(module)
    let failed = Set(report.identifiers(.fail))
    #expect(failed.contains(mutation.claim), "\(mutation): \(report.summary)")
    #expect(failed.subtracting(mutation.along) == [mutation.claim], "\(mutation): \(report.summary)")
    #expect(report.exitStatus == 1)
  }

  @Test(arguments: Mutation.rich)
  func isNamedInTheRichStory(_ mutation: Mutation) throws {
    let module = try RichModule.make()
    var story = Story(RichStory.tell(of: module))
    mutation.apply(&story)
    let report = story.verify(module)
    let failed = Set(report.identifiers(.fail))
    #expect(failed.contains(mutation.claim), "\(mutation): \(report.summary)")
    #expect(failed.subtracting(mutation.along) == [mutation.claim], "\(mutation): \(report.summary)")
  }

  @Test func everyClaimHasAMutation() throws {
    let module = try SampleModule()
    let claims = Set(Story(Scribe.story(of: module)).verify(module).claims.map(\.identifier))
    // Claims that the table makes for each line or partition are mutated for one of them.
    func family(_ claim: String) -> Substring {
      claim.hasPrefix("budget.") || claim.hasPrefix("partition.") ? claim.split(separator: ".")[1] : Substring(claim)
    }
    let without = Set(claims.map(family)).subtracting((Mutation.all + Mutation.rich).map { family($0.claim) })
    // Both have tests of their own below.
    #expect(without == ["trace.complete", "traceBytes"])
  }
}

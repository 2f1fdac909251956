import Testing

@testable import Verification

/// What is wrong in one place is found as that, and as nothing else.
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
    // These are of the file, not of its events: IncompleteTraceTests has them.
    #expect(without == ["trace.complete", "traceBytes"])
  }
}

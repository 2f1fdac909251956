import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// What is said of a process that missed its deadline.
@Suite struct WhereaboutsTests {
  typealias Module = RichModule

  /// Master never yields; at 31 ms the module's schedule changes.
  @Test func aJobOfTheScheduleBeforeIsSaidToBe() throws {
    let module = try Module.make(processes: [
      .init(owner: Module.master, name: "rule", period: Module.frame, deadline: 9_000_000, completion: .yield)
    ])
    let claim = try #require(
      report(Story(RichStory.tell(of: module)).events, module).claim("process.deadline.Master.rule"))
    let texts = claim.firstViolations.map(\.explanation)
    #expect(
      texts.contains(
        "rule, released at 0.021000000 s under the module schedule before the change at 0.031000000 s, "
          + "had not completed at 0.031000000 s"), "\(texts)")
    #expect(texts.filter { $0.contains("schedule") }.count == 1 && texts.count > 1, "\(texts)")
  }
}

import APEXTypes
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// What a change of schedule does to a partition depends on the table, and on what the partition is doing.
@Suite struct ScheduleActionTests {
  /// The claims that a run violates in which Worker starts at the change, by both judges.
  private static func violated(
    _ action: ScheduleChangeAction, isWorkerCold: Bool = false, isWorkerLate: Bool = false
  ) throws -> Set<String> {
    let module = try RichModule.make(action)
    let story = Story(RichStory.tell(of: module, isWorkerCold: isWorkerCold, isWorkerLate: isWorkerLate))
    let found = Set(story.verify(module).identifiers(.fail))
    let reference = ReferenceChecker.violations(story.events, module.table)
    #expect(found == reference, "\(story.verify(module).summary), and by the other judge \(reference)")
    return found
  }

  @Test func aPartitionStartsAsTheTableSays() throws {
    #expect(try Self.violated(.warmStart) == [])
    #expect(try Self.violated(.coldStart) == ["schedule.action"])
  }

  @Test func whoIsToBeLeftAloneGoesOn() throws {
    #expect(try Self.violated(.ignore) == ["schedule.action", "mode.transition"])
  }

  @Test func whoIsStillColdStartsColdAgain() throws {
    #expect(try Self.violated(.warmStart, isWorkerCold: true) == [])
    #expect(try Self.violated(.coldStart, isWorkerCold: true) == [])
  }

  @Test func whoIsStartingGoesOnWithThat() throws {
    for action in [ScheduleChangeAction.ignore, .warmStart, .coldStart] {
      #expect(try Self.violated(action, isWorkerLate: true) == [])
    }
  }
}

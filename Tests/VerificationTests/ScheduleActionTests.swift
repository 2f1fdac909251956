import APEXTypes
import ReferenceChecking
import Testing
import TraceFormat

@testable import Verification

/// What a change of schedule does to a partition depends on the table, and on what the partition is doing.
@Suite struct ScheduleActionTests {
  /// The claims that a run violates in which Worker starts at the change, by both judges.
  private static func violated(
    _ action: ScheduleChangeAction, isWorkerCold: Bool = false, isWorkerLate: Bool = false,
    fault: PartitionRecoveryAction = .coldStart, isWorkerStartedAgain: Bool = false
  ) throws -> Set<String> {
    let module = try RichModule.make(action, fault: fault)
    let story = Story(
      RichStory.tell(
        of: module, isWorkerCold: isWorkerCold, isWorkerLate: isWorkerLate, fault: fault,
        isWorkerStartedAgain: isWorkerStartedAgain))
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

  /// A warm start that is under way would keep what the table has cleared: it gives way to a cold one, and to nothing
  /// else.
  @Test(arguments: [ScheduleChangeAction.ignore, .warmStart, .coldStart], [false, true])
  func aWarmStartGivesWayToAColdOne(_ action: ScheduleChangeAction, _ isStartedAgain: Bool) throws {
    let found = try Self.violated(
      action, isWorkerLate: true, fault: .warmStart, isWorkerStartedAgain: isStartedAgain)
    if isStartedAgain == (action == .coldStart) {
      #expect(found == [])
    } else {
      #expect(found.contains("schedule.action"))
    }
  }

  /// A cold start that is under way leaves nothing to clear: nothing begins it once more.
  @Test(arguments: [ScheduleChangeAction.ignore, .warmStart, .coldStart])
  func aColdStartIsNotBegunTwice(_ action: ScheduleChangeAction) throws {
    let found = try Self.violated(action, isWorkerLate: true, isWorkerStartedAgain: true)
    #expect(found.contains("schedule.action"))
  }
}

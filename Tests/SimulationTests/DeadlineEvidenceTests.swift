import APEXTypes
import ModuleConfiguration
import Testing

@testable import Simulation

/// By what deadline a partition's scheduler judges: what a recorded run shows of it.
@Suite struct DeadlineEvidenceTests {
  private static let key = ProcessKey(rawValue: 7)
  private static let period: UInt64 = 20_000_000

  /// A process with a capacity of 1 ms, a deadline of 5 ms and a period of 20 ms.
  private static func evidence() -> DeadlineEvidence {
    DeadlineEvidence(
      [
        .init(
          partition: 0, key: key, name: "guidance", period: period, capacity: 1_000_000, deadline: 5_000_000)
      ], partitionCount: 1)
  }

  private static func deed(
    _ number: HypercallNumber, at instant: UInt64, _ arguments: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  ) -> RecordedDeed {
    var call = GuestCall(number)
    call.arguments = arguments
    var deed = RecordedDeed(
      computation: 1, act: .call(call), wasOn: false, isOn: false, instant: instant, kernelTime: nil, status: nil)
    deed.period = PeriodFollower.Period(number: 1 + instant / period, start: instant / period * period, length: period)
    return deed
  }
  private static func run(at instant: UInt64) -> RecordedDeed {
    deed(.tellProcess, at: instant, (UInt64(key.rawValue) << 32, 0, 0, 0))
  }
  private static func complete(at instant: UInt64) -> RecordedDeed {
    deed(.tellProcess, at: instant, (UInt64(key.rawValue), UInt64(ProcessTelling.State.complete.rawValue), 0, 0))
  }
  private static func call(at instant: UInt64) -> RecordedDeed { deed(.raiseApplicationError, at: instant) }
  private static func timer(to target: UInt64, at instant: UInt64) -> RecordedDeed {
    deed(.setTimer, at: instant, (target, 0, 0, 0))
  }

  private static func limit(_ deeds: [RecordedDeed]) -> DeadlineEvidence.Limit? {
    var evidence = evidence()
    for deed in deeds { evidence.note(deed, of: 0) }
    return evidence.limit(of: 0)
  }

  @Test func aJobLongerThanItsCapacityShowsThatThatIsNoDeadline() throws {
    #expect(Self.limit([Self.run(at: 100_000), Self.complete(at: 400_000)])?.span == 1_000_000)
    let limit = try #require(Self.limit([Self.run(at: 100_000), Self.complete(at: 1_400_000)]))
    #expect(limit.span == 5_000_000 && limit.isDeclared && limit.doubtful == 4_998_000)
  }

  @Test func aTimerShowsADeadlineThatIsNotTheFiles() throws {
    let declared = Self.limit([Self.run(at: 100_000), Self.timer(to: 5_000_000, at: 100_300)])
    #expect(declared?.isDeclared == true)
    let other = try #require(Self.limit([Self.run(at: 100_000), Self.timer(to: 3_000_000, at: 100_300)]))
    #expect(other.span == 3_000_000 && !other.isDeclared)
  }

  @Test func aCallThatNoDeadlineExplainsLeavesWhatIsProven() throws {
    let jobs = [Self.run(at: 100_000), Self.complete(at: 2_400_000), Self.run(at: 20_100_000)]
    #expect(Self.limit(jobs)?.isDeclared == true)
    let early = try #require(Self.limit(jobs + [Self.call(at: 23_000_000)]))
    #expect(early.span == 2_400_000 && !early.isDeclared)
    #expect(Self.limit(jobs + [Self.call(at: 25_000_100)])?.isDeclared == true)
    // One that is told before the late job gets the processor is explained by that.
    let starved = Array(jobs.prefix(2)) + [Self.call(at: 26_000_000), Self.run(at: 26_001_000)]
    #expect(Self.limit(starved)?.isDeclared == true)
  }

  @Test func whoLetsADeadlinePassHasNone() {
    #expect(Self.limit([Self.run(at: 100_000), Self.complete(at: 6_000_000)]) == nil)
  }

  /// What stands for many jobs is of none of them.
  @Test func spansBeyondTheLastAreMixed() throws {
    var follower = RecordedBehaviour.JobFollower()
    for number in UInt64(1)...70 {
      let job = RecordedBehaviour.Job(recorded: 0, own: number * Self.period)
      follower.compare(0, job, took: number * 20_000, recorded: number * 10_000)
    }
    let spans = try #require(follower.late[0])
    #expect(spans.count == 64 && spans.last?.isMixed == true && spans.dropLast().allSatisfy { !$0.isMixed })
  }

  @Test func allDeadlinesOfOneInstantAreTold() {
    var weakness = PredictionWeakness()
    weakness.note(["guidance", "navigation"].map { .init(process: $0, instant: 5, limit: 5, isSure: true) })
    #expect(weakness.lateJob?.process == "guidance" && weakness.since == 5)
    #expect(weakness.sentences(about: "Autopilot").count == 2)
  }
}

import APEXTypes
import ModuleConfiguration
import Testing

@testable import Simulation

/// By what deadline a partition's scheduler judges: what a recorded run shows of it.
@Suite struct DeadlineEvidenceTests {
  private static let key = ProcessKey(rawValue: 7)
  private static let period: UInt64 = 20_000_000

  /// A process with a capacity of 1 ms, a deadline of 5 ms and a period of 20 ms.
  private static func evidence(capacity: UInt64 = 1_000_000, deadline: UInt64? = 5_000_000) -> DeadlineEvidence {
    DeadlineEvidence(
      [.init(partition: 0, key: key, name: "guidance", period: period, capacity: capacity, deadline: deadline)],
      partitionCount: 1)
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
  private static func run(at instant: UInt64, age: Int64 = 0, _ key: ProcessKey = key) -> RecordedDeed {
    deed(.tellProcess, at: instant, (UInt64(key.rawValue) << 32, 0, UInt64(bitPattern: age), 0))
  }
  private static func complete(at instant: UInt64) -> RecordedDeed {
    deed(.tellProcess, at: instant, (UInt64(key.rawValue), UInt64(ProcessTelling.State.complete.rawValue), 0, 0))
  }
  private static func call(at instant: UInt64) -> RecordedDeed { deed(.raiseApplicationError, at: instant) }
  private static func timer(to target: UInt64, at instant: UInt64) -> RecordedDeed {
    deed(.setTimer, at: instant, (target, 0, 0, 0))
  }

  private static func limit(
    _ deeds: [RecordedDeed], in evidence: DeadlineEvidence = evidence()
  ) -> DeadlineEvidence.Limit? {
    var evidence = evidence
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

  /// One REPLENISH moves one job's deadline: the others' are where they were.
  @Test func aDeadlineThatWasMovedOnceIsStillOne() throws {
    let deeds = [Self.run(at: 100_000), Self.timer(to: 9_000_000, at: 100_300), Self.complete(at: 6_000_000)]
    let limit = try #require(Self.limit(deeds))
    #expect(limit.span == 5_000_000 && limit.doubtful == 4_998_000 && !limit.isDeclared)
    let called = [Self.run(at: 100_000), Self.complete(at: 6_000_000), Self.call(at: 7_000_000)]
    #expect(Self.limit(called)?.span == 5_000_000)
  }

  /// A partition may tell any number, and set its timer to any instant.
  @Test(arguments: [.max, .max - 100, 1 << 63, 1 << 62] as [UInt64])
  func numbersOfAHostilePartitionAreNumbers(target: UInt64) throws {
    let first = Self.period * 2
    for age in [Int64(first) - 1, 0, .max, .min + 1, -1] {
      let deeds = [Self.run(at: first + 100_000, age: age), Self.timer(to: target, at: first + 100_300)]
      for deadline in [5_000_000, UInt64.max - 1, nil] as [UInt64?] {
        for capacity in [0, 1_000_000, .max] as [UInt64] {
          let limit = Self.limit(deeds, in: Self.evidence(capacity: capacity, deadline: deadline))
          #expect(limit.map { $0.doubtful <= $0.span || !$0.isDeclared } ?? true, "\(age)")
        }
      }
    }
  }

  /// A scheduler has deadlines whether the module file has them or not.
  @Test func withoutADeclaredDeadlineTheCapacityIsOneElseThePeriod() throws {
    let job = [Self.run(at: 100_000), Self.complete(at: 400_000)]
    let byCapacity = try #require(Self.limit(job, in: Self.evidence(deadline: nil)))
    #expect(byCapacity.span == 1_000_000 && byCapacity.doubtful == 998_000 && !byCapacity.isDeclared)
    #expect(Self.limit(job, in: Self.evidence(capacity: 0, deadline: nil))?.span == Self.period)
    let longer = [Self.run(at: 100_000), Self.complete(at: 1_400_000)]
    #expect(Self.limit(longer, in: Self.evidence(deadline: nil))?.span == 1_400_000)
    let timed = [Self.run(at: 100_000), Self.timer(to: 2_000_000, at: 100_300)]
    #expect(Self.limit(timed, in: Self.evidence(deadline: nil))?.span == 2_000_000)
  }

  /// Whom the module file does not name is followed once it is told of; of very many the last stands for the rest.
  @Test func strangersAreFollowed() throws {
    var evidence = Self.evidence()
    for key in UInt32(100)..<200 {
      evidence.note(Self.run(at: 100_000, age: ProcessTelling.aperiodic, ProcessKey(rawValue: key)), of: 0)
    }
    let indices = try (UInt32(100)..<200).map { try #require(evidence.index(of: ProcessKey(rawValue: $0), in: 0)) }
    #expect(indices == Array(1...32) + Array(repeating: 32, count: 68))
    #expect(evidence.processes.dropFirst().allSatisfy(\.isOpen) && evidence.limit(of: 1) == nil)
    #expect(evidence.processes.dropFirst().allSatisfy { !$0.isNamed && $0.isAperiodic })
    #expect(evidence.processes[0].isNamed && !evidence.processes[0].isAperiodic)
    #expect(evidence.index(of: .none, in: 0) == nil && evidence.index(of: ProcessKey(rawValue: 100), in: 1) == nil)
  }

  /// A timer that is set to where another process is released, or has its deadline, or to a period's start, tells
  /// nothing of the running one's deadline; told of later, too.
  @Test func aTimerForAnotherProcessIsExplainedByThat() throws {
    let other = ProcessKey(rawValue: 8)
    func limit(_ deeds: [RecordedDeed], deadline: UInt64 = 5_000_000) -> DeadlineEvidence.Limit? {
      let processes = [(Self.key, deadline), (other, 3_000_000 as UInt64)].map { key, deadline in
        DeadlineEvidence.Process(
          partition: 0, key: key, name: "", period: Self.period, capacity: 0, deadline: deadline)
      }
      return Self.limit(deeds, in: DeadlineEvidence(processes, partitionCount: 1))
    }
    let timer = [Self.run(at: 100_000), Self.timer(to: 3_000_000, at: 100_300)]
    #expect(limit(timer)?.isDeclared == false)
    #expect(limit([Self.run(at: 50_000, other)] + timer)?.isDeclared == true)
    #expect(limit(timer + [Self.run(at: 200_000, other)])?.isDeclared == true)
    let period = [Self.run(at: 100_000), Self.timer(to: Self.period, at: 100_300)]
    #expect(limit(period, deadline: 30_000_000)?.isDeclared == true)
  }

  /// A job that is stopped, or late and told so, or of a life before, has not met its deadline by that.
  @Test func whatEndsOtherwiseProvesNothing() throws {
    let evidence = Self.evidence(capacity: 0)
    let stop = Self.deed(
      .tellProcess, at: 15_000_000, (UInt64(Self.key.rawValue), UInt64(ProcessTelling.State.dormant.rawValue), 0, 0))
    for deeds in [
      [Self.run(at: 100_000), stop], [Self.run(at: 100_000), Self.call(at: 5_000_100), Self.complete(at: 9_000_000)],
    ] {
      let limit = try #require(Self.limit(deeds, in: evidence))
      #expect(limit.span == 5_000_000 && limit.isDeclared)
    }
    var restarted = evidence
    restarted.note(Self.run(at: 100_000), of: 0)
    restarted.begin(0)
    restarted.note(Self.complete(at: 15_000_000), of: 0)
    #expect(restarted.limit(of: 0)?.isDeclared == true)
  }

  /// Where the file's deadlines are others than the scheduler's, or none are, nothing is sure.
  @Test func whatIsNotToldOrHasNoReleasesIsNotDeclared() throws {
    let process = DeadlineEvidence.Process(
      partition: 0, key: Self.key, name: "", period: Self.period, capacity: 0, deadline: 5_000_000, isTold: false)
    let limit = Self.limit([Self.run(at: 100_000)], in: DeadlineEvidence([process], partitionCount: 1))
    #expect(limit?.span == 5_000_000 && limit?.isDeclared == false)
    #expect(Self.limit([Self.run(at: 100_000, age: ProcessTelling.aperiodic)]) == nil)
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

  /// Whoever reads that a deadline is not known is told what would make it known.
  @Test func whatMakesADeadlineKnownIsTold() throws {
    func sentence(isNamed: Bool, isAperiodic: Bool) throws -> String {
      var weakness = PredictionWeakness()
      weakness.note([.init(process: "answer", instant: 5, isNamed: isNamed, isAperiodic: isAperiodic)])
      let sentences = weakness.sentences(about: "Autopilot")
      #expect(sentences.count == 1)
      return try #require(sentences.first { $0.hasPrefix("answer of Autopilot, whose deadline the module file does") })
    }
    let times = "p:PeriodSeconds, p:TimeCapacitySeconds and p:DeadlineSeconds"
    #expect(try sentence(isNamed: true, isAperiodic: false).hasSuffix("; give its Process \(times), and record again"))
    #expect(
      try sentence(isNamed: false, isAperiodic: false)
        .hasSuffix("; name it there (Process, with \(times), p:Completion=\"TOLD\"), and record again"))
    for isNamed in [false, true] {
      let told = try sentence(isNamed: isNamed, isAperiodic: true)
      #expect(told.contains("; nothing there says when a process without a period is late: make it periodic, or"))
    }
  }

  @Test func allDeadlinesOfOneInstantAreTold() {
    var weakness = PredictionWeakness()
    weakness.note(["guidance", "navigation"].map { .init(process: $0, instant: 5, limit: 5, isSure: true) })
    #expect(weakness.lateJob?.process == "guidance" && weakness.since == 5)
    #expect(weakness.sentences(about: "Autopilot").count == 2)
  }
}

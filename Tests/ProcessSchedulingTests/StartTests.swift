import APEXTypes
import ProcessScheduling
import Testing

/// START and DELAYED_START.
@Suite struct StartTests {
  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story(period: 1_000)
    let runner = story.process("runner", 5)
    let periodic = story.process("periodic", 5, period: 2_000)
    let hurried = story.process("hurried", 5, capacity: 1_000)
    story.begin([runner])
    #expect(story.code(.start(0)) == .invalidParameter && story.code(.start(4)) == .invalidParameter)
    #expect(story.code(.start(runner, after: .nanoseconds(-5))) == .noAction)
    #expect(story.code(.start(hurried, after: .nanoseconds(-2))) == .invalidParameter)
    #expect(story.code(.start(hurried, after: .forEver)) == .invalidParameter)
    #expect(story.code(.start(periodic, after: .nanoseconds(2_000))) == .invalidParameter)
    // No clock could say the deadline.
    let end = Int64.max - Int64(story.now)
    #expect(story.code(.start(hurried, after: .nanoseconds(end - 1_000))) == .invalidConfiguration)
    #expect(story.state(hurried) == .dormant)
    #expect(story.code(.start(hurried, after: .nanoseconds(end - 1_001))) == .noError)
    #expect(story.code(.start(periodic, after: .nanoseconds(1_999))) == .noError)
  }

  @Test func theMoreUrgentOneRunsAtOnce() {
    let story = Story()
    let (low, high) = (story.process("low", 5), story.process("high", 6))
    story.begin([low])
    #expect(story.code(.start(high)) == .noError)
    #expect(story.running == high && story.state(low) == .ready)
    #expect(story.lastCode(low) == .noError)
  }

  @Test func equalsComeInOrder() {
    let story = Story()
    let all = story.processes(5, 5, 5, 5)
    story.begin([all[0]])
    for process in [all[3], all[1], all[2]] { story.call(.start(process)) }
    #expect(story.orderOfRunning() == [1, 4, 2, 3])
  }

  @Test func aDelayEndsAtItsInstant() {
    let story = Story()
    let (low, high) = (story.process("low", 5), story.process("high", 6, capacity: 300))
    story.begin([low])
    story.call(.start(high, after: .nanoseconds(500)))
    #expect(story.state(high) == .waiting && story.deadline(high) == 1_800)
    story.pass(until: 1_499)
    #expect(story.running == low)
    story.pass(1)
    #expect(story.running == high && story.now == 1_500)
  }

  /// However long `main` takes: delays and capacities begin with NORMAL mode.
  @Test func whatIsStartedBeforeNormalModeBeginsWithIt() {
    let story = Story()
    let (at, after) = (story.process("at once", 5, capacity: 400), story.process("after", 6, capacity: 400))
    story.call(.start(at))
    story.call(.start(after, after: .nanoseconds(200)))
    #expect(story.state(at) == .waiting && story.state(after) == .waiting)
    #expect(story.scheduler.nextInstant == .never && story.scheduler.nextDeadline == .never)
    story.layer.passMasked(9_000)
    story.layer.enterNormalMode()
    #expect(story.running == at && story.layer.late.isEmpty)
    #expect(story.deadline(at) == 10_400 && story.deadline(after) == 10_600)
    story.pass(until: 10_199)
    #expect(story.running == at)
    story.pass(1)
    #expect(story.running == after)
  }

  @Test func theOrderOfStartsBeforeNormalModeIsKept() {
    let story = Story()
    _ = story.processes(5, 5, 5)
    story.begin([3, 1, 2])
    #expect(story.orderOfRunning() == [3, 1, 2])
  }

  @Test func whoeverIsSuspendedBeforeNormalModeDoesNotBegin() {
    let story = Story()
    let all = story.processes(5, 6)
    for process in all { story.call(.start(process)) }
    #expect(story.code(.suspend(2)) == .noError)
    story.layer.enterNormalMode()
    #expect(story.running == 1 && story.state(2) == .waiting)
    story.call(.resume(2))
    #expect(story.running == 2)
  }

  @Test func aPeriodicProcessBeginsWithTheNextPeriod() {
    let story = Story(period: 1_000)
    let low = story.process("low", 1)
    let periodic = story.process("periodic", 5, period: 2_000, capacity: 700)
    story.begin([low])
    story.pass(until: 1_200)
    story.call(.start(periodic))
    // Its deadline is foretold, and cannot be missed before its period begins.
    #expect(story.state(periodic) == .waiting && story.deadline(periodic) == 2_700)
    #expect(story.scheduler.nextDeadline == .never)
    story.pass(until: 1_999)
    #expect(story.running == low)
    story.pass(1)
    #expect(story.running == periodic && story.deadline(periodic) == 2_700)
  }

  @Test func theDelayOfAPeriodicOneFollowsThePeriodsStart() {
    let story = Story(period: 1_000)
    let low = story.process("low", 1)
    let periodic = story.process("periodic", 5, period: 2_000, capacity: 700)
    story.begin([low])
    story.pass(until: 1_900)
    story.call(.start(periodic, after: .nanoseconds(300)))
    story.pass(until: 2_299)
    #expect(story.running == low && story.deadline(periodic) == 3_000)
    story.pass(1)
    #expect(story.running == periodic)
    story.call(.periodicWait)
    #expect(story.deadline(periodic) == 5_000)
    story.pass(until: 4_299)
    #expect(story.running == low)
    story.pass(1)
    #expect(story.running == periodic)
  }

  /// What outranks it does not put off its release: nobody looks at the clock for two periods.
  @Test func aFirstReleaseIsNotPutOffByWhoRuns() {
    for isLocked in [false, true] {
      let story = Story(period: 1_000)
      let high = story.process("high", 9)
      let periodic = story.process("periodic", 5, period: 2_000, capacity: 700)
      story.begin([high])
      story.pass(until: 1_200)
      if isLocked { story.call(.lockPreemption) }
      story.call(.start(periodic))
      story.layer.passMasked(2_600)
      story.call(isLocked ? .unlockPreemption : .timedWait(.nanoseconds(1_000)))
      #expect(story.layer.late == (isLocked ? [] : [periodic]))
      story.pass(until: 4_000)
      #expect(story.layer.late == [periodic] && story.deadline(periodic) == 2_700)
    }
  }

  /// With a deadline it is released while others run, so that it is missed where it passes.
  @Test func aFirstDeadlineIsMissedWhoeverRuns() {
    for isLocked in [false, true] {
      let story = Story(period: 1_000)
      let high = story.process("high", 9)
      let periodic = story.process("periodic", 5, period: 2_000, capacity: 700)
      story.begin([high])
      story.pass(until: 1_200)
      if isLocked { story.call(.lockPreemption) }
      story.call(.start(periodic))
      story.pass(until: 2_699)
      #expect(story.running == high && story.state(periodic) == .ready && story.layer.late.isEmpty)
      story.pass(1)
      #expect(story.running == high && story.layer.late == [periodic])
    }
  }

  /// Whoever has started in a period of another schedule is released with the first that is known of the next.
  @Test func aPeriodOfAnotherScheduleIsTakenAsItComes() {
    let story = Story(period: 1_000)
    let scheduler = story.scheduler
    let periodic = story.process("periodic", 5, period: 2_000, capacity: 700)
    let started = moment(1_200, periodStart: 1_000)
    #expect(scheduler.start(ProcessIdentifier(periodic), after: .notAtAll, started) == .noError)
    scheduler.releaseDue(moment(5_400, periodStart: 5_300))
    #expect(story.state(periodic) == .ready && story.deadline(periodic) == 6_000)
  }

  private func moment(_ now: UInt64, periodStart: UInt64, period: UInt64 = 1_000) -> PartitionMoment {
    PartitionMoment(
      now: SystemTime(nanoseconds: now), periodStart: SystemTime(nanoseconds: periodStart),
      period: Nanoseconds(period), isNormal: true, isInUpcall: false)
  }

  /// A period that begins at the very instant of the start is the first after it.
  @Test func thePeriodThatBeginsWithTheStartIsTheFirst() {
    let story = Story()
    let periodic = ProcessIdentifier(story.process("periodic", 5, period: 2_000, capacity: 700))
    #expect(story.scheduler.start(periodic, after: .notAtAll, moment(3_000, periodStart: 2_000)) == .noError)
    story.scheduler.releaseDue(moment(3_000, periodStart: 3_000))
    #expect(story.state(periodic.rawValue) == .ready && story.deadline(periodic.rawValue) == 3_700)
  }

  /// The start 0 of a period is that of the module's first one, and later that of none: of a partition that has started
  /// anew nobody knows when its first period begins.
  @Test(arguments: [(0, 1_700), (999, 1_700), (1_000, nil), (5_500, nil)] as [(UInt64, UInt64?)])
  func aDeadlineIsForetoldWhereThePeriodIsKnown(_ now: UInt64, _ deadline: UInt64?) {
    let story = Story()
    let periodic = ProcessIdentifier(story.process("periodic", 5, period: 2_000, capacity: 700))
    #expect(story.scheduler.start(periodic, after: .notAtAll, moment(now, periodStart: 0)) == .noError)
    #expect(story.deadline(periodic.rawValue) == deadline ?? SystemTime.never.nanoseconds)
  }

  /// The deadline of the life before is not that of a job which nobody knows the release of.
  @Test func theLastDeadlineIsForgotten() {
    let story = Story()
    let periodic = ProcessIdentifier(story.process("periodic", 5, period: 2_000, capacity: 700))
    #expect(story.scheduler.start(periodic, after: .notAtAll, moment(3_000, periodStart: 3_000)) == .noError)
    #expect(story.deadline(periodic.rawValue) == 4_700)
    #expect(story.scheduler.stop(periodic, moment(3_100, periodStart: 3_000)).code == .noError)
    #expect(story.scheduler.start(periodic, after: .notAtAll, moment(3_200, periodStart: 3_000, period: 0)) == .noError)
    #expect(story.deadline(periodic.rawValue) == SystemTime.never.nanoseconds)
  }

  @Test func nothingIsLeftOfTheLifeBefore() {
    let story = Story()
    let all = story.processes(9, 5)
    story.begin()
    story.call(.setPriority(2, 3))
    story.call(.suspend(2))
    #expect(story.code(.stop(2)) == .noError && story.state(2) == .dormant)
    #expect(story.code(.start(2)) == .noError)
    #expect(story.priority(2) == 5 && story.state(2) == .ready && story.code(.resume(2)) == .noAction)
    #expect(story.running == all[0])
  }
}

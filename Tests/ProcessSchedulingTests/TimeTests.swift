import APEXTypes
import ProcessScheduling
import Testing

/// TIMED_WAIT, PERIODIC_WAIT and REPLENISH.
@Suite struct TimeTests {
  @Test func aWaitEndsAtItsInstant() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    #expect(story.call(.timedWait(.nanoseconds(250))).step == .givesWay)
    #expect(story.running == 2 && story.scheduler.nextInstant.nanoseconds == 1_250)
    story.pass(until: 1_249)
    #expect(story.running == 2)
    story.pass(1)
    #expect(story.running == 1)
  }

  /// To wait for an instant that comes is to succeed.
  @Test func whoeverHasWaitedForAnInstantHasSucceeded() {
    let story = Story(period: 1_000)
    let own = story.process("own", 5)
    let periodic = story.process("periodic", 4, period: 1_000)
    story.begin()
    story.call(.timedWait(.nanoseconds(1_001)))
    story.pass(until: 2_000)
    #expect(story.running == periodic)
    story.pass(1)
    #expect(story.running == own && story.lastCode(own) == .noError)
    story.call(.stopSelf)
    story.call(.periodicWait)
    story.pass(until: 3_000)
    #expect(story.running == periodic && story.lastCode(periodic) == .noError)
  }

  @Test func whatIsWrongWithAWait() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5)
    #expect(story.code(.timedWait(.nanoseconds(-2))) == .invalidMode)
    story.begin()
    for wrong in [-1, -2, .max, .max - 1_000] as [Int64] {
      #expect(story.code(.timedWait(.nanoseconds(wrong))) == .invalidParameter)
    }
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.timedWait(.forEver)) == .invalidMode && story.code(.timedWait(.notAtAll)) == .invalidMode)
  }

  @Test func zeroLetsEqualsRun() {
    let story = Story()
    _ = story.processes(5, 5, 4)
    story.begin()
    #expect(story.call(.timedWait(.notAtAll)).step == .givesWay)
    #expect(story.running == 2 && story.state(1) == .ready)
    story.call(.timedWait(.notAtAll))
    #expect(story.running == 1 && story.lastCode(1) == .noError)
    story.call(.stopSelf)
    #expect(story.code(.timedWait(.notAtAll)) == .noError && story.running == 2)
  }

  /// Whose time came first is ready first; of those of one instant the one created first.
  @Test func whoeverIsDueFirstIsReadyFirst() {
    let story = Story()
    _ = story.processes(9, 9, 9, 9, 5)
    story.begin()
    for delay in [300, 100, 200, 100] as [Int64] { story.call(.timedWait(.nanoseconds(delay))) }
    story.layer.passMasked(300)
    story.pass(0)
    #expect(story.orderOfRunning() == [2, 4, 3, 1, 5])
  }

  // MARK: Periods

  @Test func aJobEndsWithTheNextRelease() {
    let story = Story(period: 1_000)
    let periodic = story.process("periodic", 5, period: 2_000, capacity: 900)
    story.begin()
    story.pass(until: 2_500)
    #expect(story.running == periodic && story.deadline(periodic) == 2_900)
    story.call(.periodicWait)
    #expect(story.running == 0 && story.deadline(periodic) == 4_900)
    story.pass(until: 3_999)
    #expect(story.running == 0)
    story.pass(1)
    #expect(story.running == periodic)
  }

  /// A release that is past has come: the process goes on at once, and its next one is reckoned from that.
  @Test func whoeverIsBehindGoesOnAtOnce() {
    let story = Story(period: 1_000)
    let periodic = story.process("periodic", 5, period: 1_000)
    story.begin()
    story.pass(until: 4_300)
    for _ in 0..<2 {
      story.call(.periodicWait)
      #expect(story.running == periodic && story.now == 4_300)
    }
    story.call(.periodicWait)
    #expect(story.running == 0)
    story.pass(until: 5_000)
    #expect(story.running == periodic)
  }

  @Test func onlyPeriodicOnesWaitForARelease() {
    let story = Story(period: 1_000)
    let mutex = story.mutex(9)
    let own = story.process("own", 5)
    _ = story.process("periodic", 6, period: 1_000)
    #expect(story.code(.periodicWait) == .invalidMode)
    story.begin()
    #expect(story.running == own && story.code(.periodicWait) == .invalidMode)
    story.pass(until: 2_000)
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.periodicWait) == .invalidMode)
  }

  // MARK: Budgets

  @Test func aBudgetIsReckonedFromNow() {
    let story = Story()
    let own = story.process("own", 5, capacity: 500)
    let free = story.process("free", 4)
    story.begin()
    story.pass(200)
    #expect(story.code(.replenish(.nanoseconds(700))) == .noError && story.deadline(own) == 1_900)
    #expect(story.code(.replenish(.notAtAll)) == .noError && story.deadline(own) == 1_200)
    #expect(story.code(.replenish(.forEver)) == .noError && story.deadline(own) == .max)
    story.call(.stopSelf)
    // Without a capacity there is no deadline.
    #expect(story.code(.replenish(.nanoseconds(700))) == .noError && story.deadline(free) == .max)
  }

  @Test func aBudgetEndsWithTheNextRelease() {
    let story = Story(period: 1_000)
    let own = story.process("own", 5, period: 2_000, capacity: 500)
    story.begin()
    story.pass(until: 2_300)
    #expect(story.code(.replenish(.nanoseconds(1_701))) == .invalidMode)
    #expect(story.code(.replenish(.forEver)) == .invalidMode && story.deadline(own) == 2_500)
    // It is the release that is looked at first.
    #expect(story.code(.replenish(.nanoseconds(-2))) == .invalidMode)
    #expect(story.code(.replenish(.nanoseconds(1_700))) == .noError && story.deadline(own) == 4_000)
  }

  @Test func whatIsWrongWithABudget() {
    let story = Story()
    _ = story.processes(5)
    #expect(story.code(.replenish(.nanoseconds(-2))) == .noAction)
    story.begin()
    for wrong in [-2, .min, .max, .max - 1_000] as [Int64] {
      #expect(story.code(.replenish(.nanoseconds(wrong))) == .invalidParameter)
    }
    story.layer.raiseError { _ in #expect(story.code(.replenish(.nanoseconds(1))) == .noAction) }
  }

  @Test func aBudgetWantsTheTimer() {
    let story = Story()
    let own = story.process("own", 5, capacity: 500)
    story.begin()
    #expect(story.scheduler.replenish(.nanoseconds(10), story.moment) == .noError)
    #expect(story.scheduler.takeTimerWish() && story.deadline(own) == 1_010)
  }
}

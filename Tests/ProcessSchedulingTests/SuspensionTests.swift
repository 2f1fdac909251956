import APEXTypes
import ProcessScheduling
import Testing

/// SUSPEND_SELF, SUSPEND and RESUME.
@Suite struct SuspensionTests {
  @Test func whatIsWrongWithSuspendingOneself() {
    let story = Story(period: 1_000)
    let mutex = story.mutex(9)
    let own = story.process("own", 5)
    let periodic = story.process("periodic", 6, period: 1_000)
    #expect(story.code(.suspendSelf(.nanoseconds(-2))) == .invalidMode)
    story.begin()
    #expect(story.code(.suspendSelf(.nanoseconds(-2))) == .invalidParameter)
    #expect(story.code(.suspendSelf(.notAtAll)) == .noError && story.running == own)
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.suspendSelf(.nanoseconds(-2))) == .invalidMode)
    story.call(.releaseMutex(mutex))
    story.pass(until: 2_000)
    #expect(story.running == periodic)
    #expect(story.code(.suspendSelf(.nanoseconds(-2))) == .invalidParameter)
    #expect(story.code(.suspendSelf(.notAtAll)) == .invalidMode)
  }

  @Test func whoeverSuspendsItselfIsResumed() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    #expect(story.call(.suspendSelf(.forEver)).step == .waits)
    #expect(story.running == 2 && story.state(1) == .waiting && story.scheduler.nextInstant == .never)
    #expect(story.code(.suspend(1)) == .noAction)
    story.call(.resume(1))
    #expect(story.running == 1 && story.lastCode(1) == .noError && story.lastCode(2) == .noError)
  }

  @Test func patienceEndsAtItsInstant() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspendSelf(.nanoseconds(700)))
    story.pass(until: 1_699)
    #expect(story.running == 2)
    story.pass(1)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
    // It is suspended no more.
    story.call(.timedWait(.nanoseconds(5)))
    #expect(story.code(.resume(1)) == .noAction)
  }

  /// Its time has passed, and nobody has looked at the clock: it is not the one who resumes it that ends its wait.
  @Test func whoeverIsResumedTooLateHasTimedOut() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspendSelf(.nanoseconds(700)))
    story.layer.passMasked(700)
    #expect(story.code(.resume(1)) == .noAction)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  /// The same of who suspends it anew: it does not run until it is resumed.
  @Test func whoeverIsSuspendedAnewTooLateHasTimedOut() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspendSelf(.nanoseconds(700)))
    story.layer.passMasked(700)
    #expect(story.code(.suspend(1)) == .noError)
    #expect(story.running == 2 && story.state(1) == .waiting && story.code(.suspend(1)) == .noAction)
    #expect(story.code(.resume(1)) == .noError)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  @Test func whoeverIsResumedJustInTimeIsNot() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspendSelf(.nanoseconds(700)))
    story.layer.passMasked(699)
    #expect(story.code(.resume(1)) == .noError && story.lastCode(1) == .noError)
  }

  // MARK: Others

  @Test func whatIsWrongWithSuspendingOthers() {
    let story = Story(period: 1_000)
    let mutex = story.mutex(9)
    let (own, dormant) = (story.process("own", 5), story.process("dormant", 5))
    let periodic = story.process("periodic", 1, period: 1_000)
    let (owner, ready) = (story.process("owner", 7), story.process("ready", 2))
    story.begin([own, periodic, owner, ready])
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.stopSelf)
    // It waits, and owns on.
    story.call(.start(owner, after: .nanoseconds(1)))
    #expect(story.running == own && story.state(owner) == .waiting)
    for wrong in [0, 6, own] { #expect(story.code(.suspend(wrong)) == .invalidParameter) }
    for wrong in [dormant, periodic, owner] { #expect(story.code(.suspend(wrong)) == .invalidMode) }
    for wrong in [0, 6, own] { #expect(story.code(.resume(wrong)) == .invalidParameter) }
    for wrong in [dormant, periodic] { #expect(story.code(.resume(wrong)) == .invalidMode) }
    #expect(story.code(.resume(ready)) == .noAction)
    #expect(story.code(.suspend(ready)) == .noError && story.code(.suspend(ready)) == .noAction)
    #expect(story.code(.resume(ready)) == .noError && story.code(.resume(ready)) == .noAction)
  }

  @Test func whoeverIsSuspendedDoesNotRun() {
    let story = Story()
    _ = story.processes(5, 4, 3)
    story.begin()
    story.call(.suspend(2))
    #expect(story.state(2) == .waiting)
    story.call(.timedWait(.nanoseconds(100)))
    #expect(story.running == 3)
    story.call(.resume(2))
    #expect(story.running == 2)
  }

  /// That it was suspended in its last life is forgotten.
  @Test func whoeverIsDormantIsNotSuspended() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspend(2))
    story.call(.stop(2))
    #expect(story.code(.suspend(2)) == .invalidMode && story.code(.resume(2)) == .invalidMode)
  }

  @Test func whoeverIsResumedIsTheLastOfItsEquals() {
    let story = Story()
    _ = story.processes(5, 4, 4)
    story.begin()
    story.call(.suspend(2))
    story.call(.resume(2))
    #expect(story.orderOfRunning() == [1, 3, 2])
  }

  /// What it waits for comes, and it waits on; it has what it waited for when it is resumed.
  @Test func whoeverIsSuspendedInAQueueGetsItsTurn() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.waitSemaphore(semaphore, .nanoseconds(1_000)))
    story.call(.suspend(1))
    story.call(.signalSemaphore(semaphore))
    #expect(story.running == 2 && story.state(1) == .waiting)
    #expect(story.scheduler.semaphoreStatus(semaphore)?.waitingProcesses == 0)
    story.pass(5_000)
    #expect(story.running == 2 && story.scheduler.semaphoreStatus(semaphore)?.value == 0)
    #expect(story.lastCode(1) == nil && story.state(1) == .waiting)
    story.call(.resume(1))
    #expect(story.running == 1 && story.lastCode(1) == .noError)
  }

  @Test func whoeverIsSuspendedInAQueueTimesOut() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.waitSemaphore(semaphore, .nanoseconds(1_000)))
    story.call(.suspend(1))
    story.pass(1_000)
    #expect(story.running == 2 && story.state(1) == .waiting && story.lastCode(1) == nil)
    story.call(.signalSemaphore(semaphore))
    #expect(story.scheduler.semaphoreStatus(semaphore)?.value == 1)
    story.call(.resume(1))
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  @Test func whoeverIsResumedInAQueueWaitsOn() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.waitSemaphore(semaphore, .forEver))
    story.call(.suspend(1))
    story.call(.resume(1))
    #expect(story.running == 2 && story.state(1) == .waiting)
    story.call(.signalSemaphore(semaphore))
    #expect(story.running == 1 && story.lastCode(1) == .noError)
  }

  @Test func whoeverWaitsForAMutexIsNotSuspended() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 4, 3)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.stopSelf)
    story.call(.acquireMutex(mutex, .forEver))
    #expect(story.running == 3 && story.code(.suspend(2)) == .invalidMode)
    story.call(.resetMutex(mutex, of: 1))
    #expect(story.running == 2 && story.code(.releaseMutex(mutex)) == .noError)
    story.call(.timedWait(.nanoseconds(1)))
    // It waits for time now.
    #expect(story.code(.suspend(2)) == .noError)
  }

  @Test func aResumptionWantsTheTimer() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.suspend(2))
    #expect(story.scheduler.resume(ProcessIdentifier(2), story.moment) == .noError)
    #expect(story.scheduler.takeTimerWish())
  }
}

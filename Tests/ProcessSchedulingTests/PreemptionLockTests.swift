import APEXTypes
import ProcessScheduling
import Testing

/// LOCK_PREEMPTION and UNLOCK_PREEMPTION.
@Suite struct PreemptionLockTests {
  @Test func nobodyTakesTheProcessorFromTheOwner() {
    let story = Story()
    _ = story.processes(5, 9)
    story.begin([1])
    #expect(story.code(.lockPreemption) == .noError && story.scheduler.lockLevel == 1)
    story.call(.start(2))
    #expect(story.running == 1 && story.state(2) == .ready)
    #expect(story.code(.setPriority(1, 1)) == .noError && story.running == 1)
    story.call(.unlockPreemption)
    #expect(story.running == 2 && story.scheduler.lockLevel == 0)
  }

  /// Whoever changes its own priority under the lock is the last of its equals when it undoes that.
  @Test func equalsGoFirstWhenItIsUndone() {
    let story = Story()
    _ = story.processes(5, 5, 5)
    story.begin()
    story.call(.lockPreemption)
    #expect(story.code(.setPriority(1, 5)) == .noError && story.running == 1)
    story.call(.unlockPreemption)
    #expect(story.orderOfRunning() == [2, 3, 1])
  }

  /// A deadline that passes under the lock, somebody else's or its own, does not put it first again.
  @Test func equalsGoFirstAfterADeadlineToo() {
    let story = Story()
    let own = story.process("own", 5)
    let equal = story.process("equal", 5)
    let late = story.process("late", 1, capacity: 300)
    story.begin()
    story.call(.lockPreemption)
    story.call(.setPriority(own, 5))
    story.pass(300)
    #expect(story.layer.late == [late] && story.running == own)
    story.call(.unlockPreemption)
    #expect(story.running == equal)
  }

  /// Nobody was there to go first: who gets ready later does not.
  @Test func nobodyGoesFirstWhoCameLater() {
    let story = Story()
    _ = story.processes(5, 5)
    story.begin()
    story.call(.lockPreemption)
    story.call(.setPriority(1, 5))
    story.call(.stop(2))
    story.call(.unlockPreemption)
    #expect(story.running == 1)
    story.call(.start(2))
    #expect(story.running == 1)
  }

  @Test func theClockDoesNotEither() {
    let story = Story()
    _ = story.processes(5, 9)
    story.begin([1])
    story.call(.lockPreemption)
    story.call(.start(2, after: .nanoseconds(100)))
    #expect(story.scheduler.nextTick { .zero } == .never)
    story.pass(500)
    #expect(story.running == 1 && story.state(2) == .waiting)
    story.call(.unlockPreemption)
    #expect(story.running == 2 && story.now == 1_500)
  }

  @Test func itIsUnlockedAsOftenAsItWasLocked() {
    let story = Story()
    _ = story.processes(5, 9)
    story.begin([1])
    for level in 1...16 as ClosedRange<Int32> {
      #expect(story.code(.lockPreemption) == .noError && story.scheduler.lockLevel == level)
    }
    #expect(story.code(.lockPreemption) == .invalidConfiguration && story.scheduler.lockLevel == 16)
    story.call(.start(2))
    for _ in 0..<15 { #expect(story.code(.unlockPreemption) == .noError && story.running == 1) }
    story.call(.unlockPreemption)
    #expect(story.running == 2 && story.code(.unlockPreemption) == .noAction)
  }

  @Test func theOwnerMayNotWait() {
    let story = Story()
    let (mutex, semaphore, event) = (story.mutex(9), story.semaphore(), story.event())
    _ = story.processes(5)
    story.begin()
    story.call(.lockPreemption)
    #expect(story.code(.timedWait(.nanoseconds(1))) == .invalidMode)
    #expect(story.code(.timedWait(.notAtAll)) == .invalidMode)
    #expect(story.code(.suspendSelf(.forEver)) == .invalidMode)
    #expect(story.code(.waitSemaphore(semaphore, .forEver)) == .invalidMode)
    #expect(story.code(.waitEvent(event, .nanoseconds(1))) == .invalidMode)
    #expect(story.code(.waitEvent(event, .notAtAll)) == .notAvailable)
    #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .invalidMode)
    #expect(story.scheduler.ownedMutex(of: ProcessIdentifier(1)) == .preemptionLock)
    story.call(.unlockPreemption)
    #expect(story.scheduler.ownedMutex(of: ProcessIdentifier(1)) == OwnedMutex.nothing)
    #expect(story.code(.timedWait(.notAtAll)) == .noError)
  }

  @Test func whoeverOwnsAMutexDoesNotLock() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.lockPreemption) == .invalidMode && story.scheduler.lockLevel == 0)
    story.call(.releaseMutex(mutex))
    #expect(story.code(.lockPreemption) == .noError)
  }

  @Test func nobodyLocksBeforeNormalMode() {
    let story = Story()
    _ = story.processes(5)
    #expect(story.code(.lockPreemption) == .noAction && story.code(.unlockPreemption) == .noAction)
    story.begin()
    #expect(story.code(.unlockPreemption) == .noAction)
  }

  /// A deadline interrupts the owner, and the owner goes on behind it.
  @Test func theOwnerGoesOnAfterADeadline() {
    let story = Story()
    let own = story.process("own", 5)
    let hurried = story.process("hurried", 9, capacity: 300)
    story.begin([own])
    story.call(.lockPreemption)
    story.call(.start(hurried))
    #expect(story.running == own)
    story.pass(300)
    #expect(story.layer.late == [hurried] && story.running == own && story.state(hurried) == .ready)
    story.call(.unlockPreemption)
    #expect(story.running == hurried)
  }

  @Test func theOwnerIsNotSuspended() {
    let story = Story()
    _ = story.processes(5)
    story.begin()
    story.call(.lockPreemption)
    story.layer.raiseError { failed in
      #expect(failed == 1 && story.code(.suspend(1)) == .invalidMode)
    }
    #expect(story.running == 1)
  }

  @Test func theErrorHandlerStopsTheOwner() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.lockPreemption)
    story.layer.raiseError { failed in #expect(story.code(.stop(failed)) == .noError) }
    #expect(story.running == 2 && story.scheduler.lockLevel == 0)
  }
}

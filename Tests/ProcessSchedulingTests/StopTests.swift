import APEXTypes
import ProcessScheduling
import Testing

/// STOP and STOP_SELF.
@Suite struct StopTests {
  @Test func whatIsWrong() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin([1])
    #expect(story.code(.stop(0)) == .invalidParameter && story.code(.stop(3)) == .invalidParameter)
    #expect(story.code(.stop(1)) == .invalidParameter && story.state(1) == .running)
    #expect(story.code(.stop(2)) == .noAction)
  }

  @Test func whoeverIsStoppedDoesNotRun() {
    let story = Story()
    _ = story.processes(5, 4, 3)
    story.begin()
    #expect(story.code(.stop(2)) == .noError && story.state(2) == .dormant)
    #expect(story.orderOfRunning() == [1, 3])
  }

  @Test func whoeverIsStoppedLeavesItsPlace() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(9, 8, 7)
    story.begin()
    story.call(.waitSemaphore(semaphore, .forEver))
    story.call(.waitSemaphore(semaphore, .forEver))
    #expect(story.scheduler.semaphoreStatus(semaphore)?.waitingProcesses == 2)
    #expect(story.code(.stop(1)) == .noError)
    #expect(story.scheduler.semaphoreStatus(semaphore)?.waitingProcesses == 1)
    story.call(.signalSemaphore(semaphore))
    #expect(story.running == 2 && story.state(1) == .dormant)
  }

  @Test func whoeverIsStoppedIsNotReleasedByTheClock() {
    let story = Story()
    _ = story.processes(9, 8)
    story.begin()
    story.call(.timedWait(.nanoseconds(100)))
    story.call(.stop(1))
    #expect(story.scheduler.nextInstant == .never)
    story.pass(500)
    #expect(story.running == 2 && story.state(1) == .dormant)
  }

  @Test func whoeverIsStoppedHasNoDeadline() {
    let story = Story()
    let low = story.process("low", 1)
    let hurried = story.process("hurried", 2, capacity: 100)
    story.begin()
    story.call(.timedWait(.nanoseconds(5_000)))
    story.call(.stop(hurried))
    #expect(story.running == low && story.scheduler.nextDeadline == .never)
    story.pass(500)
    #expect(story.layer.late.isEmpty)
  }

  /// A mutex outlives its owner's life, and is the owner's in the next.
  @Test func aStoppedOwnerOwnsOn() {
    let story = Story()
    let mutex = story.mutex(7)
    _ = story.processes(5, 3)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.stopSelf)
    #expect(story.scheduler.mutexStatus(mutex)?.owner == ProcessIdentifier(1) && story.priority(1) == 7)
    #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .notAvailable)
    #expect(story.code(.start(1)) == .noError)
    #expect(story.running == 1 && story.priority(1) == 7)
    story.call(.releaseMutex(mutex))
    #expect(story.priority(1) == 5 && story.scheduler.mutexStatus(mutex)?.lockCount == 0)
  }

  @Test func whoeverEndsUnlocksPreemption() {
    let story = Story()
    _ = story.processes(5, 3)
    story.begin()
    story.call(.lockPreemption)
    story.call(.lockPreemption)
    story.call(.stopSelf)
    #expect(story.running == 2 && story.scheduler.lockLevel == 0)
    #expect(story.scheduler.ownedMutex(of: ProcessIdentifier(1)) == OwnedMutex.nothing)
    story.call(.start(1))
    #expect(story.running == 1)
  }

  /// In `main` nobody is there to end.
  @Test func nobodyEndsWhereNobodyRuns() {
    let story = Story()
    _ = story.processes(5)
    #expect(!story.scheduler.stopSelf())
    story.begin()
    #expect(story.scheduler.stopSelf())
    #expect(story.state(1) == .dormant)
  }

  @Test func mainMayStopWhatItHasStarted() {
    let story = Story()
    _ = story.processes(5, 6)
    story.call(.start(1))
    story.call(.start(2))
    #expect(story.code(.stop(2)) == .noError)
    story.layer.enterNormalMode()
    #expect(story.running == 1 && story.state(2) == .dormant)
  }
}

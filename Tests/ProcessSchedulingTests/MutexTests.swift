import APEXTypes
import ProcessScheduling
import Testing

/// Mutexes, with the priority of a ceiling.
@Suite struct MutexTests {
  private func owner(_ story: Story, _ mutex: Int32 = 1) -> Int32? {
    story.scheduler.mutexStatus(mutex).map { $0.owner?.rawValue ?? 0 }
  }

  /// A story in which the first process owns the first mutex, and is dormant; the second runs, and has priority 5.
  private func orphaned(_ discipline: QueuingDiscipline = .fifo, _ others: Int32...) -> Story {
    let story = Story()
    _ = story.mutex(20, discipline)
    _ = story.process("owner", 12)
    _ = story.process("runner", 5)
    for (index, priority) in others.enumerated() { _ = story.process("other \(index)", priority) }
    story.begin([1, 2])
    story.call(.acquireMutex(1, .notAtAll))
    story.call(.stopSelf)
    return story
  }

  @Test func anOwnerHasTheCeilingsPriority() {
    let story = Story()
    let mutex = story.mutex(8)
    _ = story.processes(5, 7, 9)
    story.begin([1])
    #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .noError && story.priority(1) == 8)
    story.call(.start(2))
    #expect(story.running == 1)
    story.call(.start(3))
    #expect(story.running == 3)
    story.call(.stopSelf)
    story.call(.releaseMutex(mutex))
    #expect(story.priority(1) == 5 && story.running == 2)
  }

  @Test func itIsReleasedAsOftenAsItWasAcquired() {
    let story = Story()
    let mutex = story.mutex(8)
    _ = story.processes(5)
    story.begin()
    for count in 1...16 as ClosedRange<Int32> {
      #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .noError)
      #expect(story.scheduler.mutexStatus(mutex)?.lockCount == count)
    }
    #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .invalidConfiguration)
    for _ in 0..<15 { #expect(story.code(.releaseMutex(mutex)) == .noError && owner(story) == 1) }
    #expect(story.code(.releaseMutex(mutex)) == .noError && owner(story) == 0 && story.priority(1) == 5)
    #expect(story.code(.releaseMutex(mutex)) == .invalidMode)
  }

  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    let (low, high) = (story.mutex(4), story.mutex(9, name: "other"))
    _ = story.processes(5)
    #expect(story.code(.acquireMutex(high, .notAtAll)) == .invalidMode)
    story.begin()
    for wrong in [0, 3, -1] as [Int32] {
      #expect(story.code(.acquireMutex(wrong, .notAtAll)) == .invalidParameter)
      #expect(story.code(.releaseMutex(wrong)) == .invalidParameter)
      #expect(story.code(.resetMutex(wrong, of: 1)) == .invalidParameter)
    }
    #expect(story.code(.acquireMutex(low, .nanoseconds(-2))) == .invalidParameter)
    // The caller's priority is greater than the mutex's.
    #expect(story.code(.acquireMutex(low, .notAtAll)) == .invalidMode)
    story.call(.setPriority(1, 4))
    #expect(story.code(.acquireMutex(low, .notAtAll)) == .noError)
    #expect(story.code(.acquireMutex(high, .notAtAll)) == .invalidMode)
    #expect(story.code(.releaseMutex(high)) == .invalidMode)
    #expect(story.code(.resetMutex(high, of: 1)) == .invalidMode)
    #expect(story.code(.resetMutex(low, of: 2)) == .invalidParameter)
    #expect(story.code(.resetMutex(low, of: 0)) == .invalidParameter)
    #expect(story.scheduler.ownedMutex(of: ProcessIdentifier(1)) == .mutex(low))
  }

  @Test func anOwnerMayNotWait() {
    let story = Story()
    let (mutex, semaphore) = (story.mutex(9), story.semaphore())
    _ = story.processes(5)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.waitSemaphore(semaphore, .forEver)) == .invalidMode)
    #expect(story.code(.suspendSelf(.forEver)) == .invalidMode)
    #expect(story.code(.timedWait(.nanoseconds(1))) == .invalidMode)
  }

  @Test func whoeverWantsItWaits() {
    let story = orphaned(.fifo, 4)
    #expect(story.code(.acquireMutex(1, .notAtAll)) == .notAvailable)
    #expect(story.call(.acquireMutex(1, .nanoseconds(100))).step == .waits)
    #expect(story.scheduler.mutexStatus(1)?.waitingProcesses == 1)
    story.pass(99)
    #expect(story.running == 0)
    story.pass(1)
    #expect(story.running == 2 && story.lastCode(2) == .timedOut && story.priority(2) == 5)
    #expect(story.scheduler.mutexStatus(1)?.waitingProcesses == 0 && owner(story) == 1)
  }

  private func waitThree(_ story: Story) {
    for process in [3, 4, 5] as [Int32] {
      story.call(.start(process))
      #expect(story.running == process && story.call(.acquireMutex(1, .forEver)).step == .waits)
    }
    #expect(story.running == 2 && story.scheduler.mutexStatus(1)?.waitingProcesses == 3)
  }

  @Test func theNextOwnerIsWhoCameFirst() {
    let story = orphaned(.fifo, 6, 8, 7)
    waitThree(story)
    #expect(story.code(.resetMutex(1, of: 1)) == .noError)
    #expect(story.running == 3 && owner(story) == 3 && story.priority(3) == 20 && story.lastCode(3) == .noError)
    story.call(.releaseMutex(1))
    #expect(story.running == 4 && owner(story) == 4 && story.priority(3) == 6)
    story.call(.releaseMutex(1))
    #expect(story.running == 5 && owner(story) == 5)
  }

  @Test func theNextOwnerIsTheMostUrgent() {
    let story = orphaned(.priority, 6, 8, 7)
    waitThree(story)
    story.call(.resetMutex(1, of: 1))
    #expect(story.running == 4 && owner(story) == 4)
    story.call(.releaseMutex(1))
    #expect(story.running == 5 && owner(story) == 5)
    story.call(.stopSelf)
    // It has gone, and owns on.
    #expect(story.running == 4 && owner(story) == 5 && story.state(3) == .waiting)
  }

  @Test func theLateOneDoesNotBecomeOwner() {
    let story = orphaned(.fifo, 5)
    story.call(.start(3))
    story.call(.acquireMutex(1, .nanoseconds(100)))
    #expect(story.running == 3)
    story.pass(100)
    #expect(story.running == 3)
    story.call(.resetMutex(1, of: 1))
    #expect(owner(story) == 0 && story.running == 3)
    story.call(.stopSelf)
    #expect(story.running == 2 && story.lastCode(2) == .timedOut && story.priority(2) == 5)
    #expect(story.scheduler.ownedMutex(of: ProcessIdentifier(2)) == OwnedMutex.nothing)
  }

  /// SET_PRIORITY may raise who waits beyond the ceiling, and it is not lowered then.
  @Test func whoeverIsRaisedBeyondTheCeilingStaysThere() {
    let story = orphaned(.fifo, 6)
    story.call(.start(3))
    story.call(.acquireMutex(1, .forEver))
    story.call(.setPriority(3, 30))
    story.call(.resetMutex(1, of: 1))
    #expect(story.running == 3 && story.priority(3) == 30)
    story.call(.releaseMutex(1))
    #expect(story.running == 3 && story.priority(3) == 30)
  }

  @Test func aResetTakesAllOfIt() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 4)
    story.begin()
    for _ in 0..<3 { story.call(.acquireMutex(mutex, .notAtAll)) }
    #expect(story.code(.resetMutex(mutex, of: 2)) == .invalidMode)
    #expect(story.code(.resetMutex(mutex, of: 1)) == .noError)
    let status = story.scheduler.mutexStatus(mutex)
    #expect(status?.lockCount == 0 && owner(story) == 0 && story.priority(1) == 5)
    #expect(story.code(.releaseMutex(mutex)) == .invalidMode)
  }

  /// Whoever has released is the first of its equals, where somebody of greater priority takes its place.
  @Test func whoeverReleasesIsTheFirstOfItsEquals() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 3, 8)
    story.begin([2, 1])
    #expect(story.running == 1 && story.code(.acquireMutex(mutex, .notAtAll)) == .noError)
    // The second has been ready longer, and becomes its equal with the release.
    story.call(.setPriority(1, 3))
    story.call(.releaseMutex(mutex))
    #expect(story.running == 1 && story.priority(1) == 3)
    story.call(.start(3))
    #expect(story.orderOfRunning() == [3, 1, 2])
  }

  @Test func aReleaseWantsTheTimer() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.scheduler.releaseMutex(mutex, story.moment) == .noError)
    #expect(story.scheduler.takeTimerWish())
  }
}

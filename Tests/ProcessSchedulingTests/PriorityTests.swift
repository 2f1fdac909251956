import APEXTypes
import ProcessScheduling
import Testing

/// SET_PRIORITY, and who goes first.
@Suite struct PriorityTests {
  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin([1])
    #expect(story.code(.setPriority(3, 5)) == .invalidParameter)
    #expect(story.code(.setPriority(2, 0)) == .invalidParameter)
    #expect(story.code(.setPriority(2, 240)) == .invalidParameter)
    #expect(story.code(.setPriority(2, 239)) == .invalidMode)
    story.call(.start(2))
    #expect(story.code(.setPriority(2, 1)) == .noError && story.priority(2) == 1)
    #expect(story.code(.setPriority(1, 239)) == .noError && story.priority(1) == 239)
  }

  @Test func theGreatestPriorityRuns() {
    let story = Story()
    _ = story.processes(3, 9, 5, 9, 1)
    story.begin()
    #expect(story.orderOfRunning() == [2, 4, 3, 1, 5])
  }

  @Test func whoeverIsRaisedBeyondTheCallerRuns() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    #expect(story.code(.setPriority(2, 5)) == .noError && story.running == 1)
    story.call(.setPriority(2, 6))
    #expect(story.running == 2 && story.state(1) == .ready && story.lastCode(1) == .noError)
  }

  @Test func whoeverLowersItselfGivesWay() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    #expect(story.call(.setPriority(1, 3)).step == .givesWay)
    #expect(story.running == 2 && story.state(1) == .ready)
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .noError)
  }

  /// Whoever is changed is the last of its equals, even where it is not changed at all.
  @Test func whoeverIsChangedIsLast() {
    let story = Story()
    _ = story.processes(5, 4, 4, 4, 4)
    story.begin()
    story.call(.setPriority(2, 4))
    story.call(.setPriority(4, 4))
    #expect(story.orderOfRunning() == [1, 3, 5, 2, 4])
  }

  @Test func theCallerIsLastToo() {
    let story = Story()
    _ = story.processes(5, 5, 4)
    story.begin()
    #expect(story.call(.setPriority(1, 5)).step == .givesWay)
    #expect(story.running == 2)
    story.call(.setPriority(2, 4))
    #expect(story.running == 1)
    // Of the four it is behind the one that has always been there.
    #expect(story.orderOfRunning() == [1, 3, 2])
  }

  @Test func whoeverIsAloneGoesOn() {
    let story = Story()
    _ = story.processes(5, 3)
    story.begin()
    #expect(story.code(.setPriority(1, 4)) == .noError && story.running == 1)
  }

  /// A place among equals is kept by whoever loses the processor to a greater one.
  @Test func whoeverIsOutrankedKeepsItsPlace() {
    let story = Story()
    _ = story.processes(5, 5, 9)
    story.begin([1, 2])
    story.call(.start(3))
    #expect(story.running == 3)
    #expect(story.orderOfRunning() == [3, 1, 2])
  }

  @Test func anOwnerIsChangedWithTheRelease() {
    let story = Story()
    let mutex = story.mutex(8)
    _ = story.processes(5, 4)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    #expect(story.code(.setPriority(1, 3)) == .noError)
    #expect(story.running == 1 && story.priority(1) == 8)
    story.call(.releaseMutex(mutex))
    #expect(story.priority(1) == 3 && story.running == 2)
  }

  /// In a queue it has the place that it came with.
  @Test func aPlaceInAQueueIsNotChanged() {
    let story = Story()
    let semaphore = story.semaphore(0, of: 5, .priority)
    _ = story.processes(7, 6, 1)
    story.begin()
    story.call(.waitSemaphore(semaphore, .forEver))
    story.call(.waitSemaphore(semaphore, .forEver))
    story.call(.setPriority(2, 9))
    story.call(.signalSemaphore(semaphore))
    #expect(story.running == 1)
  }

  @Test func aChangeWantsTheTimer() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    let code = story.scheduler.setPriority(ProcessIdentifier(2), 3, story.moment)
    #expect(code == .done(.noError) && story.scheduler.takeTimerWish() && !story.scheduler.takeTimerWish())
  }
}

import APEXTypes
import Testing

@testable import ProcessScheduling

/// Counting semaphores.
@Suite struct SemaphoreTests {
  private func status(_ story: Story) -> SemaphoreStatus? { story.scheduler.semaphoreStatus(1) }

  @Test func aSemaphoreCounts() {
    let story = Story()
    let semaphore = story.semaphore(1, of: 2)
    _ = story.processes(5)
    story.begin()
    #expect(story.code(.waitSemaphore(semaphore, .notAtAll)) == .noError)
    #expect(story.code(.waitSemaphore(semaphore, .notAtAll)) == .notAvailable)
    for code in [.noError, .noError, .noAction] as [ReturnCode] { #expect(story.code(.signalSemaphore(1)) == code) }
    #expect(status(story) == SemaphoreStatus(value: 2, maximumValue: 2, waitingProcesses: 0))
  }

  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    _ = story.semaphore(1, of: 1)
    _ = story.processes(5)
    story.begin()
    for wrong in [0, 2, -1] as [Int32] {
      #expect(story.code(.waitSemaphore(wrong, .notAtAll)) == .invalidParameter)
      #expect(story.code(.signalSemaphore(wrong)) == .invalidParameter)
    }
    #expect(story.code(.waitSemaphore(1, .nanoseconds(-2))) == .invalidParameter && status(story)?.value == 1)
    // What is there needs no waiting.
    story.call(.lockPreemption)
    #expect(story.code(.waitSemaphore(1, .forEver)) == .noError)
    #expect(story.code(.waitSemaphore(1, .notAtAll)) == .notAvailable)
    #expect(story.code(.waitSemaphore(1, .forEver)) == .invalidMode)
  }

  @Test func whoeverCameFirstIsServedFirst() {
    let story = Story()
    _ = story.semaphore(0, of: 5, .fifo)
    _ = story.processes(7, 9, 8, 9, 1)
    story.begin([1, 5])
    story.call(.waitSemaphore(1, .forEver))
    for process in [2, 3, 4] as [Int32] {
      story.call(.start(process))
      story.call(.waitSemaphore(1, .forEver))
    }
    #expect(served(story, by: 5) == [1, 2, 3, 4])
  }

  @Test func greaterPrioritiesAreServedFirst() {
    let story = Story()
    _ = story.semaphore(0, of: 5, .priority)
    _ = story.processes(7, 9, 8, 9, 1)
    story.begin([1, 5])
    story.call(.waitSemaphore(1, .forEver))
    for process in [4, 3, 2] as [Int32] {
      story.call(.start(process))
      story.call(.waitSemaphore(1, .forEver))
    }
    #expect(served(story, by: 5) == [4, 2, 3, 1])
  }

  /// In which order those who wait at the first semaphore are served.
  private func served(_ story: Story, by server: Int32) -> [Int32] {
    var order: [Int32] = []
    while story.scheduler.semaphoreStatus(1)?.waitingProcesses != 0, order.count < 32 {
      #expect(story.running == server && story.code(.signalSemaphore(1)) == .noError)
      order.append(story.running)
      #expect(story.lastCode(story.running) == .noError && story.scheduler.semaphoreStatus(1)?.value == 0)
      story.call(.stopSelf)
    }
    return order
  }

  @Test func patienceEndsAtItsInstant() {
    let story = Story()
    _ = story.semaphore()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.waitSemaphore(1, .nanoseconds(300)))
    #expect(status(story)?.waitingProcesses == 1)
    story.pass(until: 1_299)
    #expect(story.running == 2)
    story.pass(1)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut && status(story)?.waitingProcesses == 0)
  }

  @Test func aMomentBeforeIsInTime() {
    let story = Story()
    _ = story.semaphore()
    _ = story.processes(4, 4)
    story.begin()
    story.call(.waitSemaphore(1, .nanoseconds(300)))
    story.pass(299)
    story.call(.signalSemaphore(1))
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .noError && status(story)?.value == 0)
  }

  /// Its time has passed, though nobody has looked at the clock: what it waited for is not its own.
  @Test func theLateOneIsNotServed() {
    let story = Story()
    _ = story.semaphore()
    _ = story.processes(4, 4)
    story.begin()
    story.call(.waitSemaphore(1, .nanoseconds(300)))
    story.pass(300)
    #expect(story.running == 2 && story.state(1) == .waiting)
    story.call(.signalSemaphore(1))
    #expect(story.state(1) == .ready && status(story)?.value == 1)
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  @Test func theNextOneIsServedInPlaceOfTheLateOne() {
    let story = Story()
    _ = story.semaphore()
    _ = story.processes(4, 4, 4)
    story.begin()
    story.call(.waitSemaphore(1, .nanoseconds(300)))
    story.call(.waitSemaphore(1, .nanoseconds(301)))
    story.pass(300)
    story.call(.signalSemaphore(1))
    #expect(status(story) == SemaphoreStatus(value: 0, maximumValue: 5, waitingProcesses: 0))
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
    story.call(.stopSelf)
    #expect(story.running == 2 && story.lastCode(2) == .noError)
  }

  @Test func patienceBeyondTheClockHasNoEnd() {
    let story = Story()
    _ = story.semaphore()
    _ = story.processes(4)
    story.begin()
    #expect(story.call(.waitSemaphore(1, .nanoseconds(.max))).step == .waits)
    #expect(story.scheduler.nextInstant == .never)
  }
}

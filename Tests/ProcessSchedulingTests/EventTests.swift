import APEXTypes
import ProcessScheduling
import Testing

/// Events.
@Suite struct EventTests {
  private func isUp(_ story: Story) -> Bool? { story.scheduler.eventStatus(1)?.isUp }

  @Test func whatIsUpIsNotWaitedFor() {
    let story = Story()
    let event = story.event()
    _ = story.processes(5)
    story.begin()
    #expect(isUp(story) == false && story.code(.waitEvent(event, .notAtAll)) == .notAvailable)
    #expect(story.code(.setEvent(event)) == .noError && isUp(story) == true)
    for _ in 0..<2 { #expect(story.code(.waitEvent(event, .forEver)) == .noError) }
    #expect(story.code(.resetEvent(event)) == .noError && isUp(story) == false)
    #expect(story.code(.waitEvent(event, .notAtAll)) == .notAvailable)
  }

  @Test func whatIsWrongIsFoundInOrder() {
    let story = Story()
    _ = story.event()
    _ = story.processes(5)
    story.begin()
    for wrong in [0, 2, -1] as [Int32] {
      #expect(story.code(.waitEvent(wrong, .notAtAll)) == .invalidParameter)
      #expect(story.code(.setEvent(wrong)) == .invalidParameter)
      #expect(story.code(.resetEvent(wrong)) == .invalidParameter)
    }
    story.call(.setEvent(1))
    #expect(story.code(.waitEvent(1, .nanoseconds(-2))) == .invalidParameter)
    story.call(.lockPreemption)
    #expect(story.code(.waitEvent(1, .forEver)) == .noError)
    story.call(.resetEvent(1))
    #expect(story.code(.waitEvent(1, .forEver)) == .invalidMode)
  }

  /// All are ready; among equals they run as they came.
  @Test func allWhoWaitGetReady() {
    let story = Story()
    let event = story.event()
    _ = story.processes(6, 6, 9, 6, 1)
    story.begin([1, 5])
    story.call(.waitEvent(event, .forEver))
    for process in [4, 3, 2] as [Int32] {
      story.call(.start(process))
      story.call(.waitEvent(event, .forEver))
    }
    #expect(story.scheduler.eventStatus(event)?.waitingProcesses == 4)
    story.call(.setEvent(event))
    #expect(story.scheduler.eventStatus(event)?.waitingProcesses == 0 && isUp(story) == true)
    #expect(story.lastCode(5) == .noError && story.orderOfRunning() == [3, 1, 4, 2, 5])
  }

  @Test func theLateOneHasTimedOut() {
    let story = Story()
    let event = story.event()
    _ = story.processes(5, 5, 5)
    story.begin()
    story.call(.waitEvent(event, .nanoseconds(100)))
    story.call(.waitEvent(event, .nanoseconds(101)))
    story.pass(100)
    story.call(.setEvent(event))
    #expect(story.orderOfRunning() == [3, 1, 2])
    #expect(story.lastCode(1) == .timedOut && story.lastCode(2) == .noError)
  }

  @Test func patienceEndsAtItsInstant() {
    let story = Story()
    let event = story.event()
    _ = story.processes(5, 4)
    story.begin()
    story.call(.waitEvent(event, .nanoseconds(100)))
    story.pass(99)
    #expect(story.running == 2)
    story.pass(1)
    #expect(story.running == 1 && story.lastCode(1) == .timedOut)
  }

  /// Though it is down again before they run.
  @Test func whoeverWasWokenHasSeenIt() {
    let story = Story()
    let event = story.event()
    _ = story.processes(5, 5)
    story.begin()
    story.call(.waitEvent(event, .forEver))
    story.call(.setEvent(event))
    story.call(.resetEvent(event))
    story.call(.stopSelf)
    #expect(story.running == 1 && story.lastCode(1) == .noError)
  }
}

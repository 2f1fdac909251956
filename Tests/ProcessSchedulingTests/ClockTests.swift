import APEXTypes
import ProcessScheduling
import Testing

/// When the clock is to interrupt.
@Suite struct ClockTests {
  private func tick(_ story: Story) -> UInt64 {
    story.scheduler.nextTick { SystemTime(nanoseconds: 7_777) }.nanoseconds
  }

  @Test func onlyForThoseOfGreaterPriority() {
    let story = Story()
    _ = story.processes(9, 5, 5, 1)
    story.begin()
    story.call(.timedWait(.nanoseconds(900)))
    story.call(.timedWait(.nanoseconds(200)))
    #expect(story.running == 3 && tick(story) == 1_900)
    #expect(story.scheduler.nextInstant.nanoseconds == 1_200)
    story.call(.setPriority(2, 6))
    #expect(tick(story) == 1_200)
    story.call(.setPriority(3, 9))
    #expect(tick(story) == .max)
  }

  @Test func forWhoeverLosesPatience() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(9, 8, 5)
    story.begin()
    story.call(.waitSemaphore(semaphore, .nanoseconds(600)))
    story.call(.suspendSelf(.nanoseconds(400)))
    #expect(story.running == 3 && tick(story) == 1_400)
    story.pass(until: 1_400)
    #expect(story.running == 2 && story.lastCode(2) == .timedOut && tick(story) == 1_600)
  }

  @Test func forDeadlinesOfAll() {
    let story = Story()
    let low = story.process("low", 1, capacity: 800)
    _ = story.process("high", 5)
    story.begin()
    #expect(tick(story) == 1_800)
    story.call(.lockPreemption)
    #expect(tick(story) == 1_800)
    story.call(.stop(low))
    #expect(tick(story) == .max)
  }

  @Test func forAPeriodOnlyWhereSomebodyWaitsForOne() {
    let story = Story(period: 1_000)
    let own = story.process("own", 5)
    let (low, high) = (story.process("low", 4, period: 1_000), story.process("high", 6, period: 1_000))
    story.begin([own])
    #expect(tick(story) == .max)
    story.call(.start(low))
    #expect(tick(story) == .max)
    story.call(.start(high))
    #expect(tick(story) == 7_777 && story.scheduler.nextInstant == .never)
  }

  /// Equals do not interrupt: they come when whoever runs waits.
  @Test func equalsWait() {
    let story = Story()
    _ = story.processes(5, 5)
    story.begin()
    story.call(.timedWait(.nanoseconds(100)))
    story.pass(500)
    #expect(story.running == 2)
    story.call(.timedWait(.nanoseconds(1)))
    #expect(story.running == 1 && story.now == 1_500)
  }

  @Test func allServicesThatMakeTheTickEarlierSaySo() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 9, 7)
    story.begin([1])
    story.call(.acquireMutex(mutex, .notAtAll))
    // Its owner has the mutex's priority: nobody of this one interrupts it.
    story.call(.start(2, after: .nanoseconds(300)))
    story.call(.start(3, after: .nanoseconds(200)))
    #expect(tick(story) == .max)
    story.call(.releaseMutex(mutex))
    #expect(tick(story) == 1_200 && story.layer.forgottenArmings.isEmpty)
    story.pass(until: 1_300)
    #expect(story.running == 2)
  }
}

import APEXTypes
import ProcessScheduling
import Testing

/// Deadlines that pass.
@Suite struct DeadlineTests {
  @Test func aDeadlineIsToldOfOnce() {
    let story = Story()
    let own = story.process("own", 5, capacity: 400)
    story.begin()
    story.pass(until: 1_399)
    #expect(story.layer.late.isEmpty && story.scheduler.nextDeadline.nanoseconds == 1_400)
    story.pass(1)
    #expect(story.layer.late == [own] && story.running == own)
    #expect(story.scheduler.nextDeadline == .never)
    story.pass(2_000)
    story.call(.timedWait(.nanoseconds(10)))
    #expect(story.layer.late == [own] && story.deadline(own) == 1_400)
  }

  @Test func allThatAreLateComeInTheOrderOfCreation() {
    let story = Story()
    let all = [story.process("first", 1, capacity: 300), story.process("second", 9, capacity: 200)]
    let third = story.process("third", 5, capacity: 301)
    story.begin()
    story.layer.passMasked(300)
    story.pass(0)
    #expect(story.layer.late == all)
    story.pass(1)
    #expect(story.layer.late == all + [third])
  }

  /// It is told of wherever the process is: ready, waiting, suspended.
  @Test func whoeverWaitsIsLateToo() {
    let story = Story()
    _ = story.process("waits", 9, capacity: 200)
    _ = story.process("suspended", 8, capacity: 300)
    _ = story.process("ready", 1, capacity: 400)
    _ = story.process("runs", 5)
    story.begin()
    story.call(.timedWait(.nanoseconds(5_000)))
    story.call(.suspendSelf(.forEver))
    story.pass(600)
    #expect(story.layer.late == [1, 2, 3] && story.running == 4)
  }

  @Test func nobodyIsLateWhereNobodyRuns() {
    let story = Story()
    let own = story.process("own", 5, capacity: 300)
    story.begin()
    story.call(.timedWait(.nanoseconds(1_000)))
    #expect(story.running == 0 && story.scheduler.nextInstant.nanoseconds == 1_300)
    story.pass(300)
    #expect(story.layer.late == [own] && story.scheduler.nextInstant.nanoseconds == 2_000)
  }

  @Test func aNewDeadlineCanBeMissedAnew() {
    let story = Story(period: 1_000)
    let own = story.process("own", 5, period: 1_000, capacity: 400)
    story.begin()
    story.pass(until: 2_500)
    #expect(story.layer.late == [own])
    story.call(.replenish(.nanoseconds(100)))
    story.pass(until: 2_600)
    #expect(story.layer.late == [own, own])
    story.call(.periodicWait)
    #expect(story.deadline(own) == 3_400)
    story.pass(until: 3_399)
    #expect(story.layer.late.count == 2)
    story.pass(1)
    #expect(story.layer.late == [own, own, own])
  }

  /// Of a deadline that has passed while nobody looked is told before the caller has another one, or has ended.
  @Test(arguments: [Call.periodicWait, .replenish(.nanoseconds(100)), .stopSelf])
  func nobodyHidesThatItIsLate(_ call: Call) {
    let (story, own) = storyOfWhoIsLate()
    var told: [UInt64?] = []
    story.layer.whenLate = { told.append(story.deadline(own)) }
    story.call(call)
    #expect(story.layer.late == [own] && told == [2_400])
    switch call {
    case .periodicWait: #expect(story.deadline(own) == 3_400 && story.state(own) == .waiting)
    case .stopSelf: #expect(story.state(own) == .dormant)
    default: #expect(story.deadline(own) == 2_500 && story.running == own && story.lastCode(own) == .noError)
    }
    #expect(!story.scheduler.isOverdue(story.moment))
  }

  /// Whom the error handler stops then is in the service no more.
  @Test func whoIsStoppedForItHasNotCalled() {
    let (story, own) = storyOfWhoIsLate()
    story.layer.whenLate = { story.layer.raiseError { story.call(.stop($0)) } }
    story.call(.periodicWait)
    #expect(story.layer.late == [own] && story.state(own) == .dormant && story.deadline(own) == 2_400)
    #expect(story.running != own && story.lastAnswer(own) == nil)
  }

  /// In the handler of an interrupt nobody leaves the processor: not even for this.
  @Test func inAnUpcallNothingIsTold() {
    let (story, own) = storyOfWhoIsLate()
    story.layer.inUpcall { #expect(!story.scheduler.isOverdue(story.moment)) }
    #expect(story.layer.late.isEmpty)
    story.pass(0)
    #expect(story.layer.late == [own])
  }

  /// The first of two processes runs, and has been late since 2400 ns, a nanosecond ago; nobody knows.
  private func storyOfWhoIsLate() -> (Story, Int32) {
    let story = Story(period: 1_000)
    let own = story.process("own", 6, period: 1_000, capacity: 400)
    _ = story.process("other", 5)
    story.begin()
    story.pass(until: 2_399)
    #expect(story.running == own && !story.scheduler.isOverdue(story.moment))
    story.layer.passMasked(1)
    #expect(story.scheduler.isOverdue(story.moment) && story.layer.late.isEmpty)
    return (story, own)
  }

  /// Whoever waits for its next release has met its deadline, with the last nanosecond.
  @Test func whoeverIsCompleteIsNotLate() {
    let story = Story(period: 1_000)
    let own = story.process("own", 5, period: 1_000, capacity: 400)
    story.begin()
    story.pass(until: 2_399)
    story.call(.periodicWait)
    story.pass(until: 3_000)
    #expect(story.layer.late.isEmpty && story.running == own)
    story.call(.stopSelf)
    story.pass(until: 9_000)
    #expect(story.layer.late.isEmpty)
  }

  @Test func aDeadlineIsNotTakenWhereItHasNotPassed() {
    let story = Story()
    let own = story.process("own", 5, capacity: 400)
    story.begin()
    let scheduler = story.scheduler
    let instant = SystemTime(nanoseconds: 1_400)
    #expect(scheduler.takeLate(after: .none, SystemTime(nanoseconds: 1_399)) == .none)
    #expect(scheduler.takeLate(after: ProcessIdentifier(own), instant) == .none)
    #expect(scheduler.takeLate(after: .none, instant).rawValue == own)
    #expect(scheduler.takeLate(after: .none, instant) == .none)
    scheduler.tellingIsOver()
  }

  /// A deadline beyond what the clock can say is none.
  @Test func aDeadlineOutOfRangeIsNone() {
    let story = Story(period: 1_000)
    let longest = Int64.max / 1_000 * 1_000
    let own = story.process("own", 5, period: longest, capacity: longest)
    story.begin([])
    #expect(story.code(.start(own)) == .invalidConfiguration)
    let right = Story(period: 1_000)
    let shorter = longest - 2_000
    let other = right.process("other", 5, period: shorter, capacity: shorter)
    right.begin()
    right.pass(until: 2_000)
    #expect(right.running == other && right.deadline(other) == UInt64(shorter) + 2_000)
    right.call(.periodicWait)
    #expect(right.deadline(other) == .max)
  }
}

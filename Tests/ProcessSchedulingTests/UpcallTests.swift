import APEXTypes
import ProcessScheduling
import Testing

/// Services in the handler of an interrupt, on the stack of whoever runs.
@Suite struct UpcallTests {
  @Test func whomTheHandlerMakesReadyRunsBehindIt() {
    let story = Story()
    let semaphore = story.semaphore()
    _ = story.processes(9, 5)
    story.begin()
    story.call(.waitSemaphore(semaphore, .forEver))
    story.layer.inUpcall {
      #expect(story.code(.signalSemaphore(semaphore)) == .noError)
      #expect(story.running == 2 && story.state(1) == .ready)
    }
    #expect(story.running == 1 && story.state(2) == .ready)
  }

  @Test func theHandlerMayNotWait() {
    let story = Story(period: 1_000)
    let (semaphore, mutex, event) = (story.semaphore(), story.mutex(9), story.event())
    _ = (story.process("owner", 5), story.process("periodic", 4, period: 1_000))
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.stopSelf)
    story.pass(until: 2_000)
    #expect(story.running == 2)
    story.layer.inUpcall {
      #expect(story.code(.timedWait(.nanoseconds(1))) == .invalidMode)
      #expect(story.code(.timedWait(.notAtAll)) == .invalidMode)
      #expect(story.code(.periodicWait) == .invalidMode)
      #expect(story.code(.suspendSelf(.forEver)) == .invalidMode)
      #expect(story.code(.waitSemaphore(semaphore, .forEver)) == .invalidMode)
      #expect(story.code(.waitEvent(event, .nanoseconds(5))) == .invalidMode)
      #expect(story.code(.acquireMutex(mutex, .forEver)) == .invalidMode)
      #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .notAvailable)
    }
    #expect(story.scheduler.mutexStatus(mutex)?.waitingProcesses == 0)
  }

  /// Not for want of patience: who could not wait does not count as one who waits for a mutex.
  @Test func whoeverCouldNotWaitCanBeSuspended() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 4, 3)
    story.begin()
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.stopSelf)
    story.layer.inUpcall { #expect(story.code(.acquireMutex(mutex, .forEver)) == .invalidMode) }
    story.call(.timedWait(.nanoseconds(100)))
    #expect(story.running == 3 && story.code(.suspend(2)) == .noError)
  }

  /// In the handler the caller lets its equals go first as soon as that is over.
  @Test func whoeverStandsBehindGoesBehindTheHandler() {
    let story = Story()
    _ = story.processes(5, 5)
    story.begin()
    story.layer.inUpcall {
      #expect(story.code(.setPriority(1, 5)) == .noError && story.running == 1 && story.state(1) == .running)
      #expect(story.scheduler.isOutranked)
    }
    #expect(story.running == 2 && story.state(1) == .ready)
    story.call(.stopSelf)
    #expect(story.running == 1 && !story.scheduler.isOutranked)
  }

  @Test func standingBehindWantsATick() {
    let story = Story()
    _ = story.processes(5, 5)
    story.begin()
    var moment = story.moment
    moment.isInUpcall = true
    #expect(story.scheduler.setPriority(ProcessIdentifier(1), 6, moment) == .done(.noError))
    #expect(!story.scheduler.takeTickWish() && !story.scheduler.isOutranked)
    #expect(story.scheduler.setPriority(ProcessIdentifier(1), 5, moment) == .done(.noError))
    #expect(story.scheduler.takeTickWish() && !story.scheduler.takeTickWish() && story.scheduler.isOutranked)
  }

  @Test func theHandlerMayEndTheProcess() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.layer.inUpcall { story.call(.stopSelf) }
    #expect(story.running == 2 && story.state(1) == .dormant)
  }

  @Test func aHandlerWakesWhereNobodyRuns() {
    let story = Story()
    let event = story.event()
    _ = story.processes(5)
    story.begin()
    story.call(.waitEvent(event, .forEver))
    #expect(story.running == 0)
    story.layer.inUpcall { #expect(story.code(.setEvent(event)) == .noError) }
    #expect(story.running == 1 && story.lastCode(1) == .noError)
  }
}

import APEXTypes
import ProcessScheduling
import Testing

/// The error handler takes the place of whoever runs.
@Suite struct ErrorHandlerTests {
  @Test func whoeverHasFailedGoesOn() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.layer.raiseError { failed in
      #expect(failed == 1 && story.running == 0)
      #expect(story.scheduler.isInErrorHandler && story.state(1) == .running)
    }
    #expect(story.running == 1 && story.state(1) == .running && !story.scheduler.isInErrorHandler)
  }

  @Test func inTheHandlerNobodyMayWait() {
    let story = Story()
    let (semaphore, mutex) = (story.semaphore(), story.mutex(9))
    _ = story.processes(5)
    story.begin()
    story.layer.raiseError { _ in
      #expect(story.code(.timedWait(.nanoseconds(1))) == .invalidMode)
      #expect(story.code(.suspendSelf(.forEver)) == .invalidMode)
      #expect(story.code(.periodicWait) == .invalidMode)
      #expect(story.code(.waitSemaphore(semaphore, .forEver)) == .invalidMode)
      #expect(story.code(.waitSemaphore(semaphore, .notAtAll)) == .notAvailable)
      #expect(story.code(.acquireMutex(mutex, .notAtAll)) == .invalidMode)
      #expect(story.code(.releaseMutex(mutex)) == .invalidMode)
      #expect(story.code(.lockPreemption) == .noAction && story.code(.unlockPreemption) == .noAction)
      #expect(story.code(.signalSemaphore(semaphore)) == .noError)
      #expect(story.code(.waitSemaphore(semaphore, .forEver)) == .noError)
    }
  }

  @Test func whoeverIsStoppedDoesNotGoOn() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.layer.raiseError { failed in
      #expect(story.code(.stop(failed)) == .noError && story.state(failed) == .dormant)
    }
    #expect(story.running == 2 && story.state(1) == .dormant)
  }

  /// What it was doing is not wanted any more, though it runs again.
  @Test func whoeverIsStartedAnewBeginsAnew() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    let (scheduler, moment) = (story.scheduler, story.moment)
    #expect(scheduler.beginErrorHandling().rawValue == 1)
    #expect(scheduler.stop(ProcessIdentifier(1), moment).code == .noError)
    #expect(scheduler.start(ProcessIdentifier(1), after: .notAtAll, moment) == .noError)
    #expect(!scheduler.endErrorHandling() && scheduler.running.isNone)
    #expect(story.state(1) == .ready && scheduler.dispatch().rawValue == 1)
    // The next error has nothing to do with that.
    #expect(scheduler.beginErrorHandling().rawValue == 1 && scheduler.endErrorHandling())
    #expect(scheduler.running.rawValue == 1)
  }

  @Test func whoeverIsSuspendedLeavesTheProcessor() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.layer.raiseError { failed in
      #expect(story.code(.suspend(failed)) == .noError && story.state(failed) == .running)
    }
    #expect(story.running == 2 && story.state(1) == .waiting)
    story.call(.resume(1))
    #expect(story.running == 1)
  }

  @Test func whoeverIsSuspendedAndResumedGoesOn() {
    let story = Story()
    _ = story.processes(5, 5)
    story.begin()
    story.layer.raiseError { failed in
      #expect(story.code(.suspend(failed)) == .noError && story.code(.resume(failed)) == .noError)
    }
    #expect(story.running == 1)
    #expect(story.orderOfRunning() == [1, 2])
  }

  @Test func whomTheHandlerStartsRunsBehindIt() {
    let story = Story()
    _ = story.processes(5, 9)
    story.begin([1])
    story.layer.raiseError { _ in
      #expect(story.code(.start(2)) == .noError && story.running == 0)
    }
    #expect(story.running == 2 && story.state(1) == .ready)
  }

  @Test func whomTheHandlerRaisesRunsBehindIt() {
    let story = Story()
    _ = story.processes(5, 4)
    story.begin()
    story.layer.raiseError { failed in #expect(story.code(.setPriority(failed, 3)) == .noError) }
    #expect(story.running == 2 && story.priority(1) == 3)
  }

  @Test func theHandlerTakesAMutexAway() {
    let story = Story()
    let mutex = story.mutex(9)
    _ = story.processes(5, 7)
    story.begin([1])
    story.call(.acquireMutex(mutex, .notAtAll))
    story.call(.start(2))
    #expect(story.running == 1)
    story.layer.raiseError { failed in #expect(story.code(.resetMutex(mutex, of: failed)) == .noError) }
    #expect(story.running == 2 && story.priority(1) == 5)
  }

  // MARK: Missed deadlines

  /// It is the late one that has failed, not whoever was interrupted by the clock.
  @Test func theLateOneHasFailed() {
    let story = Story()
    _ = story.process("runs", 9)
    let late = story.process("late", 5, capacity: 300)
    story.begin()
    var failures: [Int32] = []
    story.layer.whenLate = {
      story.layer.raiseError { failed in
        failures.append(failed)
        #expect(story.code(.stop(failed)) == .noError)
      }
    }
    story.pass(300)
    #expect(failures == [late] && story.state(late) == .dormant && story.running == 1)
    story.layer.raiseError { #expect($0 == 1) }
  }

  @Test func theLateOneIsStartedAnew() {
    let story = Story()
    let late = story.process("late", 5, capacity: 300)
    story.begin()
    story.layer.whenLate = {
      story.layer.raiseError { failed in
        story.call(.stop(failed))
        story.call(.start(failed))
      }
    }
    story.pass(650)
    #expect(story.layer.late == [late, late] && story.running == late && story.deadline(late) == 1_900)
  }

  /// With nobody running and nobody late it is `main` that has failed.
  @Test func nobodyHasFailed() {
    let story = Story()
    _ = story.processes(5)
    story.layer.raiseError { #expect($0 == 0 && story.scheduler.isInErrorHandler) }
    story.begin()
    #expect(story.running == 1)
  }
}

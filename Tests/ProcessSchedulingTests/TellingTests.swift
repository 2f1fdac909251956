import APEXTypes
import ModuleConfiguration
import ProcessScheduling
import Testing

/// What the tracer is told.
@Suite struct TellingTests {
  private func key(_ name: String) -> ProcessKey { Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } }

  private func telling(
    _ from: String?, _ state: ProcessTelling.State, _ to: String?, _ age: Int64? = nil
  ) -> ProcessTelling {
    ProcessTelling(
      from: from.map(key) ?? .none, state, to: to.map(key) ?? .none,
      age: age ?? (to == nil ? 0 : ProcessTelling.aperiodic))
  }

  @Test func itIsToldWhoGetsTheProcessor() {
    let story = Story()
    _ = (story.process("high", 5), story.process("low", 4))
    story.begin()
    story.call(.timedWait(.nanoseconds(100)))
    story.pass(100)
    story.call(.stopSelf)
    story.call(.suspendSelf(.forEver))
    #expect(
      story.layer.tellings == [
        telling(nil, .dormant, "high"), telling("high", .waiting, "low"), telling("low", .ready, "high"),
        telling("high", .dormant, "low"), telling("low", .waiting, nil),
      ])
  }

  @Test func itIsNotToldWhatItKnows() {
    let story = Story()
    _ = story.process("own", 5, capacity: 100)
    story.begin()
    story.call(.timedWait(.nanoseconds(50)))
    story.pass(50)
    let count = story.layer.tellings.count
    // A deadline interrupts it, and it goes on.
    story.pass(500)
    #expect(story.layer.late == [1] && story.running == 1 && story.layer.tellings.count == count)
    #expect(story.scheduler.tellDispatch(of: ProcessIdentifier(1), story.moment) == nil)
  }

  @Test func aCompleteJobIsToldOf() {
    let story = Story(period: 1_000)
    _ = story.process("periodic", 5, period: 1_000)
    _ = story.process("other", 4)
    story.begin()
    story.pass(until: 2_300)
    story.call(.periodicWait)
    #expect(
      Array(story.layer.tellings.suffix(2)) == [
        telling("other", .ready, "periodic", 0), telling("periodic", .complete, "other"),
      ])
  }

  /// A job ends and the next begins, though nobody else has had the processor.
  @Test func aNewJobIsToldOf() {
    let story = Story(period: 1_000)
    _ = story.process("periodic", 5, period: 1_000)
    story.begin()
    story.pass(until: 3_500)
    story.call(.periodicWait)
    #expect(story.running == 1 && story.now == 3_500)
    #expect(story.layer.tellings.last == telling("periodic", .complete, "periodic", 0))
  }

  /// The age is reckoned from the release to the period that runs: 1000 for a job of the last one.
  @Test func theAgeIsTheJobs() {
    let story = Story(period: 1_000)
    _ = story.process("delayed", 5, period: 1_000)
    _ = story.process("high", 6, period: 1_000)
    for (process, delay) in [(1, 200), (2, 900)] as [(Int32, Int64)] {
      #expect(story.code(.start(process, after: .nanoseconds(delay))) == .noError)
    }
    story.layer.enterNormalMode()
    story.pass(until: 2_950)
    #expect(
      Array(story.layer.tellings.suffix(2)) == [
        telling(nil, .dormant, "delayed", -200), telling("delayed", .ready, "high", -900),
      ])
    story.pass(until: 3_100)
    story.call(.periodicWait)
    #expect(story.running == 1 && story.layer.tellings.last == telling("high", .complete, "delayed", 800))
  }

  // MARK: Starts, and other deadlines

  /// Periodic ones are told of where NORMAL mode begins, and at once from then on.
  @Test func aStartIsTold() {
    let story = Story(period: 1_000)
    for name in ["early", "late"] { _ = story.process(name, 5, period: 1_000) }
    _ = story.process("free", 4)
    #expect(story.code(.start(1, after: .nanoseconds(200))) == .noError)
    #expect(story.code(.start(3)) == .noError)
    #expect(story.layer.tellings.isEmpty)
    story.layer.enterNormalMode()
    #expect(
      story.layer.tellings == [telling(nil, .dormant, "free"), telling(nil, .started, "early", -200)])
    #expect(story.code(.start(2, after: .nanoseconds(999))) == .noError)
    #expect(story.layer.tellings.last == telling(nil, .started, "late", -999) && story.layer.tellings.count == 3)
    // It is stopped before its first period, and that is told, too.
    #expect(story.call(.stop(2)).telling == telling("late", .dormant, "free"))
  }

  /// The error handler stops whom it interrupted, and starts it: told in that order.
  @Test func aStartIsToldAfterTheStop() {
    let story = Story(period: 1_000)
    _ = story.process("failed", 5, period: 1_000)
    story.begin()
    story.pass(until: 2_100)
    story.layer.raiseError { failed in
      story.call(.stop(failed))
      story.call(.start(failed))
    }
    #expect(
      Array(story.layer.tellings.suffix(2)) == [telling("failed", .dormant, nil), telling(nil, .started, "failed", 0)])
  }

  /// Where the error handler stops it once more nothing has started.
  @Test func aStartIsNotToldOfWhoIsStoppedAgain() {
    let story = Story(period: 1_000)
    _ = (story.process("failed", 5, period: 1_000), story.process("other", 4))
    story.begin()
    story.pass(until: 2_100)
    let count = story.layer.tellings.count
    story.layer.raiseError { failed in
      for call in [.stop(failed), .start(failed), .stop(failed)] as [Call] { #expect(story.code(call) == .noError) }
    }
    #expect(Array(story.layer.tellings.dropFirst(count)) == [telling("failed", .dormant, "other")])
  }

  /// Only of a process with releases and a capacity; the instant is reckoned back from the period's start.
  @Test func anotherDeadlineIsTold() {
    let story = Story(period: 1_000)
    _ = story.process("own", 5, period: 1_000, capacity: 900)
    _ = story.process("free", 4, capacity: 5_000)
    story.begin()
    story.pass(until: 2_300)
    #expect(story.running == 1 && story.code(.replenish(.nanoseconds(400))) == .noError)
    #expect(
      story.layer.tellings.last
        == ProcessTelling(from: key("own"), .replenished, to: .none, age: -700))
    #expect(story.code(.replenish(.nanoseconds(4000))) == .invalidMode)
    story.call(.periodicWait)
    let count = story.layer.tellings.count
    #expect(story.running == 2 && story.code(.replenish(.nanoseconds(400))) == .noError)
    #expect(story.layer.tellings.count == count)
  }

  // MARK: Stops

  @Test func aStopIsToldAtOnce() {
    let story = Story()
    _ = (story.process("runs", 5), story.process("stopped", 4))
    story.begin()
    let answer = story.call(.stop(2))
    #expect(answer.code == .noError && answer.telling == telling("stopped", .dormant, "runs"))
    #expect(story.call(.stop(2)) == .done(.noAction))
  }

  /// That the one is stopped who has the processor is told with the next one.
  @Test func aStopByTheErrorHandlerIsToldWithTheNext() {
    let story = Story()
    _ = (story.process("failed", 5), story.process("other", 4))
    story.begin()
    story.layer.raiseError { failed in
      let answer = story.call(.stop(failed))
      #expect(answer.code == .noError && answer.telling == nil)
    }
    #expect(story.layer.tellings.last == telling("failed", .dormant, "other"))
  }

  @Test func whoeverBeginsAnewIsToldOf() {
    let story = Story()
    _ = story.process("failed", 5)
    story.begin()
    story.layer.raiseError { failed in
      story.call(.stop(failed))
      story.call(.start(failed))
    }
    #expect(story.layer.tellings.last == telling("failed", .dormant, "failed") && story.layer.tellings.count == 2)
  }

  @Test func aStopOfACompleteJobIsAStop() {
    let story = Story(period: 1_000)
    _ = story.process("periodic", 5, period: 1_000, capacity: 400)
    _ = story.process("other", 4)
    story.begin()
    story.pass(until: 2_100)
    story.call(.periodicWait)
    #expect(story.call(.stop(1)).telling == telling("periodic", .dormant, "other"))
  }

  /// The key of a name of 32 bytes is that of all of them.
  @Test func theLongestNameHasAKey() {
    let story = Story()
    let name = String(repeating: "n", count: 32)
    _ = story.process(name, 5)
    story.begin()
    #expect(story.layer.tellings == [telling(nil, .dormant, name)])
  }
}

import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// How a module ends, how the timer is armed, and when the test device acts.
@Suite struct EndingTests {
  private func expectStopped(
    _ bench: Bench, _ events: [TraceEvent], _ reason: StopReason,
    successor: Decision.Successor = .partition(PartitionIndex(3))
  ) {
    #expect(events.of(.stop).map(\.detail) == [reason.rawValue])
    #expect(bench.hasStopped)
    #expect(bench.core.decision.hasStopped)
    #expect(bench.mask == 0xFFFF)
    #expect(bench.core.decision.successor == successor, "the drainer has the rest")
    #expect(bench.core.decision.initialising.isNone)
    #expect(events.of(.timerArmed).isEmpty)
  }

  @Test func theModuleStopsAtItsInstant() throws {
    let bench = try Bench(.standard)
    bench.start(stop: 3_000_000)
    bench.run(to: 1)
    #expect(bench.armed == 3_000_000, "no boundary comes before it")
    bench.now = 2_999_980
    bench.call(.null)
    #expect(!bench.hasStopped)
    expectStopped(bench, bench.fireTimer(), .instantReached)
  }

  @Test func aStopInstantThatIsOverStopsAtOnce() throws {
    let bench = try Bench(.standard)
    let events = bench.take(.start(stop: 100), at: 200)
    // The drainer's memory is not made yet: the kernel does that by itself.
    expectStopped(bench, events, .instantReached, successor: .idleLoop)
    #expect(events.of(.windowStart).isEmpty)
  }

  @Test func aNonMaskableInterruptStopsTheModule() throws {
    let bench = try Bench(.standard)
    bench.start()
    expectStopped(bench, bench.take(.nonMaskable, at: bench.now + 100), .nonMaskableInterrupt)
    #expect(bench.take(.nonMaskable, at: bench.now + 100).of(.stop).isEmpty, "it stops once")
  }

  @Test func onlyASystemPartitionMayStopTheModule() throws {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.call(.stopModule).status == .invalidConfiguration)
    #expect(!bench.hasStopped)
    bench.run(to: 1)
    let call = Hypercall(number: 75, arguments: (0, 0, 0, 0, 0, 0), operand: 0)
    let events = bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10)
    #expect(bench.core.decision.answer?.status == .noError)
    expectStopped(bench, events, .requested)
  }

  @Test func drainCompleteBelongsToTheDrainerAfterTheEnd() throws {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.call(.drainComplete).status == .invalidConfiguration)
    bench.call(.yield)
    #expect(bench.core.current == PartitionIndex(3))
    #expect(bench.call(.drainComplete).status == .invalidMode)
  }

  // MARK: The timer

  @Test func theTimerIsArmedOnlyWhenItsInstantChanges() throws {
    let bench = try Bench(.standard)
    let start = bench.start()
    #expect(start.of(.timerArmed).map(\.words.w0) == [2_000_000])
    for _ in 0..<5 {
      #expect(bench.call(.null).status == .noError)
      #expect(bench.core.decision.timer == nil)
    }
    bench.call(.yield)
    #expect(bench.core.decision.timer == nil, "the window's end is still the next boundary")
    #expect(bench.fireTimer().of(.timerArmed).map(\.words.w0) == [4_000_000])
  }

  /// A timer that has fired has to be armed anew, also for the instant that it had.
  @Test func aTimerThatFiredTooSoonIsArmedAgain() throws {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.take(.timer(bench.snapshot), at: 1_000_000).of(.timerArmed).map(\.words.w0) == [2_000_000])
    #expect(bench.take(.timer(bench.snapshot), at: 1_000_100).of(.timerArmed).map(\.words.w0) == [2_000_000])
  }

  // MARK: The test device

  private func stimulated() throws -> Bench {
    var description = ModuleDescription.standard
    description.stimuli = [
      StimulusRecord(time: SystemTime(nanoseconds: 700_000), action: .serialByte, data: 0x41),
      StimulusRecord(time: SystemTime(nanoseconds: 700_000), action: .linePulse, data: 5),
      StimulusRecord(time: SystemTime(nanoseconds: 3_100_000), action: .linePulse, data: 6),
    ]
    return try Bench(description)
  }

  private func due(_ bench: Bench, _ instant: UInt64) -> UInt64? {
    bench.core.dueStimulus(at: SystemTime(nanoseconds: instant))?.data
  }

  @Test func stimuliAreDueAtTheirInstantsOneAfterAnother() throws {
    let bench = try stimulated()
    bench.start()
    #expect(bench.armed == 700_000)
    #expect(due(bench, 699_999) == nil)
    #expect(due(bench, 700_000) == 0x41)
    let armed = bench.fireTimer().of(.timerArmed).map(\.words.w0)
    #expect(armed == [2_000_000], "what is due needs no further interrupt")
    bench.take(.stimulus(action: 1, data: 0x41), at: 700_001)
    #expect(due(bench, 700_002) == 5)
    bench.take(.stimulus(action: 2, data: 5), at: 700_002)
    #expect(due(bench, 3_099_999) == nil)
    #expect(bench.armed == 2_000_000)
    bench.fireTimer()
    #expect(bench.armed == 3_100_000)
    bench.fireTimer()
    bench.take(.stimulus(action: 2, data: 6), at: 3_100_001)
    #expect(due(bench, .max) == nil)
    #expect(bench.armed == 4_000_000)
  }

  @Test func nothingIsDueAfterTheStop() throws {
    let bench = try stimulated()
    bench.start()
    bench.take(.nonMaskable, at: 100_000)
    #expect(due(bench, 800_000) == nil)
  }
}

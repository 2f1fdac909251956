import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L4: the virtual timer, and what becomes of ticks that fell due while its owner had no window.
///
/// Windows of partition 0, in ms: 0.05–2.05, 5.05–7.05, 10.05–12.05 (the module starts L after the kernel).
@Suite struct VirtualTimerTests {
  static let window: [UInt64] = [50_000, 5_050_000, 10_050_000]

  private func bench(_ policy: MissedTickPolicy, registers: Bool = true) throws -> Bench {
    var description = ModuleDescription.standard
    description.partitions[0].missedTickPolicy = policy
    let bench = try Bench(description)
    bench.start()
    if registers { bench.takeLine(64) }
    bench.publishEntry()
    return bench
  }

  /// Ends the upcall's service, and answers the next upcall.
  private func goOn(_ bench: Bench) -> UpcallDecision? {
    bench.upcallsReturned += 1
    bench.call(.acknowledgeInterrupt, 64)
    return bench.core.decision.upcall
  }

  // Contract 57.
  @Test func aTickInTheWindowComesByTheHardwareTimer() throws {
    let bench = try bench(.count)
    bench.call(.setTimer, 600_000, 500_000)
    #expect(bench.armed == 600_000, "armed for the tick, before the window's end")
    for tick in [600_000, 1_100_000, 1_600_000] as [UInt64] {
      let events = bench.fireTimer()
      #expect(bench.now == tick)
      #expect(events.of(.timerExpired).map(\.words) == [.init(tick, tick + 500_000, 0)])
      #expect(events.of(.timerExpired).map(\.operand) == [1])
      #expect(bench.core.decision.upcall?.vector == 64 && bench.core.decision.upcall?.markCount == 1)
      #expect(goOn(bench) == nil)
    }
    // The next lies beyond the window's end: no interrupt but the boundary's.
    #expect(bench.armed == 2_050_000 - 50_000)
  }

  // Contract 64.
  @Test func aOneShotTimerTicksOnce() throws {
    let bench = try bench(.count)
    bench.call(.setTimer, 600_000, 0)
    let events = bench.fireTimer()
    #expect(events.of(.timerExpired).map(\.words) == [.init(600_000, 0, 0)])
    #expect(goOn(bench) == nil)
    #expect(bench.armed == 2_000_000)
    #expect(bench.call(.setTimer, 0, 0).status == .noAction, "it stands")
  }

  /// Without a timer nobody is interrupted between two boundaries.
  // Contract 64.
  @Test func aStoppedTimerArmsNothing() throws {
    let bench = try bench(.count)
    bench.call(.setTimer, 600_000, 100_000)
    #expect(bench.call(.setTimer, 0, 0).status == .noError)
    #expect(bench.armed == 2_000_000)
    #expect(bench.fireTimer().of(.timerExpired).isEmpty)
  }

  @Test func aTickSeenEarlierByAHypercallComesWithIt() throws {
    let bench = try bench(.count)
    bench.call(.setTimer, 600_000, 500_000)
    bench.now = 600_000
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 64)
    #expect(bench.armed == 1_100_000)
  }

  /// Ticks at 0.1 … in steps of 1 ms; the owner has no window from 2.05 to 5.05 ms.
  // Contract 25, 58, 59, 60, 61, 62.
  @Test(arguments: [MissedTickPolicy.count, .deliverAll, .latestOnly])
  func ticksOfTheGapComeAtTheNextWindow(_ policy: MissedTickPolicy) throws {
    let bench = try bench(policy)
    bench.call(.setTimer, 1_500_000, 1_000_000)
    bench.fireTimer()
    #expect(bench.core.decision.upcall?.markCount == 1)
    #expect(goOn(bench) == nil)
    bench.run(to: 1)
    #expect(bench.core.nextTickNanoseconds == .max, "a stranger's window")
    for _ in 0..<3 where bench.core.current != PartitionIndex(0) { bench.fireTimer() }
    // 2.5, 3.5, 4.5: three.
    let upcall = try #require(bench.core.decision.upcall)
    #expect(bench.core.decision.notBefore.nanoseconds == Self.window[1])
    bench.settle()
    #expect(upcall.markCount == (policy == .count ? 3 : 1))
    var further = 0
    while let next = goOn(bench) {
      #expect(next.vector == 64 && next.markCount == 1)
      further += 1
    }
    #expect(further == (policy == .deliverAll ? 2 : 0))
    let missed = bench.call(.readStatistic, StatisticSelector.missedTicks.rawValue).value
    #expect(missed == (policy == .latestOnly ? 2 : 0))
    #expect(bench.armed == 5_500_000, "the grid stays")
  }

  // Contract 58.
  @Test func ticksUpToTheNominalStartCount() throws {
    let bench = try bench(.count)
    // The kernel is at the window's start L before it: the tick at the very start is seen, the one after it is not.
    bench.call(.setTimer, Self.window[1] - 20_000, 20_000)
    bench.run(to: 1)
    for _ in 0..<3 where bench.core.current != PartitionIndex(0) { bench.fireTimer() }
    #expect(bench.now < Self.window[1])
    #expect(bench.core.decision.upcall?.markCount == 2)
    #expect(bench.armed == Self.window[1] + 20_000)
  }

  /// With `latestOnly` a tick that still waits is dropped for a later one.
  // Contract 61.
  @Test func theLatestReplacesOneThatWaits() throws {
    let bench = try bench(.latestOnly)
    bench.flags = .frameFits
    bench.call(.setTimer, 600_000, 100_000)
    for _ in 0..<4 { bench.fireTimer() }
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == 1)
    #expect(bench.call(.readStatistic, StatisticSelector.missedTicks.rawValue).value == 3)
  }

  // Contract 62, 63.
  @Test func aFirstTickInThePastIsDueAtOnce() throws {
    let bench = try bench(.count)
    bench.now = 1_000_000
    bench.call(.setTimer, 1, 70_000)
    #expect(bench.core.decision.upcall?.markCount == 1, "one: earlier ones were never asked for")
    #expect(bench.armed > bench.now && (bench.armed - 1) % 70_000 == 0, "the grid stays")
    #expect(goOn(bench) == nil)
    bench.call(.setTimer, 1, 0)
    #expect(bench.core.decision.upcall?.markCount == 1)
  }

  // Contract 65.
  @Test func tooShortPeriodsAreRefused() throws {
    let bench = try bench(.count)
    for period in [1, 2, 9_999] as [UInt64] {
      #expect(bench.call(.setTimer, 600_000, period).status == .invalidParameter)
      #expect(bench.armed == 2_000_000)
    }
    #expect(bench.call(.setTimer, 600_000, 10_000).status == .noError)
  }

  /// Whatever the policy, they count as missed, in its window and without one; what is registered later gets none of
  /// them.
  // Contract 66.
  @Test(arguments: [MissedTickPolicy.count, .deliverAll, .latestOnly])
  func ticksOfAnUnregisteredTimerAreMissed(_ policy: MissedTickPolicy) throws {
    let bench = try bench(policy, registers: false)
    #expect(bench.call(.setTimer, 600_000, 1_000_000).status == .noError)
    let events = bench.fireTimer()
    #expect(events.of(.timerExpired).map(\.words) == [.init(600_000, 1_600_000, 1)])
    #expect(events.of(.mark).isEmpty && !bench.core.decision.hasPendingMarks)
    func missed() -> UInt64 { bench.call(.readStatistic, StatisticSelector.missedTicks.rawValue).value }
    #expect(missed() == 1)
    bench.fireTimer()
    bench.run(to: 1)
    for _ in 0..<3 where bench.core.current != PartitionIndex(0) { bench.fireTimer() }
    bench.settle()
    // 0.6, 1.6, and without a window 2.6, 3.6, 4.6.
    #expect(missed() == 5)
    bench.takeLine(64)
    #expect(bench.core.decision.upcall == nil && !bench.core.decision.hasPendingMarks)
    bench.fireTimer()
    #expect(bench.core.decision.upcall?.markCount == 1)
    #expect(missed() == 5)
  }

  /// No instant that a partition can name wraps or traps, and ticks of an age take no longer than one.
  // Contract 65.
  @Test func hostileInstantsNeverTrap() throws {
    let words: [UInt64] = [1, 2, 10_000, 10_001, 1 << 32, 1 << 62, 1 << 63, .max - 10_000, .max - 1, .max]
    for first in words {
      for period in [0] + words where period == 0 || period >= 10_000 {
        var timer = VirtualTimer()
        for now in words {
          timer.start(first: first, period: period, now: now)
          guard timer.next <= now, timer.next != .max else { continue }
          let expiry = timer.expire(at: now)
          #expect(expiry.count == 1 && expiry.latest <= now)
          #expect(timer.next > now || timer.next == .max)
          for later in words where later > now && timer.next <= later && timer.next != .max {
            var copy = timer
            let expiry = copy.expire(at: later)
            #expect(expiry.count >= 1 && expiry.latest <= later)
            #expect(copy.next > later || copy.next == .max)
            #expect(period == 0 || later - expiry.latest < period)
          }
        }
      }
    }
    let bench = try bench(.deliverAll)
    for first in words { for period in words { bench.call(.setTimer, first, period) } }
    #expect(bench.core.current == PartitionIndex(0))
  }

  // Contract 6.
  @Test func aStoppedPartitionsTimerIsForgotten() throws {
    let bench = try bench(.count)
    bench.call(.setTimer, 600_000, 100_000)
    bench.fault(6)
    #expect(bench.core.partitions[0].mode == .idle)
    #expect(bench.core.guests.states[0].timer.next == .max)
    for _ in 0..<40 { #expect(bench.fireTimer().of(.timerExpired).isEmpty) }
  }
}

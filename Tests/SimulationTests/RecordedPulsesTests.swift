import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Simulation

/// The test device acts within other entries of the kernel: what it does interrupts a partition where that entry did.
@Suite struct RecordedPulsesTests {
  private static func event(
    _ kind: EventKind, at time: UInt64, _ operand: UInt32 = 0, partition: UInt8 = 0, detail: UInt8 = 0,
    _ w0: UInt64 = 0, _ w1: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(
      time: time, kind: kind.rawValue, partition: partition, detail: detail, operand: operand, words: .init(w0, w1))
  }

  /// Lines 6 and 9 are pulsed in one entry of the timer, 32 ns after its instant; Partition 0 goes on 800 ns later.
  private static func demand(takesPulses: Bool) -> RecordedDemand {
    let pulse = EntrySnapshot.Flags.isPulse.rawValue
    let events = [
      event(.start, at: 1000, partition: 0xFF, 0, .max), event(.timerArmed, at: 1100, partition: 0xFF, 4968),
      event(.hypercall, at: 2000, UInt32(HypercallNumber.null.rawValue)), event(.hypercallResult, at: 2010),
      event(.timer, at: 5000, 0xE0, 0, 90), event(.stimulus, at: 5200, partition: 0xFF),
      event(.stimulus, at: 5300, partition: 0xFF), event(.interrupt, at: 5400, 38, partition: 0xFF, detail: pulse),
      event(.mark, at: 5450, 38), event(.interrupt, at: 5500, 41, partition: 0xFF, detail: pulse),
      event(.mark, at: 5550, 41), event(.upcall, at: 5700, 38),
      event(.hypercall, at: 6000, UInt32(HypercallNumber.acknowledgeInterrupt.rawValue), 0, 100),
    ]
    var rest = events[...]
    let reader = DemandReader(partitionCount: 1, takesPulses: takesPulses) { rest.popFirst() }
    reader.read(past: 0)
    return reader.demand
  }

  /// For a module without a test device they are interrupts like others, and none is lost.
  @Test func pulsesOfOneEntryAreInterruptsOfIt() throws {
    let demand = Self.demand(takesPulses: true)
    #expect(demand.waitingLines == 1 << 6 | 1 << 9)
    for line in [6, 9] {
      let interrupt = try #require(demand.interrupts[line].front)
      #expect(interrupt.instant == 5000 && interrupt.kernelTime == 400 && interrupt.hasUpcall, "\(interrupt)")
    }
  }

  /// For a module that has one, the entry takes as long as it did.
  @Test func anEntryWithPulsesHasItsOwnTime() {
    let demand = Self.demand(takesPulses: false)
    #expect(demand.waitingLines == 0)
    var outcome = TimerOutcome(hasUpcall: true)
    #expect(demand.timerTimes[outcome]?.nanoseconds == nil)
    for _ in 0..<2 {
      outcome.noteStimulus()
      outcome.notePulse()
    }
    #expect(demand.timerTimes[outcome]?.nanoseconds == 800)
    #expect(demand.timerLateness.nanoseconds == 32)
  }
}

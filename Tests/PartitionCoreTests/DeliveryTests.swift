import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L2 and L3: from pending marks to upcalls, and back.
@Suite struct DeliveryTests {
  /// Partition 0 in its window, with `vectors` registered, its trampoline published and its interrupts on.
  static func ready(_ vectors: [UInt64], _ description: ModuleDescription = .standard) throws -> Bench {
    let bench = try Bench(description)
    bench.start()
    for vector in vectors { bench.takeLine(vector) }
    bench.publishEntry()
    return bench
  }

  /// L1: a partition gets nothing until it asks, for each of the things that it has to ask for.
  // Contract 1.
  @Test(arguments: 0..<16) func nothingComesUntilAllIsAskedFor(_ omitted: Int) throws {
    let bench = try Bench(.standard)
    bench.start()
    let has = (0..<4).map { omitted & 1 << $0 != 0 }
    if has[0] { bench.call(.registerVCPU, 36) }
    if has[1] { bench.call(.registerHandler, 36, ModuleDescription.handler) }
    if has[2] { bench.call(.enableInterrupt, 36) }
    bench.publishEntry()
    if !has[3] { bench.flags = .frameFits }
    bench.fire(4)
    #expect((bench.core.decision.upcall != nil) == (omitted == 15))
    #expect(bench.core.decision.hasPendingMarks == (omitted == 7))
  }

  // Contract 1.
  @Test func nothingComesWithoutAnEntry() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.takeLine(36)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.fire(4)
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.hasPendingMarks)
  }

  /// A mark of a line whose ready flag is off waits, and comes when it is switched on again.
  // Contract 10.
  @Test func theReadyFlagHoldsMarksBack() throws {
    let bench = try Self.ready([36])
    bench.call(.disableInterrupt, 36)
    bench.fire(4)
    bench.fire(4)
    #expect(bench.core.decision.upcall == nil)
    bench.call(.enableInterrupt, 36)
    #expect(bench.core.decision.upcall?.markCount == 2)
  }

  // Contract 23, 28.
  @Test func anUpcallSaysAllThatTheTrampolineNeeds() throws {
    let bench = try Self.ready([36])
    let events = bench.fire(4)
    let upcall = try #require(bench.core.decision.upcall)
    #expect(
      upcall
        == UpcallDecision(
          partition: PartitionIndex(0), vector: 36, markCount: 1, handler: ModuleDescription.handler,
          entry: ModuleDescription.entry, ordinal: 0, reusesFrame: false))
    let event = try #require(events.of(.upcall).first)
    #expect((event.partition, event.detail, event.operand) == (0, 2, 36), "one unfinished")
    #expect(event.words == .init(1, ModuleDescription.handler, 0))
    bench.call(.acknowledgeInterrupt, 36)
    bench.fire(4)
    #expect(bench.core.decision.upcall?.ordinal == 1)
  }

  /// L3: interrupts that arrive for a partition that is not running are kept and delivered when its window comes.
  // Contract 15, 23.
  @Test func marksOfAStrangersWindowComeInTheOwnersWindow() throws {
    let bench = try Self.ready([36])
    bench.run(to: 1)
    for _ in 0..<7 {
      let events = bench.fire(4)
      #expect(events.of(.mark).count == 1)
      #expect(events.of(.upcall).isEmpty)
    }
    bench.fireTimer()
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.schedule.owner.isNone)
    bench.fireTimer()
    #expect(bench.core.decision.upcall?.markCount == 7)
    #expect(bench.core.decision.notBefore.nanoseconds == 5_050_000, "in the window, not before it")
  }

  /// The drainer runs in idle time; upcalls belong to windows.
  // Contract 16.
  @Test func nothingIsDeliveredInIdleTime() throws {
    var description = ModuleDescription.standard
    description.drainer = PartitionIndex(0)
    let bench = try Self.ready([36], description)
    bench.run(to: 1)
    bench.fireTimer()
    #expect(bench.core.current == PartitionIndex(0), "window gap: the drainer has it")
    bench.settle()
    bench.fire(4)
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.hasPendingMarks)
    bench.fireTimer()
    #expect(bench.core.decision.upcall?.vector == 36, "its window at 5 ms")
  }

  // Contract 26.
  @Test func theLowestLineComesFirst() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<20 {
      let bench = try Self.ready(Array(32...47))
      bench.flags = .frameFits
      let lines = (UInt8(0)..<16).filter { _ in generator.oneIn(2) }
      for line in lines.shuffled(using: &generator) { bench.fire(line, extra: .lineInService) }
      bench.flags = [.interruptsEnabled, .frameFits]
      var order: [UInt8] = []
      for _ in lines {
        bench.call(.null)
        if let upcall = bench.core.decision.upcall { order.append(upcall.vector - 32) }
      }
      #expect(order == lines, "seed \(seed)")
    }
  }

  /// A line in service is not delivered again before it is acknowledged; other lines are.
  // Contract 45, 46.
  @Test func aLineInServiceWaitsForItsAcknowledgement() throws {
    let bench = try Self.ready([36, 38])
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
    for _ in 0..<3 {
      bench.fire(4)
      #expect(bench.core.decision.upcall == nil)
      #expect(!bench.core.decision.hasPendingMarks)
    }
    bench.fire(6)
    #expect(bench.core.decision.upcall?.vector == 38)
    #expect(bench.call(.acknowledgeInterrupt, 36).value == 1)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.core.decision.upcall?.markCount == 3)
  }

  /// The delivery switches the partition's interrupts off until it has switched them on itself.
  // Contract 11, 27.
  @Test func oneUpcallAtATime() throws {
    let bench = try Self.ready([36, 38])
    bench.flags = .frameFits
    bench.fire(4)
    bench.fire(6)
    #expect(bench.core.decision.upcall == nil)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.core.decision.hasPendingMarks)
    bench.flags = .frameFits
    bench.call(.null)
    #expect(bench.core.decision.upcall == nil)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 38)
    #expect(!bench.core.decision.hasPendingMarks)
  }

  /// L3: draining the last mark did not restore the interrupted context.
  // Contract 51, 52.
  @Test func drainingTheLastMarkGivesTheContextBack() throws {
    let bench = try Self.ready([36, 38])
    bench.flags = .frameFits
    bench.fire(4)
    bench.fire(6)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    bench.flags = .frameFits
    bench.call(.acknowledgeInterrupt, 36)
    bench.call(.returnFromUpcall, operand: 3)
    #expect(bench.core.decision.upcall?.vector == 38)
    #expect(bench.core.decision.upcall?.reusesFrame == true, "on the same frame")
    #expect(bench.core.decision.effect == .none)
    bench.call(.acknowledgeInterrupt, 38)
    bench.call(.returnFromUpcall, operand: 3)
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.effect == .restoreUpcallFrame)
    // What comes now is delivered again.
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.core.decision.upcall?.reusesFrame == false)
  }

  /// L2: an unfinished return is replaced on its own frame, so that a storm cannot nest.
  // Contract 36.
  @Test func theReturnTailsFrameIsUsedAgain() throws {
    let bench = try Self.ready([36])
    for _ in 0..<50 {
      bench.flags = [.interruptsEnabled, .frameFits, .inReturnTail]
      bench.upcallsReturned += 1
      let events = bench.fire(4)
      #expect(bench.core.decision.upcall?.reusesFrame == true)
      #expect(events.of(.upcall).first?.detail == 3)
      bench.flags = .frameFits
      bench.call(.acknowledgeInterrupt, 36)
    }
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.fire(4)
    #expect(bench.core.decision.upcall?.reusesFrame == false)
  }

  // Contract 34.
  @Test func returnsAreCountedAcrossTheCountersWrap() throws {
    let bench = try Self.ready([36])
    #expect(bench.fire(5).of(.upcallsReturned).isEmpty)
    bench.upcallsReturned = 65_530
    #expect(bench.fire(5).of(.upcallsReturned).map(\.operand) == [65_530])
    bench.upcallsReturned = 4
    #expect(bench.fire(5).of(.upcallsReturned).map(\.operand) == [10])
    #expect(bench.fire(5).of(.upcallsReturned).isEmpty)
  }
}

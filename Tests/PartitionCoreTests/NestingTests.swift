import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L2 and L3: the two designs of delivery, upcalls in upcalls, and counters that do not wrap.
@Suite struct NestingTests {
  static func module(depth: UInt8, marked: UInt16 = 0, ignores: Bool = true) -> ModuleDescription {
    var description = ModuleDescription.standard
    description.partitions[0].maximumUpcallDepth = depth
    description.partitions[0].markedLines = marked
    if ignores {
      description.healthActions = [
        HealthActionRecord(partition: PartitionIndex(0), error: .stackOverflow, action: .ignore)
      ]
    }
    return description
  }

  // MARK: Direct and marked

  // Contract 29.
  @Test func aDirectLineGoesIntoTheRunningCode() throws {
    let bench = try DeliveryTests.ready([36], Self.module(depth: 4, marked: 0xFFFF & ~(1 << 4)))
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
  }

  // Contract 30.
  @Test func aMarkedLineWaitsForTheOwnersHypercall() throws {
    let bench = try DeliveryTests.ready([36], Self.module(depth: 4, marked: 1 << 4))
    for count in 1...3 as ClosedRange<UInt64> {
      #expect(bench.fire(4).of(.mark).map(\.words.w0) == [count])
      #expect(bench.core.decision.upcall == nil)
      #expect(bench.core.decision.hasPendingMarks, "the shared page tells of held marks too")
    }
    // Other entries do not bring it.
    bench.fire(5)
    #expect(bench.core.decision.upcall == nil)
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == 3)
    #expect(!bench.core.decision.hasPendingMarks)
  }

  // Contract 30.
  @Test func aMarkedLineComesWithTheNextWindow() throws {
    let bench = try DeliveryTests.ready([36, 37], Self.module(depth: 4, marked: 1 << 4))
    bench.fire(4)
    #expect(bench.core.decision.upcall == nil)
    bench.run(to: 1)
    bench.fire(4)
    bench.run(to: 0)
    #expect(bench.core.decision.upcall?.markCount == 2, "held in the window, and marked in a stranger's")
    #expect(bench.core.decision.notBefore.nanoseconds == 5_050_000)
  }

  /// What is marked before the window's first instruction comes with the window.
  // Contract 31.
  @Test func aMarkedLineInThePadIsNotHeld() throws {
    let bench = try DeliveryTests.ready([36], Self.module(depth: 4, marked: 1 << 4))
    bench.run(to: 1)
    bench.fireTimer()
    bench.fireTimer()
    #expect(bench.core.decision.notBefore.nanoseconds == 5_050_000 && bench.now < 5_050_000)
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
  }

  /// From the window's instant on its owner may run, and then no marked line goes into what it does.
  // Contract 31.
  @Test func aMarkedLineAtTheWindowsInstantIsHeld() throws {
    let bench = try DeliveryTests.ready([36], Self.module(depth: 4, marked: 1 << 4))
    bench.run(to: 1)
    bench.fireTimer()
    bench.fireTimer()
    bench.settle()
    #expect(bench.now == 5_050_000)
    bench.now -= 10
    #expect(bench.fire(4).of(.mark).map(\.partition) == [0] && bench.now == 5_050_000)
    #expect(bench.core.decision.upcall == nil && bench.core.decision.hasPendingMarks)
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 36)
  }

  /// Leaving an upcall through the kernel is a hypercall of the owner's.
  // Contract 32.
  @Test func aHeldMarkComesWithTheReturn() throws {
    let bench = try DeliveryTests.ready([36, 37], Self.module(depth: 4, marked: 1 << 4))
    bench.fire(5)
    #expect(bench.core.decision.upcall?.vector == 37)
    bench.flags = .frameFits
    bench.fire(4)
    #expect(bench.core.decision.hasPendingMarks, "so the return's tail turns to the kernel")
    bench.upcallsReturned += 1
    bench.call(.returnFromUpcall, operand: 3)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.core.decision.upcall?.reusesFrame == true)
  }

  // Contract 18.
  @Test func aForgottenLineIsHeldNoMore() throws {
    let bench = try DeliveryTests.ready([36], Self.module(depth: 4, marked: 1 << 4))
    bench.fire(4)
    bench.call(.unregisterVCPU, 36)
    bench.call(.registerVCPU, 36)
    #expect(bench.core.decision.upcall == nil && !bench.core.decision.hasPendingMarks)
  }

  // MARK: Nesting

  /// L2: the frame overran its array at depth 16 and lost a context silently. Here the seventeenth waits, and the
  /// health monitor is told once.
  // Contract 33, 34, 38.
  @Test(arguments: [1, 4, 16] as [UInt8]) func beyondTheDepthAMarkWaits(_ depth: UInt8) throws {
    let bench = try DeliveryTests.ready(Array(32...64).filter { $0 < 48 || $0 == 64 }, Self.module(depth: depth))
    for unfinished in 1...depth {
      let events = bench.fire(unfinished - 1, extra: .lineInService)
      #expect(events.of(.upcall).map(\.detail) == [unfinished << 1])
      #expect(events.of(.healthAction).isEmpty)
    }
    bench.call(.setTimer, 1, 0)
    let events = bench.take(.timer(bench.snapshot), at: bench.now + 5)
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.hasPendingMarks, "not lost")
    #expect(events.of(.healthAction).isEmpty, "told already with the hypercall")
    #expect(bench.core.current == PartitionIndex(0))
    bench.upcallsReturned += 1
    let after = bench.take(.timer(bench.snapshot), at: bench.now + 5)
    #expect(after.of(.upcall).map(\.operand) == [64])
    #expect(after.of(.upcall).map(\.detail) == [depth << 1])
  }

  // Contract 39.
  @Test func theHealthMonitorIsToldOnceAnOccurrence() throws {
    let bench = try DeliveryTests.ready([36, 37], Self.module(depth: 1))
    bench.fire(4)
    var told = 0
    for _ in 0..<5 { told += bench.fire(5).of(.healthAction).filter { $0.words.w0 == 0 }.count }
    #expect(told == 1)
    bench.upcallsReturned += 1
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == 5, "all marks came")
    bench.call(.acknowledgeInterrupt, 37)
    #expect(bench.fire(5).of(.healthAction).count == 1, "another occurrence")
  }

  // Contract 39.
  @Test func anOverflowWithoutPardonStopsThePartition() throws {
    let bench = try DeliveryTests.ready([36, 37], Self.module(depth: 1, ignores: false))
    bench.fire(4)
    let events = bench.fire(5)
    #expect(events.of(.healthAction).map(\.operand) == [UInt32(ErrorCode.stackOverflow.rawValue)])
    #expect(bench.core.partitions[0].mode == .idle)
    #expect(bench.core.current == PartitionIndex(3))
    #expect(!bench.core.decision.hasPendingMarks)
  }

  /// A partition that counts returns it never made, or forgets to count, harms nobody: the depth stays in its bounds.
  // Contract 35.
  @Test func noCountOfReturnsBreaksTheDepth() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    let bench = try DeliveryTests.ready(Array(32...47), Self.module(depth: 3))
    for _ in 0..<2000 {
      bench.upcallsReturned &+= UInt16(truncatingIfNeeded: generator.oneIn(3) ? generator.next() : 0)
      let events = bench.fire(UInt8(generator.number(0...15)), extra: .lineInService)
      for upcall in events.of(.upcall) { #expect((1...3).contains(upcall.detail >> 1), "seed \(seed)") }
      if let upcall = events.of(.upcall).first { bench.call(.acknowledgeInterrupt, UInt64(upcall.operand)) }
      if bench.now > 1_800_000 { break }
    }
  }

  /// At the greatest depth a return of an exception's frame gives its context back; the mark waits for an upcall's.
  // Contract 56.
  @Test func aReturnAtTheGreatestDepthGivesTheContextBack() throws {
    let bench = try DeliveryTests.ready([36, 37], Self.module(depth: 1))
    bench.fire(4)
    bench.flags = .frameFits
    bench.fire(5)
    bench.call(.returnFromUpcall, operand: 3)
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.effect == .restoreUpcallFrame)
    #expect(bench.core.decision.hasPendingMarks)
    #expect(bench.core.current == PartitionIndex(0))
  }

  // MARK: Counters

  /// L3: the 8-bit counter wrapped silently. The greatest count means 'at least so many'.
  // Contract 20.
  @Test func aCounterStaysAtItsGreatestValue() throws {
    let bench = try DeliveryTests.ready([36])
    bench.flags = .frameFits
    bench.core.vcpus.counters[bench.core.vcpus.slot(PartitionIndex(0), VirtualInterrupt(4))] = .max - 2
    let waiting = (0..<5).map { _ in bench.fire(4).of(.mark).first?.words.w0 }
    let most = UInt64(UInt32.max)
    #expect(waiting == [most - 1, most, most, most, most])
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == most)
    #expect(bench.call(.acknowledgeInterrupt, 36).value == most)
    #expect(bench.core.decision.upcall == nil, "all of them were taken")
  }

  // Contract 21.
  @Test func manyMarksAtOnceSaturateToo() throws {
    let bench = try Bench(.standard)
    let owner = PartitionIndex(1)
    #expect(bench.core.vcpus.mark(owner, .timer, count: 0) == 0)
    #expect(bench.core.vcpus.interrupts[1].pending == 0, "no mark is no mark")
    #expect(bench.core.vcpus.mark(owner, .timer, count: 7) == 7)
    #expect(bench.core.vcpus.mark(owner, .timer, count: .max) == .max)
    #expect(bench.core.vcpus.mark(owner, .timer, count: 1 << 32) == .max)
    #expect(bench.core.vcpus.takeOneForDelivery(owner, .timer) == 1)
    #expect(bench.core.vcpus.waiting(owner, .timer) == UInt32.max - 1)
  }
}

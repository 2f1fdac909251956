import APEXTypes
import MixedIndices
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L1 and L3: from a line that fires to the marks of the vCPUs that registered it.
@Suite struct MarkingTests {
  /// Several partitions, each with a window of its own, and every line permitted to all of them.
  static func crowd(_ count: Int) -> ModuleDescription {
    var module = ModuleDescription()
    for _ in 0..<count { module.addPartition(permitted: 0xFFFF) }
    for index in 0..<count { module.addWindow(UInt64(index) * 300_000, 300_000, of: UInt8(index)) }
    for line in 0..<16 { module.addLine(UInt64(line), .markedAtOnce, budget: 1000) }
    return module
  }

  /// Lets each partition of `owners` register the line in its own window.
  static func register<Marking: MarkingRule>(
    _ line: UInt8, _ owners: [Int], in bench: CoreBench<Marking>, of count: Int
  ) {
    for owner in 0..<count {
      bench.run(to: UInt8(owner))
      if owners.contains(owner) { bench.call(.registerVCPU, UInt64(line) + 32) }
    }
  }

  /// L3: the marking loop mixed its two indices. For every line, exactly its owners are marked, in ascending order.
  // Contract 13, 19, 49.
  @Test(arguments: 0..<16) func exactlyTheOwnersAreMarked(_ line: Int) throws {
    let count = 9
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    let all = Array(0..<count)
    let subsets =
      [[], [0], [8], all, [1, line % count].sorted()]
      + (0..<4).map { _ in
        all.filter { _ in generator.oneIn(2) }
      }
    for owners in subsets.map({ Array(Set($0)).sorted() }) {
      let bench = try Bench(Self.crowd(count))
      bench.start()
      Self.register(UInt8(line), owners, in: bench, of: count)
      for strike in 1...3 as ClosedRange<UInt64> {
        let events = bench.fire(UInt8(line), extra: .lineInService)
        #expect(events.of(.mark).map { Int($0.partition) } == owners, "line \(line), seed \(seed)")
        #expect(events.of(.mark).allSatisfy { $0.operand == UInt32(line + 32) && $0.words.w0 == strike })
        #expect(events.of(.unclaimed).count == (owners.isEmpty ? 1 : 0))
        #expect(bench.core.decision.acknowledge == InterruptLine(UInt8(line)))
      }
      for partition in 0..<count {
        #expect(bench.core.vcpus.interrupts[partition].pending == (owners.contains(partition) ? 1 << UInt64(line) : 0))
      }
    }
  }

  /// The same question tells the old loop from the right one: the test above can fail.
  @Test func theMixedLoopIsSeen() throws {
    let bench = try CoreBench<MixedIndices>(Self.crowd(9))
    bench.start()
    Self.register(5, [1, 3], in: bench, of: 9)
    let marks = bench.fire(5).of(.mark)
    #expect(marks.map(\.partition) != [1, 3])
  }

  // Contract 13.
  @Test func allThirtyTwoPartitionsMayShareALine() throws {
    let bench = try Bench(Self.crowd(32))
    bench.start()
    Self.register(15, Array(0..<32), in: bench, of: 32)
    #expect(bench.fire(15, extra: .lineInService).of(.mark).map(\.partition) == Array(0..<32))
  }

  /// L1: a line may have a kernel handler and owners beside it.
  // Contract 22, 72.
  @Test func theKernelsHandlerRunsBesideTheMarks() throws {
    let bench = try Bench(.standard)
    bench.start()
    let alone = bench.fire(0)
    #expect(alone.of(.kernelHandler).map(\.words.w0) == [1])
    #expect(alone.of(.unclaimed).isEmpty)
    bench.call(.registerVCPU, 32)
    let both = bench.fire(0)
    #expect(both.of(.kernelHandler).map(\.words.w0) == [2])
    #expect(both.of(.mark).map(\.partition) == [0])
    #expect(bench.call(.readStatistic, StatisticSelector.kernelTicks.rawValue).value == 2)
    #expect(bench.call(.readStatistic, StatisticSelector.marks.rawValue).value == 1)
  }

  /// L3: the 8-bit counter wrapped silently. Here a count that reaches its greatest value stays there.
  // Contract 20, 46.
  @Test func countersSaturate() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.takeLine(35)
    bench.core.vcpus.counters[3] = .max - 2
    let waiting = (0..<5).map { _ in bench.fire(3).of(.mark).first?.words.w0 }
    #expect(waiting == [UInt64(UInt32.max) - 1, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF])
    bench.publishEntry()
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == UInt64(UInt32.max))
    #expect(bench.call(.acknowledgeInterrupt, 35).value == UInt64(UInt32.max))
  }

  // Contract 20.
  @Test func countersGoBeyondEightAndSixteenBits() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.takeLine(35)
    for count in [255, 65535] as [UInt32] {
      bench.core.vcpus.counters[3] = count
      #expect(bench.fire(3).of(.mark).first?.words.w0 == UInt64(count) + 1)
    }
  }

  // MARK: Spurious interrupts

  /// L1: a spurious interrupt 7 or 15 was taken for a real one.
  // Contract 71.
  @Test(arguments: [7, 15] as [UInt8]) func spuriousInterruptsAreToldApart(_ line: UInt8) throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, UInt64(line) + 32)
    let spurious = bench.fire(line)
    #expect(spurious.map(\.knownKind) == [.spurious])
    #expect(spurious[0].operand == UInt32(line) + 32)
    #expect(bench.core.decision.acknowledge == (line == 15 ? InterruptLine(2) : nil))
    #expect(bench.core.vcpus.interrupts[0].pending == 0)
    #expect(bench.call(.readStatistic, StatisticSelector.spuriousInterrupts.rawValue).value == 1)

    let real = bench.fire(line, extra: .lineInService)
    #expect(real.of(.spurious).isEmpty)
    #expect(real.of(.mark).count == 1)
    #expect(bench.core.decision.acknowledge == InterruptLine(line))
    #expect(bench.call(.readStatistic, StatisticSelector.spuriousInterrupts.rawValue).value == 1)
  }

  /// A line pulsed by the test device is real, also 7 and 15, and has nothing to acknowledge.
  @Test(arguments: 0..<16) func pulsesAreRealAndNotAcknowledged(_ line: Int) throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, UInt64(line) + 32)
    let events = bench.take(
      .interrupt(InterruptLine(UInt8(line)), EntrySnapshot(flags: .isPulse)), at: bench.now + 5)
    #expect(events.of(.mark).count == 1)
    #expect(events.of(.spurious).isEmpty)
    #expect(bench.core.decision.acknowledge == nil)
  }

  // Contract 49.
  @Test(arguments: (0..<16).filter { $0 != 7 && $0 != 15 }) func noOtherLineIsSpurious(_ line: Int) throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, UInt64(line) + 32)
    #expect(bench.fire(UInt8(line)).of(.mark).count == 1)
    #expect(bench.core.decision.acknowledge == InterruptLine(UInt8(line)))
  }
}

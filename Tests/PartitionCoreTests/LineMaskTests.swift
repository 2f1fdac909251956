import APEXTypes
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// Which lines are open: by owner, by policy while a stranger runs, and by budget.
@Suite struct LineMaskTests {
  /// Line 4 masked until its owner's window; line 9 marked at once, twice a foreign window; line 0 the kernel's and at
  /// once; line 12 configured, owned by nobody.
  static func bench() throws -> Bench {
    var description = ModuleDescription.standard
    description.lines = []
    description.addLine(0, .markedAtOnce, budget: 1000, isHandled: true)
    description.addLine(4, .maskedUntilOwner, budget: 0)
    description.addLine(9, .markedAtOnce, budget: 2)
    description.addLine(12, .maskedUntilOwner, budget: 0)
    let bench = try Bench(description)
    bench.start()
    return bench
  }

  /// Bits of the lines that are open.
  private func open(_ bench: Bench) -> [Int] { (0..<16).filter { bench.mask & 1 << UInt16($0) == 0 } }

  // Contract 73.
  @Test func onlyLinesThatSomebodyTakesAreOpen() throws {
    let bench = try Self.bench()
    #expect(open(bench) == [0])
    bench.call(.registerVCPU, 36)
    #expect(open(bench) == [0, 4])
    bench.call(.registerVCPU, 41)
    #expect(open(bench) == [0, 2, 4, 9], "line 2 joins the controllers")
    bench.call(.unregisterVCPU, 41)
    #expect(open(bench) == [0, 4])
    bench.call(.unregisterVCPU, 36)
    #expect(open(bench) == [0])
  }

  // Contract 73.
  @Test func foreignWindowsMaskByPolicy() throws {
    let bench = try Self.bench()
    bench.call(.registerVCPU, 36)
    bench.call(.registerVCPU, 41)
    bench.run(to: 1)
    #expect(open(bench) == [0, 2, 9])
    bench.fireTimer()
    #expect(bench.core.schedule.owner.isNone)
    #expect(open(bench) == [0, 2, 9], "idle time is a stranger's too")
    bench.run(to: 0)
    #expect(open(bench) == [0, 2, 4, 9])
  }

  /// The masks change L before the window, with its boundary: the pad is the new window's.
  @Test func masksChangeWithTheBoundary() throws {
    let bench = try Self.bench()
    bench.call(.registerVCPU, 36)
    let events = bench.fireTimer()
    #expect(events.of(.lineMask).map(\.operand) == [0xFFFE])
    #expect(bench.core.decision.lineMask == 0xFFFE)
    bench.call(.null)
    #expect(bench.core.decision.lineMask == nil, "told once")
  }

  // Contract 74.
  @Test func aBudgetUsedUpMasksUntilTheNextWindow() throws {
    let bench = try Self.bench()
    bench.call(.registerVCPU, 41)
    bench.run(to: 1)
    bench.fire(9)
    #expect(open(bench) == [0, 2, 9])
    let second = bench.fire(9)
    #expect(second.of(.mark).count == 1, "the last one within the budget is still marked")
    #expect(open(bench) == [0])
    bench.fireTimer()
    #expect(bench.core.schedule.owner.isNone)
    #expect(open(bench) == [0], "until a window begins")
    bench.run(to: 0)
    #expect(open(bench) == [0, 2, 9])
    bench.run(to: 2)
    #expect(open(bench) == [0, 2, 9], "and strangers have the whole budget again")
    bench.fire(9)
    #expect(open(bench) == [0, 2, 9])
  }

  // Contract 74.
  @Test func theOwnersWindowHasNoBudget() throws {
    let bench = try Self.bench()
    bench.call(.registerVCPU, 41)
    for _ in 0..<100 { bench.fire(9) }
    #expect(open(bench) == [0, 2, 9])
  }

  @Test func aPulseCountsAgainstTheBudgetToo() throws {
    let bench = try Self.bench()
    bench.call(.registerVCPU, 41)
    bench.run(to: 1)
    for _ in 0..<2 { bench.take(.interrupt(InterruptLine(9), EntrySnapshot(flags: .isPulse)), at: bench.now + 1) }
    #expect(open(bench) == [0])
  }

  /// A module in which the test device pulses line 4 (masked until its owner's window) twice, and line 12 (nobody's).
  private static func pulsed() throws -> Bench {
    var description = ModuleDescription.standard
    description.lines = []
    description.addLine(4, .maskedUntilOwner, budget: 0)
    description.addLine(12, .maskedUntilOwner, budget: 0)
    // The bench plays them when it likes.
    description.stimuli = [4, 12, 4].map {
      StimulusRecord(time: SystemTime(nanoseconds: 1_000_000_000), action: .linePulse, data: $0)
    }
    let bench = try Bench(description)
    bench.start()
    return bench
  }

  @Test func aPulseOfAnOpenLineIsDueAtOnce() throws {
    let bench = try Self.pulsed()
    bench.call(.registerVCPU, 36)
    bench.take(.stimulus(action: 2, data: 4), at: bench.now + 5)
    #expect(bench.core.duePulse == InterruptLine(4))
    bench.take(.interrupt(InterruptLine(4), EntrySnapshot(flags: .isPulse)), at: bench.now + 5)
    #expect(bench.core.duePulse == nil)
    bench.take(.stimulus(action: 2, data: 12), at: bench.now + 5)
    #expect(bench.core.duePulse == nil, "nobody takes it")
  }

  @Test func pulsesOfAMaskedLineWaitAsOneUntilItOpens() throws {
    let bench = try Self.pulsed()
    bench.call(.registerVCPU, 36)
    bench.run(to: 1)
    for data in [4, 12, 4] as [UInt32] { bench.take(.stimulus(action: 2, data: data), at: bench.now + 5) }
    #expect(bench.core.duePulse == nil)
    // It is part of the state: a core that goes on from a keyframe knows it too.
    let other = try Self.pulsed()
    var words = bench.stateWords.makeIterator()
    #expect(other.core.restore { words.next() })
    for core in [bench, other] {
      core.run(to: 0)
      #expect(core.core.duePulse == InterruptLine(4))
      let events = core.take(.interrupt(InterruptLine(4), EntrySnapshot(flags: .isPulse)), at: core.now)
      #expect(events.of(.mark).map(\.words.w0) == [1])
      #expect(core.core.duePulse == nil)
    }
  }

  /// Random owners, policies, budgets and strikes against the rule written down anew.
  @Test func masksFollowTheRule() throws {
    let seed = TestSeed.draw()
    print("mask seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<30 {
      var description = ModuleDescription.standard
      for line in 0..<16 {
        description.lines[line].policy = generator.oneIn(2) ? .markedAtOnce : .maskedUntilOwner
        description.lines[line].budgetPerWindow = generator.number(1...4)
        description.lines[line].hasKernelHandler = generator.oneIn(4)
      }
      let bench = try Bench(description)
      bench.start()
      var owners = Array(repeating: Set<UInt8>(), count: 16)
      var taken = Array(repeating: UInt64(0), count: 16)
      for _ in 0..<300 {
        var events: [TraceEvent] = []
        let line = Int(generator.number(0...15))
        let owner = bench.core.schedule.owner
        switch generator.number(0...3) {
        case 0:
          events = bench.fireTimer()
          bench.settle()
        case 1 where bench.core.current == owner && bench.snapshot.partition < 3 && bench.now + 20 < bench.armed:
          let isOff = owners[line].contains(owner.rawValue)
          bench.call(isOff ? .unregisterVCPU : .registerVCPU, UInt64(line) + 32)
          if isOff { owners[line].remove(owner.rawValue) } else { owners[line].insert(owner.rawValue) }
        default:
          guard bench.now + 20 < bench.armed else { continue }
          bench.fire(UInt8(line), extra: .lineInService)
          if !owner.isNone, !owners[line].contains(owner.rawValue) { taken[line] += 1 }
        }
        if !events.of(.windowStart).isEmpty { taken = Array(repeating: 0, count: 16) }
        var expected: UInt16 = 0xFFFF
        for (index, record) in description.lines.enumerated() {
          let isOwn = owners[index].contains(bench.core.schedule.owner.rawValue)
          let isAtOnce = record.policy == .markedAtOnce && taken[index] < record.budgetPerWindow
          let isTaken = !owners[index].isEmpty || record.hasKernelHandler
          if isTaken, isOwn || isAtOnce { expected &= ~(1 << UInt16(index)) }
        }
        if expected >> 8 != 0xFF { expected &= ~4 }
        #expect(bench.mask == expected, "seed \(seed)")
        if bench.mask != expected { return }
      }
    }
  }
}

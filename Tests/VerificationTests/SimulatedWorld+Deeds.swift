import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

extension SimulatedWorld {
  private static var stack: UInt64 { PartitionLayout.stackTop - 1024 }

  /// What a partition does next: its set-up, its handler's duties, or something at random.
  func deed(of partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) -> Decision {
    let index = Int(partition.rawValue)
    guests[index].step += 1
    // A tail is left within a few instructions: no hypercall comes from within it.
    guests[index].isInTail = false
    if guests[index].upcallDepth > 0 {
      if guests[index].isAcknowledged {
        // The trampoline counts the return before it asks for it.
        guests[index].returned += 1
        return call(.returnFromUpcall, partition, exit, instant, looked: 3)
      }
      guests[index].isAcknowledged = true
      return call(.acknowledgeInterrupt, partition, exit, instant, [UInt64(guests[index].line) + 32])
    }
    if let setup = setup(index) { return call(setup.0, partition, exit, instant, setup.1, looked: setup.2) }
    if guests[index].hasEntry, !guests[index].isOn, random(0...1) == 0 { guests[index].isOn = true }
    if let decision = telling(partition, exit, at: instant) { return decision }
    // Who tells of processes yields when they allow it.
    switch random((tellers == nil ? 0 : 3)...20) {
    case 0...2 where index == 1, 0 where index == 0: return call(.yield, partition, exit, instant)
    case 3: return call(.readTime, partition, exit, instant)
    case 4...6 where index == 0:
      return call(.writeSamplingMessage, partition, exit, instant, [1, Self.stack, random(1...64)])
    case 7 where index == 0: return call(.readSamplingTime, partition, exit, instant, [1])
    case 5 where index == 1: return call(.readSamplingTime, partition, exit, instant, [2])
    case 4...8 where index == 1:
      return call(.readSamplingMessage, partition, exit, instant, [2, Self.stack, 64])
    case 9: return call(.writeConsole, partition, exit, instant, [Self.stack, random(1...40)], looked: random(0...16))
    case 10: return call(.readStatistic, partition, exit, instant, [random(0...5), random(0...3)])
    case 11: return call(.unregisterVCPU, partition, exit, instant, [40])
    case 12, 13: return call(.registerVCPU, partition, exit, instant, [random(32...47)])
    case 14: return call(.disableInterrupt, partition, exit, instant, [40])
    case 15, 16: return call(.enableInterrupt, partition, exit, instant, [40])
    case 17: return call(99, partition, exit, instant, [])
    case 18: return call(.noteWords, partition, exit, instant, [Self.stack, random(0...30)])
    case 19 where index == 2 && random(0...50) == 0: return fault(partition, exit, at: instant)
    default: return call(.null, partition, exit, instant)
    }
  }

  private func setup(_ index: Int) -> (HypercallNumber, [UInt64], UInt64)? {
    let handler = [Module.handler]
    switch (index, guests[index].step) {
    case (0, 1), (1, 1): return (.setUpcallEntry, [Module.entry, Module.entry + 64, Module.entry + 96], 0)
    case (0, 2): return (.registerHandler, [32] + handler, 0)
    case (0, 3): return (.registerVCPU, [32], 0)
    case (0, 4): return (.enableInterrupt, [32], 0)
    case (0, 5): return (.registerHandler, [40] + handler, 0)
    case (0, 6): return (.registerVCPU, [40], 0)
    case (0, 7): return (.enableInterrupt, [40], 0)
    case (0, 8): return (.createSamplingPort, [Self.stack, 64, 0, 0], 1)
    case (1, 2): return (.registerHandler, [32] + handler, 0)
    case (1, 3): return (.registerVCPU, [32], 0)
    case (1, 4): return (.enableInterrupt, [32], 0)
    case (1, 5): return (.createSamplingPort, [Self.stack, 64, 1, 6_000_000], 2)
    case (2, 1): return (.registerVCPU, [32], 0)
    default: return nil
    }
  }

  func call(
    _ number: HypercallNumber, _ partition: PartitionIndex, _ exit: UInt64, _ instant: UInt64,
    _ arguments: [UInt64] = [], looked: UInt64 = 0
  ) -> Decision {
    call(number.rawValue, partition, exit, instant, arguments, looked: looked)
  }

  private func call(
    _ number: UInt16, _ partition: PartitionIndex, _ exit: UInt64, _ instant: UInt64, _ arguments: [UInt64],
    looked: UInt64 = 0
  ) -> Decision {
    let snapshot = enter(at: instant, exit, partition)
    input(.hypercall, snapshot, number, [looked] + arguments)
    let all = arguments + Array(repeating: 0, count: 6 - arguments.count)
    let hypercall = Hypercall(
      number: UInt64(number), arguments: (all[0], all[1], all[2], all[3], all[4], all[5]), operand: looked)
    core.hypercall(hypercall, snapshot, at: SystemTime(nanoseconds: instant), into: &recorder)
    let decision = core.decision
    if number == HypercallNumber.setUpcallEntry.rawValue, decision.answer?.status == .noError {
      guests[Int(partition.rawValue)].hasEntry = true
    }
    return decision
  }

  private func fault(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) -> Decision {
    let snapshot = enter(at: instant, exit, partition)
    input(.exception, snapshot, 0, [0, 0, 0x40_0300])
    core.exception(
      vector: 0, errorCode: 0, address: 0, exceptionsReturned: 0, snapshot, at: SystemTime(nanoseconds: instant),
      into: &recorder)
    return core.decision
  }
}

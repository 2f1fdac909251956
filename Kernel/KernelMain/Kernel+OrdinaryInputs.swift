import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The two inputs that switch partitions all the time: the one-shot timer out of ring 3, and a partition that gives up
// the rest of its window. The kernel does with them what `takeInput` does, in one piece.
extension Kernel {
  /// Takes the input if it is one of the two, out of the loaded partition and with nothing unusual about it.
  ///
  /// - Returns: false if nothing was done, and `takeInput` has to look at it.
  @inline(__always) mutating func takeOrdinaryInput(from registers: RegisterPage) -> Bool {
    guard pages.foundRoot == running.root, pages.nonMaskableCount == nonMaskableCount else { return false }
    let vector = registers.vector
    if vector == UInt64(LocalTimer.vector) {
      takeTimer(registers)
      return true
    }
    guard vector == 256, registers[general: 0] == UInt64(HypercallNumber.yield.rawValue) else { return false }
    takeYield(registers)
    return true
  }

  @inline(never) private mutating func takeTimer(_ registers: RegisterPage) {
    let nanoseconds = clock.nanoseconds(pages.entryTicks)
    let snapshot = snapshotOfLoaded(registers)
    LocalTimer.endInterrupt()
    var batch = ring.open(at: nanoseconds)
    batch.recordTimer(
      UInt16(LocalTimer.vector), callHead: running.callHead, flags: UInt64(snapshot.flags.rawValue),
      counters: snapshot.counterWord, resumeDelay: snapshot.resumeDelay)
    batch.readTime(clock)
    core.timerOfRunning(snapshot, of: running.caller, at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    ring.close(batch)
  }

  @inline(never) private mutating func takeYield(_ registers: RegisterPage) {
    let nanoseconds = clock.nanoseconds(pages.entryTicks)
    let snapshot = snapshotOfLoaded(registers)
    let yield = UInt64(HypercallNumber.yield.rawValue)
    var batch = ring.open(at: nanoseconds)
    batch.recordCall(
      Hypercall(number: yield, arguments: (0, 0, 0, 0, 0, 0), operand: 0),
      head: (running.callHead | UInt64(snapshot.flags.rawValue) &<< 16) &+ (yield &<< 32 | 3 &<< 24),
      counters: snapshot.counterWord, resumeDelay: snapshot.resumeDelay, 0)
    batch.readTime(clock)
    core.yield(snapshot, of: running.caller, at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    ring.close(batch)
  }

  /// What `snapshot` says where the loaded partition's own page tables were found, and no exception was.
  @inline(__always) private mutating func snapshotOfLoaded(_ registers: RegisterPage) -> EntrySnapshot {
    var snapshot = EntrySnapshot(
      partition: loaded.rawValue, addressSpace: loaded.rawValue,
      resumeDelay: clock.nanoseconds(pages.exitTicks) &- ring.lastTime)
    let shared = running.shared
    snapshot.counterWord = Instruction.load64(shared + SharedPage.upcallsReturned)
    if Instruction.load64(shared + SharedPage.virtualInterruptFlag) & 1 != 0 {
      snapshot.flags.insert(.interruptsEnabled)
      if core.partitions[Int(loaded.rawValue)].upcallEntry != 0 {
        snapshot.flags = snapshot.flags.union(frameFlags(registers, loaded))
      }
    }
    return snapshot
  }
}

import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The short way of an interrupt out of ring 3: it is recorded, marked and acknowledged before anything else, and mostly
// there is nothing else.
extension Kernel {
  /// Records, marks and acknowledges the interrupt of a line.
  ///
  /// - Parameters:
  ///   - context: the kernel, as `run` has published it.
  ///   - entryTicks: the counter at the entry.
  ///   - foundRoot: CR3 at the entry.
  ///   - vector: 32 … 47.
  /// - Returns: 1 if that was all and the interrupted partition can go on; 2 if more is to be decided
  ///   (`RegisterPage.Entry.marked`); 0 if nothing was done and the long way has to be taken.
  @inline(__always)
  public static func markAtOnce(
    _ context: UnsafeMutableRawPointer, _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
  ) -> UInt32 {
    context.assumingMemoryBound(to: Kernel.self).pointee.markAtOnce(entryTicks, foundRoot, vector)
  }

  @inline(__always)
  private mutating func markAtOnce(_ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64) -> UInt32 {
    // Lines 7 and 15 may be spurious; after the stop nothing is marked any more.
    guard let line = InterruptLine(vector: vector), line.rawValue & 7 != 7, foundRoot == running.root.rawValue,
      !core.hasStopped
    else { return 0 }
    // The long way looks at the drainer's tail, which may have made room.
    if ring.isStarved, running.rootForCallsAtOnce == 0 { return 0 }
    let nanoseconds = clock.nanoseconds(entryTicks)
    let registers = running.registers
    let shared = running.shared
    var snapshot = EntrySnapshot(
      partition: loaded.rawValue, addressSpace: loaded.rawValue,
      resumeDelay: clock.nanoseconds(registers.exitTicks) &- ring.lastTime)
    snapshot.counterWord = Instruction.load64(shared + SharedPage.upcallsReturned)
    if Instruction.load64(shared + SharedPage.virtualInterruptFlag) & 1 != 0 {
      snapshot.flags.insert(.interruptsEnabled)
      if core.needsFrame(for: line) { snapshot.flags = snapshot.flags.union(frameFlags(registers, loaded)) }
    }
    ring.recordInterrupt(
      UInt16(truncatingIfNeeded: vector), at: nanoseconds, callHead: running.callHead,
      flags: UInt64(snapshot.flags.rawValue), counters: snapshot.counterWord, resumeDelay: snapshot.resumeDelay)
    core.beginInterrupt(line, snapshot, into: &ring)
    acknowledge(line)
    return core.isQuietAfterMarks(at: nanoseconds) ? 1 : RegisterPage.Entry.marked.rawValue
  }

  /// Decides what follows from an interrupt that was marked at once.
  mutating func concludeInterrupt() {
    core.concludeInterrupt(at: SystemTime(nanoseconds: clock.nanoseconds(pages.entryTicks)), into: &ring)
  }
}

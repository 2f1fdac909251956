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
  ///   - entryTicks: the counter at the entry.
  ///   - foundRoot: CR3 at the entry.
  ///   - vector: 32 … 46, but no line that may be spurious: those go the long way in the switcher.
  /// - Returns: 1 if that was all and the interrupted partition can go on; 2 if more is to be decided
  ///   (`RegisterPage.Entry.marked`); 0 if nothing was done and the long way has to be taken.
  @inline(__always)
  public static func markAtOnce(_ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64) -> UInt32 {
    itself.pointee.markAtOnce(entryTicks, foundRoot, vector)
  }

  @inline(__always)
  private mutating func markAtOnce(_ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64) -> UInt32 {
    // After the stop the root is none.
    guard foundRoot == running.rootForMarksAtOnce else { return 0 }
    guard ring.hasRoomForBatch else { return markBehindLimit(entryTicks, vector) }
    return markInRoom(entryTicks, vector)
  }

  /// The same where the ring has a place to be marked, or is full.
  @inline(never)
  private mutating func markBehindLimit(_ entryTicks: UInt64, _ vector: UInt64) -> UInt32 {
    let hasRoom = ring.makeRoom()
    // The long way looks at the drainer's tail, which may have made room; nobody else has 0 there.
    guard hasRoom || running.rootForCallsAtOnce != 0 else { return 0 }
    let diversion = hasRoom ? nil : ring.divert()
    let isMarked = markInRoom(entryTicks, vector)
    if let diversion { ring.end(diversion) }
    return isMarked
  }

  @inline(__always)
  private mutating func markInRoom(_ entryTicks: UInt64, _ vector: UInt64) -> UInt32 {
    // As the switcher promises, below 16.
    let line = InterruptLine(UInt8(truncatingIfNeeded: vector &- 32))
    let nanoseconds = clock.nanoseconds(entryTicks)
    let registers = running.registers
    let shared = running.shared
    let resumeDelay = clock.nanoseconds(pages.exitTicks) &- ring.lastTime
    let counters = Instruction.load64(shared + SharedPage.upcallsReturned)
    // Bit 0 of the flag is `interruptsEnabled`.
    var flags = EntrySnapshot.Flags(
      rawValue: UInt8(truncatingIfNeeded: Instruction.load64(shared + SharedPage.virtualInterruptFlag)) & 1)
    if flags.rawValue != 0, core.needsFrame(for: line, at: nanoseconds) {
      flags = flags.union(frameFlags(registers, loaded))
    }
    var batch = ring.openInRoom(at: nanoseconds)
    batch.recordInterrupt(
      vector, head: running.interruptHead, flags: UInt64(flags.rawValue), counters: counters, resumeDelay: resumeDelay)
    let marks = batch.place
    core.beginInterrupt(
      line, flags, upcallsReturned: UInt16(truncatingIfNeeded: counters), of: running.caller, into: &batch)
    let inService = Self.acknowledge(line, quieting: realTimeClockLines)
    let marksEnd = batch.place
    batch.readTime(ring.clock)
    batch.record(
      .acknowledged, partition: .none, detail: 0, operand: UInt32(truncatingIfNeeded: vector), UInt64(inService))
    batch.retime(from: marks, to: marksEnd)
    let entry = ring.closeInRoom(batch)
    return core.isQuietAfterMarks(at: entry, of: running.caller) ? 1 : RegisterPage.Entry.marked.rawValue
  }

  /// Decides what follows from an interrupt that was marked at once.
  mutating func concludeInterrupt() {
    let nanoseconds = clock.nanoseconds(pages.entryTicks)
    var batch = ring.open(at: nanoseconds)
    batch.readTime(clock)
    core.concludeInterrupt(at: SystemTime(nanoseconds: nanoseconds), into: &batch)
    ring.close(batch)
  }
}

import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// The short way through the kernel: hypercalls that are answered and nothing else, which is nearly all of them. The
// switcher saves no more than the registers that compiled code may change, calls this, and goes back.
extension Kernel {
  /// Serves the hypercall in the loaded partition's register page, if it is one that needs nothing but an answer just
  /// now.
  ///
  /// - Parameters:
  ///   - context: the kernel, as `run` has published it.
  ///   - entryTicks: the counter at the entry.
  ///   - foundRoot: CR3 at the entry.
  /// - Returns: 1 if it was served and the caller can go on; 0 if nothing was done and the long way has to be taken.
  @inline(__always)
  public static func serveAtOnce(_ context: UnsafeMutableRawPointer, _ entryTicks: UInt64, _ foundRoot: UInt64) -> UInt32
  {
    context.assumingMemoryBound(to: Kernel.self).pointee.serveAtOnce(entryTicks, foundRoot) ? 1 : 0
  }

  @inline(__always)
  private mutating func serveAtOnce(_ entryTicks: UInt64, _ foundRoot: UInt64) -> Bool {
    let nanoseconds = clock.nanoseconds(entryTicks)
    guard nanoseconds < core.quietUntilNanoseconds, foundRoot == running.rootForCallsAtOnce else { return false }
    let registers = running.registers
    let selector = registers[general: 0]
    guard selector < 128, let number = HypercallNumber(rawValue: UInt16(truncatingIfNeeded: selector)),
      PartitionCore<Marking>.isServedAtOnce(number)
    else { return false }
    let shared = running.shared
    let counts = Instruction.load64(shared + SharedPage.flips)
    let returned = Instruction.load32(shared + SharedPage.upcallsReturned) & 0xFFFF
    guard returned == UInt32(core.partitions[Int(loaded.rawValue)].upcallsReturned) else { return false }
    var flags = EntrySnapshot.Flags()
    if Instruction.load64(shared + SharedPage.virtualInterruptFlag) != 0 { flags.insert(.interruptsEnabled) }

    let exit = clock.nanoseconds(registers.exitTicks &+ RegisterPage.exitLatencyTicks)
    let count = number.argumentCount
    let call = Hypercall(
      number: selector, arguments: (registers[general: 5], registers[general: 4], registers[general: 3], 0, 0, 0),
      operand: 0)
    ring.recordCall(
      number.rawValue, of: loaded, flags: flags, at: nanoseconds,
      counters: counts &<< 32 | (counts &>> 32 & 0xFFFF) &<< 16 | UInt64(returned), resumeDelay: exit &- ring.lastTime,
      call.arguments.0, call.arguments.1, call.arguments.2, count)
    let answer = core.hypercallAtOnce(
      number, call, flags: flags, at: SystemTime(nanoseconds: nanoseconds), into: &ring)
    registers[general: 0] = UInt64(answer.status.rawValue)
    registers[general: 3] = answer.value
    if answer.effect != .none { carryOut(answer.effect, for: loaded, registers) }
    return true
  }
}

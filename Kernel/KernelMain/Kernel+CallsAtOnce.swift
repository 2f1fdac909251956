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
  public static func serveAtOnce(_ context: UnsafeMutableRawPointer, _ entryTicks: UInt64, _ foundRoot: UInt64)
    -> UInt32
  {
    context.assumingMemoryBound(to: Kernel.self).pointee.serveAtOnce(entryTicks, foundRoot) ? 1 : 0
  }

  @inline(__always)
  private mutating func serveAtOnce(_ entryTicks: UInt64, _ foundRoot: UInt64) -> Bool {
    let nanoseconds = clock.nanoseconds(entryTicks)
    guard nanoseconds < core.quietUntilNanoseconds, foundRoot == running.rootForCallsAtOnce else { return false }
    let registers = running.registers
    let number = registers[general: 0]
    // The two shortest ones before the jump table of the others.
    if number == UInt64(HypercallNumber.null.rawValue) {
      guard recordAtOnce(.null, at: nanoseconds, registers, argumentCount: 0) else { return false }
      return answerAtOnce(.null, value: 0, registers)
    }
    if number == UInt64(HypercallNumber.readTime.rawValue) {
      guard recordAtOnce(.readTime, at: nanoseconds, registers, argumentCount: 0) else { return false }
      return answerAtOnce(.readTime, value: nanoseconds, registers)
    }
    switch number {
    case UInt64(HypercallNumber.note.rawValue):
      guard recordAtOnce(.note, at: nanoseconds, registers, argumentCount: 2) else { return false }
      return answerAtOnce(.note, value: 0, registers)
    case UInt64(HypercallNumber.writeSamplingMessage.rawValue): return writeAtOnce(at: nanoseconds, registers)
    case UInt64(HypercallNumber.readSamplingMessage.rawValue): return readAtOnce(at: nanoseconds, registers)
    case UInt64(HypercallNumber.sendQueuingMessage.rawValue): return sendAtOnce(at: nanoseconds, registers)
    case UInt64(HypercallNumber.receiveQueuingMessage.rawValue): return receiveAtOnce(at: nanoseconds, registers)
    default: return false
    }
  }

  /// Takes the snapshot and records the call as an input, unless it is one for the long way.
  @inline(__always)
  mutating func recordAtOnce(
    _ number: HypercallNumber, at nanoseconds: UInt64, _ registers: RegisterPage, argumentCount: Int
  ) -> Bool {
    let shared = running.shared
    let counters = Instruction.load64(shared + SharedPage.upcallsReturned)
    // Bit 0 of the flag is `interruptsEnabled`.
    let flags = Instruction.load64(shared + SharedPage.virtualInterruptFlag) & 1
    guard
      core.learnAtOnce(
        EntrySnapshot.Flags(rawValue: UInt8(truncatingIfNeeded: flags)),
        upcallsReturned: UInt16(truncatingIfNeeded: counters))
    else { return false }
    ring.recordCall(
      number.rawValue, head: running.callHead | flags &<< 16, at: nanoseconds, counters: counters,
      resumeDelay: clock.nanoseconds(registers.exitTicks) &- ring.lastTime, registers, argumentCount)
    return true
  }

  @inline(__always)
  private mutating func answerAtOnce(_ number: HypercallNumber, value: UInt64, _ registers: RegisterPage) -> Bool {
    core.answerAtOnce(number, value: value, into: &ring)
    registers[general: 0] = UInt64(ReturnCode.noError.rawValue)
    registers[general: 3] = value
    return true
  }

  @inline(never)
  private mutating func writeAtOnce(at nanoseconds: UInt64, _ registers: RegisterPage) -> Bool {
    guard recordAtOnce(.writeSamplingMessage, at: nanoseconds, registers, argumentCount: 3) else { return false }
    let address = registers[general: 4]
    let answer = core.sampleAtOnce(
      isWrite: true, port: registers[general: 5], address: address, byteCount: registers[general: 3],
      at: SystemTime(nanoseconds: nanoseconds), into: &ring)
    registers[general: 0] = UInt64(answer.status.rawValue)
    registers[general: 3] = answer.value
    if answer.port >= 0 {
      takeMessage(
        .write, from: loaded, port: answer.port, channel: answer.channel, slot: 0, address, answer.byteCount)
    }
    return true
  }

  @inline(never)
  private mutating func readAtOnce(at nanoseconds: UInt64, _ registers: RegisterPage) -> Bool {
    guard recordAtOnce(.readSamplingMessage, at: nanoseconds, registers, argumentCount: 3) else { return false }
    let address = registers[general: 4]
    let answer = core.sampleAtOnce(
      isWrite: false, port: registers[general: 5], address: address, byteCount: registers[general: 3],
      at: SystemTime(nanoseconds: nanoseconds), into: &ring)
    registers[general: 0] = UInt64(answer.status.rawValue)
    registers[general: 3] = answer.value
    if answer.port >= 0 {
      giveMessage(
        .read, to: loaded, port: answer.port, channel: answer.channel, slot: 0, address, answer.byteCount)
    }
    return true
  }
}

import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

// Exceptions that go to the partition's own handler, in the very entry that they caused: one world switch there and
// back (lineage rows L4, L5).
extension Kernel {
  /// Lays the interrupted context with the exception's cause on its partition's stack, and turns the partition to its
  /// trampoline. The partition need not be the successor: its window may have ended with this entry.
  ///
  /// The two return words of an upcall are the trampoline's to make: they may lie where the cause stands.
  mutating func write(_ exception: ExceptionDecision) {
    let index = Int(exception.partition.rawValue)
    let registers = RegisterPage(contexts[index].registers)
    let shared = contexts[index].shared.pointer
    let address = Self.newFrame(below: registers.stackPointer)
    guard let frame = memory(of: exception.partition, at: address) else { preconditionFailure() }
    for general in 0..<15 { Instruction.store64(registers[general: general], to: frame + general * 8) }
    let returnFrame = frame + Int(UpcallFrame.returnFrame)
    Instruction.store64(registers.instructionPointer, to: returnFrame)
    Instruction.store64(registers.codeSelector, to: returnFrame + 8)
    Instruction.store64(registers.flags, to: returnFrame + 16)
    Instruction.store64(registers.stackPointer, to: returnFrame + 24)
    Instruction.store64(registers.stackSelector, to: returnFrame + 32)
    Instruction.store64(
      registers.stackPointer &- UpcallFrame.returnWordsDepth, to: frame + Int(UpcallFrame.returnStack))
    Instruction.store64(exception.errorCode, to: frame + Int(UpcallFrame.errorCode))
    Instruction.store64(exception.address, to: frame + Int(UpcallFrame.faultAddress))
    Instruction.store64(
      UInt64(exception.vector) | (exception.interruptsWereEnabled ? UpcallFrame.interruptsWereEnabled : 0),
      to: frame + Int(UpcallFrame.cause))
    registers.stackPointer = address
    registers.instructionPointer = exception.entry
    registers.flags = 0x202
    registers[general: 5] = UInt64(exception.vector)  // rdi
    registers[general: 4] = exception.errorCode  // rsi
    registers[general: 3] = exception.handler  // rdx
    registers[general: 2] = exception.address  // rcx
    Instruction.store64(0, to: shared + SharedPage.virtualInterruptFlag)
    ring.record(
      .exceptionWritten, partition: exception.partition, detail: 0, operand: UInt32(exception.vector), address,
      registers.instructionPointer, Instruction.load64(shared + SharedPage.virtualInterruptFlag))
  }

  /// A protection fault's error code, with the gate n that an `int` instruction has named in it as the manual says:
  /// n << 3 | 2.
  ///
  /// QEMU 7.2 writes n << 4 | 2 (`do_interrupt64`), so the number is read from the instruction, which nobody can change
  /// meanwhile: executable memory is not writable.
  mutating func protectionCode(_ registers: RegisterPage, of partition: PartitionIndex) -> UInt64 {
    let code = registers.errorCode
    guard code & 2 != 0 else { return code }
    let at = registers.instructionPointer
    guard core.allows(.execute, partition, at, 2), let bytes = memory(of: partition, at: at),
      bytes.load(as: UInt8.self) == 0xCD
    else { return protectionCodeOfOthers(at, of: partition) }
    return UInt64(bytes.load(fromByteOffset: 1, as: UInt8.self)) &<< 3 | 2
  }

  /// The same of a breakpoint's short form, and of instructions with prefixes. Where no gate is found the code names
  /// none, rather than a wrong one.
  @inline(never)
  private mutating func protectionCodeOfOthers(_ at: UInt64, of partition: PartitionIndex) -> UInt64 {
    let bytes = code(of: partition, at: at, byteCount: GateInstruction.maximumByteCount)
    guard let gate = bytes.flatMap(GateInstruction.gate) else { return 0 }
    return UInt64(gate) &<< 3 | 2
  }

  /// What `raiseApplicationError` tells the core of the caller's error handler.
  mutating func handlerState(of caller: PartitionIndex, _ registers: RegisterPage) -> UInt64 {
    let shared = contexts[Int(caller.rawValue)].shared.pointer
    let frame = Self.newFrame(below: registers.stackPointer)
    let fits = core.allows(.write, caller, frame, registers.stackPointer &- frame)
    return UInt64(Instruction.load32(shared + SharedPage.exceptionsReturned)) | (fits ? 1 &<< 32 : 0)
  }
}

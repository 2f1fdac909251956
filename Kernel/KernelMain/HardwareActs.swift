import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore

/// The acts by which the kernel carries out decisions, each with the reading back that becomes an observation.
///
/// The default implementations are the shipping ones. A planted bug overrides one of them in a type of its own, which
/// is injected generically and is in no shipping image.
public protocol HardwareActs {
  /// Tells the controllers that the line's service is over.
  static func endInterrupt(_ line: InterruptLine)
  /// The page tables to load for `partition`.
  static func root(of partition: PartitionIndex, in roots: (PartitionIndex) -> PhysicalAddress) -> PhysicalAddress
  /// Turns the partition's registers to the upcall entry, with the interrupted context in the frame at `frame`.
  static func enterUpcall(
    _ upcall: UpcallDecision, registers: RegisterPage, frame: UInt64, frameMemory: UnsafeMutableRawPointer,
    shared: UnsafeMutableRawPointer)
}

extension HardwareActs {
  /// Sends the specific end of interrupt, for a line of the second controller to both.
  @inline(__always) public static func endInterrupt(_ line: InterruptLine) {
    InterruptControllers.endInterrupt(line)
  }

  /// The partition's own tables.
  @inline(__always)
  public static func root(
    of partition: PartitionIndex, in roots: (PartitionIndex) -> PhysicalAddress
  ) -> PhysicalAddress { roots(partition) }

  /// Lays the frame, but for one that is used again, with the return words below the red zone; sets the registers
  /// that the trampoline expects, and switches the virtual interrupt flag off (`UpcallFrame`).
  @inline(__always)
  public static func enterUpcall(
    _ upcall: UpcallDecision, registers: RegisterPage, frame: UInt64, frameMemory: UnsafeMutableRawPointer,
    shared: UnsafeMutableRawPointer
  ) {
    if !upcall.reusesFrame {
      for index in 0..<15 { Instruction.store64(registers[general: index], to: frameMemory + index * 8) }
      let returnFrame = frameMemory + Int(UpcallFrame.returnFrame)
      Instruction.store64(registers.instructionPointer, to: returnFrame)
      Instruction.store64(registers.codeSelector, to: returnFrame + 8)
      Instruction.store64(registers.flags, to: returnFrame + 16)
      Instruction.store64(registers.stackPointer, to: returnFrame + 24)
      Instruction.store64(registers.stackSelector, to: returnFrame + 32)
      // For the user-space return: flags and instruction pointer just below the red zone, within what was checked.
      let returnStack = registers.stackPointer &- UpcallFrame.returnWordsDepth
      Instruction.store64(returnStack, to: frameMemory + Int(UpcallFrame.returnStack))
      let returnWords = frameMemory + Int(returnStack &- frame)
      Instruction.store64(registers.flags, to: returnWords)
      Instruction.store64(registers.instructionPointer, to: returnWords + 8)
    }
    registers.stackPointer = frame
    registers.instructionPointer = upcall.entry
    registers.flags = 0x202
    registers[general: 5] = UInt64(upcall.vector)  // rdi
    registers[general: 4] = upcall.markCount  // rsi
    registers[general: 3] = upcall.handler  // rdx
    registers[general: 2] = upcall.ordinal  // rcx
    Instruction.store64(0, to: shared + SharedPage.virtualInterruptFlag)
  }
}

/// The acts as they ship.
public enum FaithfulActs: HardwareActs {}

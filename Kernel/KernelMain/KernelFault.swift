import ArchX86

/// Where the switcher goes when an exception comes out of the kernel itself: an invariant is broken.
///
/// Nothing is repaired. The message names the vector and the instruction, and QEMU ends with status 3; what the drainer
/// has written stands as a trace without its end. Where the kernel's stack is full a double fault leads here: there is
/// no memory for what is pushed, nor for the page fault's own frame.
///
/// - Parameter frame: 15 words, vector, error code, rip.
@_cdecl("partita_kernel_fault")
public func kernelFault(_ frame: UnsafeRawPointer) {
  SerialConsole.takeBack()
  SerialConsole.print("\npartita: kernel fault, vector ")
  let vector = frame.load(fromByteOffset: 120, as: UInt64.self)
  SerialConsole.print(hexadecimal: vector)
  SerialConsole.print(" error ")
  SerialConsole.print(hexadecimal: frame.load(fromByteOffset: 128, as: UInt64.self))
  SerialConsole.print(" at ")
  SerialConsole.print(hexadecimal: frame.load(fromByteOffset: 136, as: UInt64.self))
  SerialConsole.print(" address ")
  SerialConsole.print(hexadecimal: Instruction.faultAddress)
  if vector == 8, KernelImage.isBelowStack(Instruction.faultAddress) {
    SerialConsole.print(": the kernel's stack is full")
  }
  SerialConsole.print("\n")
  Instruction.exitEmulator(1)
}

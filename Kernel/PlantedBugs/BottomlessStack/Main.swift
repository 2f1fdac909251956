import APEXTypes
import ArchX86
import KernelMain
import PartitionCore

/// A planted bug in acting: the end of the fifth interrupt never comes to an end itself, and the stack fills up.
enum BottomlessStack: HardwareActs {
  static func endInterrupt(_ line: InterruptLine) {
    InterruptControllers.endInterrupt(line)
    ended += 1
    if ended == 5 { descend(from: 0) }
  }

  // Unsafe: one flow of control.
  nonisolated(unsafe) private static var ended = 0

  /// Each call lays down a word of its own, and a load from it keeps the compiler from making a loop of it.
  @inline(never) private static func descend(from depth: UInt64) {
    var here = depth
    withUnsafeMutablePointer(to: &here) { Instruction.store64(depth, to: $0) }
    descend(from: here &+ 1)
    withUnsafeMutablePointer(to: &here) { Instruction.store64(depth, to: $0) }
  }
}

/// A kernel that runs over its stack. It must stop before it writes what lies below.
@_cdecl("kernel_bottomless_stack_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, BottomlessStack>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, BottomlessStack>.serveAtOnce(foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<OwnersMarked, BottomlessStack>.markAtOnce(entryTicks, foundRoot, vector)
}

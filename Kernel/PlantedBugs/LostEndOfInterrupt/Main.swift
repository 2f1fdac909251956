import APEXTypes
import ArchX86
import KernelMain
import PartitionCore

/// A planted bug in acting: the second controller never hears of the end of an interrupt.
enum LostEndOfInterrupt: HardwareActs {
  static func endInterrupt(_ line: InterruptLine) {
    // The first controller's line 2 is ended, the second controller's own line is not.
    InterruptControllers.endInterrupt(line.rawValue >= 8 ? InterruptLine(2) : line)
  }
}

/// A kernel that loses the end of interrupt of lines 8 … 15. `partita replay` must name it.
@_cdecl("kernel_lost_end_of_interrupt_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, LostEndOfInterrupt>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, LostEndOfInterrupt>.serveAtOnce(foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<OwnersMarked, LostEndOfInterrupt>.markAtOnce(entryTicks, foundRoot, vector)
}

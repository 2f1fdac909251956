import APEXTypes
import ArchX86
import KernelMain
import ModuleConfiguration
import PartitionCore

/// A planted bug in acting: every upcall with the ordinal 5 is decided and not carried out.
enum DroppedUpcall: HardwareActs {
  static func enterUpcall(
    _ upcall: UpcallDecision, registers: RegisterPage, frame: UInt64, frameMemory: UnsafeMutableRawPointer,
    shared: UnsafeMutableRawPointer
  ) {
    guard upcall.ordinal != 5 else { return }
    FaithfulActs.enterUpcall(upcall, registers: registers, frame: frame, frameMemory: frameMemory, shared: shared)
  }
}

/// A kernel that drops an upcall. `partita replay` must name it.
@_cdecl("kernel_dropped_upcall_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, DroppedUpcall>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, DroppedUpcall>.serveAtOnce(foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<OwnersMarked, DroppedUpcall>.markAtOnce(entryTicks, foundRoot, vector)
}

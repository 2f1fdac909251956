import APEXTypes
import ArchX86
import KernelMain
import ModuleConfiguration
import PartitionCore

/// A planted bug in acting: partition 3 runs in the address space of partition 2.
enum WrongAddressSpace: HardwareActs {
  static func root(
    of partition: PartitionIndex, in roots: (PartitionIndex) -> PhysicalAddress
  ) -> PhysicalAddress { roots(partition.rawValue == 3 ? PartitionIndex(2) : partition) }
}

/// A kernel that loads a wrong address space. `partita replay` must name it.
@_cdecl("kernel_wrong_address_space_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, WrongAddressSpace>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, WrongAddressSpace>.serveAtOnce(foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<OwnersMarked, WrongAddressSpace>.markAtOnce(entryTicks, foundRoot, vector)
}

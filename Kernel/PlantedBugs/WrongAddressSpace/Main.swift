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

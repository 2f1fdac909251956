import KernelMain
import PartitionCore

/// The kernel as it ships.
@_cdecl("partita_kernel_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, FaithfulActs>.run(startInformation: startInformation)
}

import KernelMain
import MixedIndices

/// A kernel whose marking loop mixes its indices. `partita verify` must name it.
@_cdecl("kernel_mixed_indices_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<MixedIndices, FaithfulActs>.run(startInformation: startInformation)
}

import KernelMain
import MixedIndices

/// A kernel whose marking loop mixes its indices. `partita verify` must name it.
@_cdecl("kernel_mixed_indices_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<MixedIndices, FaithfulActs>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<MixedIndices, FaithfulActs>.serveAtOnce(foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<MixedIndices, FaithfulActs>.markAtOnce(entryTicks, foundRoot, vector)
}

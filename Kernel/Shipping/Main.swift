import KernelMain
import ModuleConfiguration
import PartitionCore

/// The kernel as it ships.
@_cdecl("partita_kernel_main")
public func kernelMain(_ startInformation: UInt64) {
  Boot<OwnersMarked, FaithfulActs>.run(startInformation: startInformation)
}

/// The switcher's way to hypercalls that are served at once: here, where the types are known. With scalars only,
/// Swift's calling convention is C's, so the entry needs no thunk.
@_silgen_name("partita_serve_at_once")
public func serveAtOnce(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(foundRoot, entryTicks)
}

// The same for the calls that come most, each with a function of its own (`partita_calls_at_once` in switcher.S).

/// Hypercall 73, `null`; returns 1 where it was served, 0 where the long way has to be taken.
@_silgen_name("partita_serve_null")
public func serveNull(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.null, foundRoot, entryTicks)
}

/// Hypercall 66, `readTime`; likewise.
@_silgen_name("partita_serve_read_time")
public func serveReadTime(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.readTime, foundRoot, entryTicks)
}

/// Hypercall 71, `note`; likewise.
@_silgen_name("partita_serve_note")
public func serveNote(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.note, foundRoot, entryTicks)
}

/// Hypercall 69, `writeSamplingMessage`; likewise.
@_silgen_name("partita_serve_sampling_write")
public func serveSamplingWrite(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.writeSamplingMessage, foundRoot, entryTicks)
}

/// Hypercall 70, `readSamplingMessage`; likewise.
@_silgen_name("partita_serve_sampling_read")
public func serveSamplingRead(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.readSamplingMessage, foundRoot, entryTicks)
}

/// Hypercall 88, `sendQueuingMessage`; likewise.
@_silgen_name("partita_serve_queuing_send")
public func serveQueuingSend(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.sendQueuingMessage, foundRoot, entryTicks)
}

/// Hypercall 89, `receiveQueuingMessage`; likewise.
@_silgen_name("partita_serve_queuing_receive")
public func serveQueuingReceive(_ foundRoot: UInt64, _ entryTicks: UInt64) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.serveAtOnce(.receiveQueuingMessage, foundRoot, entryTicks)
}

/// The switcher's way to interrupts that are marked at once.
@_silgen_name("partita_mark_at_once")
public func markAtOnce(
  _ entryTicks: UInt64, _ foundRoot: UInt64, _ vector: UInt64
) -> UInt32 {
  Kernel<OwnersMarked, FaithfulActs>.markAtOnce(entryTicks, foundRoot, vector)
}

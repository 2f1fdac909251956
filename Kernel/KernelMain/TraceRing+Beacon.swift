import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore

extension TraceRing {
  /// Completes a beacon by where this ring keeps its own state, and writes it into the control page.
  ///
  /// - Precondition: the ring is where it stays.
  mutating func write(_ partial: RingBeacon) {
    var beacon = partial
    beacon.page = UInt64(UInt(bitPattern: control))
    beacon.kernelRing = KernelImage.ring
    // The kernel's memory is mapped at its physical addresses.
    withUnsafePointer(to: &next) { beacon.next = UInt64(UInt(bitPattern: $0)) }
    withUnsafePointer(to: &wordsBefore) { beacon.wordsBefore = UInt64(UInt(bitPattern: $0)) }
    withUnsafePointer(to: &events) { beacon.events = UInt64(UInt(bitPattern: $0)) }
    withUnsafePointer(to: &unreportedLoss) { beacon.unreportedLoss = UInt64(UInt(bitPattern: $0)) }
    beacon.write { Instruction.store64($1, to: control + RingControl.beacon + $0 * 8) }
  }
}

extension Kernel {
  /// Lets a reader of the machine's memory find the trace ring, whatever becomes of the kernel.
  ///
  /// - Precondition: the kernel is where it stays.
  mutating func writeBeacon(ring address: PhysicalAddress, byteCount: UInt64) {
    var beacon = RingBeacon()
    beacon.ring = address.rawValue
    beacon.ringBytes = byteCount
    beacon.moduleTable = UInt64(UInt(bitPattern: table.bytes.baseAddress))
    beacon.moduleTableBytes = UInt64(table.byteCount)
    let drainer = core.drainer
    if !drainer.isNone { beacon.drainerPage = contexts[Int(drainer.rawValue)].shared.rawValue }
    beacon.kernelIdentity = Processor.kernelBuildIdentity
    ring.write(beacon)
  }
}

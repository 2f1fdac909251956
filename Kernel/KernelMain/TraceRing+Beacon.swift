import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore

extension TraceRing {
  /// Completes a beacon by where this ring keeps its own state, and writes it into the control page.
  ///
  /// - Parameter home: where the memory is that the kernel has mapped for its state, this ring's in it.
  /// - Precondition: the ring is where it stays.
  mutating func write(_ partial: RingBeacon, home: PhysicalAddress) {
    func physical(_ address: UnsafePointer<some Any>) -> UInt64 {
      UInt64(UInt(bitPattern: address)) &- KernelImage.state &+ home.rawValue
    }
    var beacon = partial
    beacon.page = UInt64(UInt(bitPattern: control))
    beacon.kernelRing = KernelImage.ring
    withUnsafePointer(to: &next) { beacon.next = physical($0) }
    withUnsafePointer(to: &wordsBefore) { beacon.wordsBefore = physical($0) }
    withUnsafePointer(to: &events) { beacon.events = physical($0) }
    withUnsafePointer(to: &unreportedLoss) { beacon.unreportedLoss = physical($0) }
    beacon.write { Instruction.store64($1, to: control + RingControl.beacon + $0 * 8) }
  }
}

extension Kernel {
  /// Lets a reader of the machine's memory find the trace ring, whatever becomes of the kernel.
  ///
  /// - Parameters:
  ///   - address: of the ring.
  ///   - byteCount: its size.
  ///   - home: where the memory is that is mapped for the kernel's state.
  /// - Precondition: the kernel is where it stays.
  mutating func writeBeacon(ring address: PhysicalAddress, byteCount: UInt64, home: PhysicalAddress) {
    var beacon = RingBeacon()
    beacon.ring = address.rawValue
    beacon.ringBytes = byteCount
    beacon.moduleTable = UInt64(UInt(bitPattern: table.bytes.baseAddress))
    beacon.moduleTableBytes = UInt64(table.byteCount)
    let drainer = core.drainer
    if !drainer.isNone { beacon.drainerPage = contexts[Int(drainer.rawValue)].shared.rawValue }
    beacon.kernelIdentity = Processor.kernelBuildIdentity
    ring.write(beacon, home: home)
  }
}

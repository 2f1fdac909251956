import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// The partition's interrupts: masked and unmasked in a shared page without kernel entry, bound to handlers by
/// hypercall.
public enum VirtualInterrupts {
  /// Called in the partition's own context with the line's vector and the number of marks that this upcall stands for.
  ///
  /// Interrupts are masked when it begins. It should quiet the device, then `acknowledge` the interrupt. It may
  /// `enable` interrupts and be interrupted by others in turn, as deep as the module allows.
  public typealias Handler = @convention(c) (_ vector: UInt64, _ marks: UInt64) -> Void

  /// Whether upcalls are taken now.
  @inlinable public static var areEnabled: Bool { SharedPageView.word(SharedPage.virtualInterruptFlag) != 0 }

  /// Takes upcalls from now on, those first that came while they were masked.
  @inlinable public static func enable() { partita_interrupts_enable() }

  /// Takes no upcalls from now on; what comes meanwhile is kept.
  ///
  /// - Returns: whether they were taken before.
  @inlinable @discardableResult
  public static func disable() -> Bool { partita_interrupts_disable() != 0 }

  /// Binds `handler` to a device line and makes the line ready. Nothing is delivered until `enable`.
  public static func register(line: InterruptLine, handler: Handler) throws(ReturnCode) {
    try register(VirtualInterrupt(line), handler: handler)
  }

  /// Binds `handler` to an interrupt and makes it ready. Nothing is delivered until `enable`.
  ///
  /// The upcall entry itself was published when the partition started. The ready flag comes last, so that no mark is
  /// delivered to an interrupt that is registered by half.
  /// - Throws: what the kernel says, `invalidConfiguration` where the module does not permit the interrupt.
  public static func register(_ interrupt: VirtualInterrupt, handler: Handler) throws(ReturnCode) {
    let vector = UInt64(interrupt.vector)
    let address = FunctionAddress.of(handler)
    try Hypercall.call(.registerVCPU, vector)
    try Hypercall.call(.registerHandler, vector, UInt64(address))
    try Hypercall.call(.enableInterrupt, vector)
  }

  /// Undoes `register`, in the opposite order.
  public static func unregister(line: InterruptLine) throws(ReturnCode) { try unregister(VirtualInterrupt(line)) }

  /// Undoes `register`, in the opposite order; marks that wait are forgotten.
  public static func unregister(_ interrupt: VirtualInterrupt) throws(ReturnCode) {
    let vector = UInt64(interrupt.vector)
    try Hypercall.call(.disableInterrupt, vector)
    try Hypercall.call(.unregisterHandler, vector)
    try Hypercall.call(.unregisterVCPU, vector)
  }

  /// Holds an interrupt's marks back, this one's only (`unmask` takes them again); the flag in the shared page holds
  /// all.
  @inlinable public static func mask(_ interrupt: VirtualInterrupt) throws(ReturnCode) {
    try Hypercall.call(.disableInterrupt, UInt64(interrupt.vector))
  }

  /// Takes an interrupt's marks again, those first that waited.
  @inlinable public static func unmask(_ interrupt: VirtualInterrupt) throws(ReturnCode) {
    try Hypercall.call(.enableInterrupt, UInt64(interrupt.vector))
  }

  /// Ends the service of a line within its handler; answers how many marks the upcall had coalesced, 0 on refusal.
  @inlinable @discardableResult
  public static func acknowledge(vector: UInt64) -> UInt64 {
    (try? Hypercall.call(.acknowledgeInterrupt, vector)) ?? 0
  }
}

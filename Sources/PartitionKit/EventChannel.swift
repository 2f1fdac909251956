import APEXTypes
import ModuleConfiguration

/// A channel by which one partition interrupts another, as the module configures it.
public struct EventChannel: Equatable, Sendable {
  /// The integrator's identifier.
  public var identifier: UInt64

  /// The channel with this identifier, whether the module has it or not: the services find out.
  @inlinable public init(identifier: UInt64) { self.identifier = identifier }

  /// Marks the destination; it gets its upcall in its window, or at once where it is the caller itself.
  ///
  /// - Throws: `noAction` where the destination has not bound its end or has stopped, `invalidConfiguration` where the
  ///   caller is not the source, `invalidParameter` where the module has no such channel.
  @inlinable public func raise() throws(ReturnCode) { try Hypercall.call(.raiseEvent, identifier) }

  /// Binds `handler` to the caller's end of the channel and makes it ready.
  ///
  /// - Returns: the interrupt that events of the channel are.
  /// - Throws: `noAction` where it is bound already, `invalidConfiguration` where the caller is not the destination.
  @discardableResult
  public func bind(handler: VirtualInterrupts.Handler) throws(ReturnCode) -> VirtualInterrupt {
    let vector = try Hypercall.call(.bindEvent, identifier)
    let address = FunctionAddress.of(handler)
    try Hypercall.call(.registerHandler, vector, UInt64(address))
    try Hypercall.call(.enableInterrupt, vector)
    guard let interrupt = VirtualInterrupt(vector: vector) else { throw .invalidConfiguration }
    return interrupt
  }
}

import APEXTypes

/// A hypercall as the kernel hands it over.
public struct Hypercall {
  /// The caller's `rax`, which may be no `HypercallNumber`.
  public var number: UInt64
  /// `rdi rsi rdx r10 r8 r9`; those beyond the service's own are 0.
  public var arguments: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)
  /// What the kernel looked up beforehand (`EventKind.hypercall`, word 2).
  public var operand: UInt64

  /// A call as it was recorded, or is about to be.
  @inlinable public init(
    number: UInt64, arguments: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64), operand: UInt64
  ) {
    self.number = number
    self.arguments = arguments
    self.operand = operand
  }
}

/// What a service answers: status and value for the registers, and what else is to be done.
struct Answer {
  var status: ReturnCode
  var value: UInt64
  var effect: HypercallEffect

  init(_ status: ReturnCode, value: UInt64 = 0, effect: HypercallEffect = .none) {
    self.status = status
    self.value = value
    self.effect = effect
  }
}

import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// The kernel's services as they are called: numbers in, a value or a `ReturnCode` out.
///
/// The types beside this one (`SamplingPort`, `VirtualInterrupts`, `Console` …) are what a partition normally uses.
public enum Hypercall {
  /// Turns the kernel's answer into a value, or throws its status.
  ///
  /// A status outside `ReturnCode` cannot come from the kernel of the same ABI; it is reported as
  /// `invalidConfiguration`.
  @inlinable static func value(of answer: partita_answer) throws(ReturnCode) -> UInt64 {
    if answer.status == 0 { return answer.value }
    guard let code = ReturnCode(rawValue: UInt8(truncatingIfNeeded: answer.status)) else {
      throw .invalidConfiguration
    }
    throw code
  }

  /// Calls a service without arguments.
  @inlinable @discardableResult
  public static func call(_ number: HypercallNumber) throws(ReturnCode) -> UInt64 {
    try value(of: partita_hypercall0(UInt64(number.rawValue)))
  }

  /// Calls a service with one argument.
  @inlinable @discardableResult
  public static func call(_ number: HypercallNumber, _ a: UInt64) throws(ReturnCode) -> UInt64 {
    try value(of: partita_hypercall1(UInt64(number.rawValue), a))
  }

  /// Calls a service with two arguments.
  @inlinable @discardableResult
  public static func call(_ number: HypercallNumber, _ a: UInt64, _ b: UInt64) throws(ReturnCode) -> UInt64 {
    try value(of: partita_hypercall2(UInt64(number.rawValue), a, b))
  }

  /// Calls a service with three arguments.
  @inlinable @discardableResult
  public static func call(
    _ number: HypercallNumber, _ a: UInt64, _ b: UInt64, _ c: UInt64
  ) throws(ReturnCode) -> UInt64 {
    try value(of: partita_hypercall3(UInt64(number.rawValue), a, b, c))
  }

  /// Calls a service with four arguments.
  @inlinable @discardableResult
  public static func call(
    _ number: HypercallNumber, _ a: UInt64, _ b: UInt64, _ c: UInt64, _ d: UInt64
  ) throws(ReturnCode) -> UInt64 {
    try value(of: partita_hypercall4(UInt64(number.rawValue), a, b, c, d))
  }
}

import ModuleConfiguration
import PartitionCore

/// A hypercall that a simulated partition makes, with what the kernel would look up for it.
struct GuestCall {
  var number: UInt16
  var arguments: (UInt64, UInt64, UInt64, UInt64)
  var operand: UInt64

  init(_ number: HypercallNumber, _ arguments: UInt64..., operand: UInt64 = 0) {
    self.init(raw: number.rawValue, operand: operand)
    if arguments.count > 0 { self.arguments.0 = arguments[0] }
    if arguments.count > 1 { self.arguments.1 = arguments[1] }
    if arguments.count > 2 { self.arguments.2 = arguments[2] }
    if arguments.count > 3 { self.arguments.3 = arguments[3] }
  }

  /// A number that may be none.
  init(raw number: UInt16, operand: UInt64 = 0) {
    self.number = number
    arguments = (0, 0, 0, 0)
    self.operand = operand
  }

  var hypercall: Hypercall {
    Hypercall(
      number: UInt64(number), arguments: (arguments.0, arguments.1, arguments.2, arguments.3, 0, 0), operand: operand)
  }
}

import ArchX86

/// The first three arguments of a hypercall, read once.
struct CallArguments {
  var first: UInt64 = 0
  var second: UInt64 = 0
  var third: UInt64 = 0

  /// - Parameter count: how many there are.
  @inline(__always) init(_ registers: RegisterPage, count: Int) {
    if count > 0 { first = registers[general: 5] }
    if count > 1 { second = registers[general: 4] }
    if count > 2 { third = registers[general: 3] }
  }
}

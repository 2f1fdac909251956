/// Where functions begin, as kernel and assembly are told of them.
enum FunctionAddress {
  /// The address of a C function.
  ///
  /// Unsafe: only for `@convention(c)` functions, which are their address and nothing else; others would not fit.
  static func of<Function>(_ function: Function) -> UInt { unsafeBitCast(function, to: UInt.self) }
}

import APEXTypes
import ModuleConfiguration
import PartitionEntry

extension ProcessKey {
  /// The key of a process by its name in the module file: at most 32 bytes of UTF-8.
  public init(_ name: StaticString) {
    // Unsafe: a static string's bytes live for ever.
    self.init(name: UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }
}

extension ProcessTelling {
  /// Tells the tracer: for schedulers that a partition brings along. It changes nothing.
  @inlinable public func tell() {
    _ = partita_hypercall3(
      UInt64(HypercallNumber.tellProcess.rawValue), UInt64(to.rawValue) << 32 | UInt64(from.rawValue),
      UInt64(state?.rawValue ?? 0), UInt64(bitPattern: age))
  }
}

import TraceFormat

/// How a partition's scheduler names a process to the tracer (`HypercallNumber.tellProcess`): a number made from the
/// process's name, so that neither side has to look for it in a table.
///
/// It is the CRC-32C of the name's bytes, without the zeros that fill it up; never 0, which stands for no process. The
/// module compiler refuses two processes of one partition whose names have the same key.
public struct ProcessKey: Hashable, Sendable {
  /// The CRC-32C, all ones where that is 0; 0 for `none`.
  public let rawValue: UInt32

  /// No process: the partition's scheduler itself, or nobody.
  @inlinable public static var none: ProcessKey { ProcessKey(rawValue: 0) }

  /// A key as a hypercall's argument, or a trace, has it.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The key of a name, as the module file has it.
  public init(name: UnsafeRawBufferPointer) {
    let digest = UInt32(truncatingIfNeeded: MessageDigest.digest(name))
    rawValue = digest == 0 ? .max : digest
  }

  /// Whether it stands for no process.
  @inlinable public var isNone: Bool { rawValue == 0 }
}

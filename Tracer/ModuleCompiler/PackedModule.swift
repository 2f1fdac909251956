import ModuleConfiguration

/// A module ready to boot: its image, and what it was made from.
public struct PackedModule: Sendable {
  /// The whole image: table, padding to a page, segment contents. What the kernel gets as its initial RAM disk.
  public var imageBytes: [UInt8]
  /// Bytes of `imageBytes` that are the table.
  public var tableByteCount: Int
  /// The module file as it was read: it has what the table has not, such as the processes' offsets.
  public var description: ModuleDescription
  /// Warnings; a module with errors is not packed.
  public var diagnostics: [Diagnostic]

  /// The table alone: what a trace carries.
  public var tableBytes: [UInt8] { Array(imageBytes[..<tableByteCount]) }

  /// Opens the table for the time of `body`.
  public func withTable<Result>(_ body: (ModuleTable) throws -> Result) throws -> Result {
    try imageBytes.withUnsafeBytes { bytes in try body(ModuleTable(bytes)) }
  }
}

/// What became of checking a module file.
public struct CheckReport: Sendable {
  /// What could be read of the module; nil where the file is not a module file at all.
  public var description: ModuleDescription?
  /// In the order of the file's lines.
  public var diagnostics: [Diagnostic]

  /// The findings that refuse the module; of a strict check the warnings too, which it has turned into errors.
  public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

  /// Whether a file could not be read, or has not its form.
  public var isInputDefective: Bool { errors.contains { $0.rule.isAboutForm } }

  /// 0 holds, 1 violates a rule of meaning, 2 cannot be read or is not valid XML.
  public var exitStatus: Int32 { isInputDefective ? 2 : errors.isEmpty ? 0 : 1 }
}

/// Why a module was not packed: its report has at least one error.
public struct CompilationFailure: Error, Sendable, CustomStringConvertible {
  /// All findings, warnings among them.
  public var report: CheckReport

  /// One line for each finding.
  public var description: String { report.diagnostics.map(\.description).joined(separator: "\n") }
}

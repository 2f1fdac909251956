import ModuleConfiguration
import TraceFormat

/// Why a file cannot be read as a trace at all.
public enum TraceOpenError: Error, Equatable, CustomStringConvertible {
  case cannotOpen(path: String, reason: String)
  /// Reading failed within the first block: `errno`.
  case cannotRead(code: Int32)
  /// The bytes do not begin with a trace block.
  case notATrace
  case unsupportedVersion(UInt16)
  /// The file ends within its first block: nothing is known, and nothing contradicts a trace.
  case cutInModuleTable(atByte: UInt64)
  case moduleTableDamaged(String)
  case moduleTableInvalid(ModuleTable.Defect)

  /// Whether the file may be the beginning of a good trace: then the answer to any question is 'inconclusive'.
  public var isTruncation: Bool {
    if case .cutInModuleTable = self { return true }
    return false
  }

  /// In words; only where the file cannot be opened with its name.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path.isEmpty ? "''" : path): \(reason)"
    case .cannotRead(let code): "the file cannot be read (errno \(code))"
    case .notATrace: "this is no Partita trace: it does not begin with a trace block (partita capture writes traces)"
    case .unsupportedVersion(let version):
      "the trace has format version \(version); this partita reads versions "
        + "\(BlockHeader.readableVersions.lowerBound) to \(BlockHeader.readableVersions.upperBound): use the one "
        + "that captured it"
    case .cutInModuleTable(let byte):
      "the file ends at byte \(byte), within its first block: there is no module table and no event to read"
    case .moduleTableDamaged(let reason): "the first block, which holds the module table, is damaged: \(reason)"
    case .moduleTableInvalid(let defect): "the trace's module table is invalid: \(defect)"
    }
  }
}

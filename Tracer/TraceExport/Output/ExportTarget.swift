import Foundation
import Outputs

/// Where an export goes: a file or a folder that grows under another name beside its target, gets its name when it is
/// whole, and is gone when it is not.
public final class ExportTarget {
  /// What an export is, and so what it may replace.
  public enum Kind: Equatable, Sendable {
    case file
    /// A folder; an existing one is replaced only if nothing is in it but files of these names.
    case folder(isOwn: @Sendable (String) -> Bool)

    /// Whether both are files or both are folders, whatever names these may have in them.
    public static func == (a: Kind, b: Kind) -> Bool {
      switch (a, b) {
      case (.file, .file), (.folder, .folder): true
      default: false
      }
    }
  }

  /// The target, with links followed.
  public let path: String
  /// Where to write meanwhile.
  public let growing: String
  private let kind: Kind
  private let mayReplace: Bool
  private var isDisposable = true

  /// Looks at what is there, and makes the folder if it is to be one.
  ///
  /// - Throws: `exists`, `notReplaceable`, `unwritable`.
  public init(_ path: String, _ kind: Kind, mayReplace: Bool) throws(ExportFailure) {
    let target: OutputPath
    do throws(OutputPath.Refusal) {
      target = try OutputPath(path)
    } catch {
      guard case .unwritable(let named, let reason) = error else {
        throw .unwritable(path: path, reason: "it is no name of a file")
      }
      throw .unwritable(path: named, reason: reason)
    }
    if kind == .file, path.hasSuffix("/") {
      throw .unwritable(path: path, reason: "with / behind it, it names a folder, and the export is a file")
    }
    self.path = target.path
    self.kind = kind
    self.mayReplace = mayReplace
    growing = target.growing
    try Self.examine(path, kind, mayReplace)
    try? FileManager.default.removeItem(atPath: growing)
    if case .folder = kind {
      guard mkdir(growing, 0o777) == 0 else { throw failure() }
    } else {
      // Says at once, and not after minutes, that nothing can be written here.
      guard target.isFolderWritable else { throw failure() }
    }
  }

  private func failure(_ reason: Int32 = errno) -> ExportFailure {
    .unwritable(path: path, reason: String(cString: strerror(reason)))
  }

  private static func examine(_ path: String, _ kind: Kind, _ mayReplace: Bool) throws(ExportFailure) {
    var information = stat()
    guard stat(path, &information) == 0 else { return }
    // What may not go, whatever is said, is told first.
    switch (kind, information.st_mode & S_IFMT) {
    case (.file, S_IFREG):
      if OutputPath.isProgram(path) { throw .notReplaceable(path: path, reason: OutputPath.programReason) }
    case (.file, S_IFDIR): throw .notReplaceable(path: path, reason: "it is a folder, and the export is a file")
    case (.folder(let isOwn), S_IFDIR):
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        throw .notReplaceable(path: path, reason: "what the folder holds cannot be read")
      }
      if let other = names.first(where: { !isOwn($0) || !isOrdinaryFile("\(path)/\($0)") }) {
        throw .notReplaceable(path: path, reason: "the folder holds '\(other)', which is no part of such an export")
      }
    case (.folder, S_IFREG): throw .notReplaceable(path: path, reason: "it is a file, and the export is a folder")
    default: throw .notReplaceable(path: path, reason: "it is no ordinary file")
    }
    guard mayReplace else { throw .exists(path: path) }
  }

  /// Whether the name itself is that of a file: neither a folder nor a link.
  private static func isOrdinaryFile(_ path: String) -> Bool {
    var information = stat()
    return lstat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
  }

  /// The failure as whoever named the target knows it: of the name under which it grows nobody has heard.
  public func renamed(_ failure: ExportFailure) -> ExportFailure {
    switch failure {
    case .unwritable(let place, let reason) where place.hasPrefix(growing):
      return .unwritable(path: "\(path)\(place.dropFirst(growing.count))", reason: reason)
    // SQLite does not name the file.
    case .database(let reason): return .unwritable(path: path, reason: reason)
    default: return failure
    }
  }

  /// Gives the export its name, in place of what was there.
  public func keep() throws(ExportFailure) {
    try Self.examine(path, kind, mayReplace)
    if case .folder = kind, access(path, F_OK) == 0 {
      let old = growing + ".old"
      guard rename(path, old) == 0 else { throw failure() }
      guard rename(growing, path) == 0 else {
        let reason = failure()
        rename(old, path)
        throw reason
      }
      try? FileManager.default.removeItem(atPath: old)
    } else {
      let reason =
        kind == .file
        ? OutputPath.place(growing, at: path, mayReplace: mayReplace) : OutputPath.place(folder: growing, at: path)
      if reason == EEXIST { throw .exists(path: path) }
      if let reason { throw failure(reason) }
    }
    isDisposable = false
  }

  deinit {
    if isDisposable { try? FileManager.default.removeItem(atPath: growing) }
  }
}

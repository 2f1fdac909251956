import Foundation

/// Writes a result whole or not at all, and never over a file that the user did not give up.
public enum OutputFile {
  /// Why nothing was written.
  public enum Failure: Error, Equatable, Sendable, CustomStringConvertible {
    case exists(path: String)
    case notReplaceable(path: String, reason: String)
    case system(path: String, reason: String)

    /// What the command prints.
    public var description: String {
      switch self {
      case .exists(let path): OutputPath.sentence(existing: path)
      case .notReplaceable(let path, let reason): "\(path) is not replaced: \(reason)"
      case .system(let path, let reason):
        "\(path) cannot be written: \(reason); name a file in a directory that can be"
      }
    }
  }

  /// Writes `bytes` to a temporary file beside `path`, then puts it in place in one step.
  ///
  /// - Parameter replacing: whether an existing file may be replaced.
  public static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws(Failure) {
    let path = try examine(path, replacing: replacing)
    var template = Array("\(path).partial-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw failure(path) }
    let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    do throws(Failure) {
      try fill(descriptor, bytes, path)
      if let reason = OutputPath.place(temporary, at: path, mayReplace: replacing) {
        throw reason == EEXIST ? Failure.exists(path: path) : failure(path, reason)
      }
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Looks whether a result may go there, and says where that is when links are followed.
  @discardableResult
  public static func examine(_ path: String, replacing: Bool) throws(Failure) -> String {
    do throws(OutputPath.Refusal) {
      return try OutputPath(file: path, mayReplace: replacing).path
    } catch {
      switch error {
      case .exists(let path): throw .exists(path: path)
      case .notReplaceable(let path, let reason): throw .notReplaceable(path: path, reason: reason)
      case .unwritable(let path, let reason): throw .system(path: path, reason: reason)
      }
    }
  }

  /// The same for what is written as it comes: devices, pipes and standard output ("-") take that, too.
  public static func examineStream(_ path: String, replacing: Bool) throws(Failure) {
    var information = stat()
    let isThere = stat(path, &information) == 0
    if path == "-" || isThere && ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT) { return }
    try examine(path, replacing: replacing)
  }

  private static func fill(_ descriptor: CInt, _ bytes: [UInt8], _ path: String) throws(Failure) {
    defer { close(descriptor) }
    let mask = umask(0)
    umask(mask)
    fchmod(descriptor, 0o666 & ~mask)
    if let reason = bytes.withUnsafeBytes({ DescriptorWriter.writeAll($0, to: descriptor) }) {
      throw failure(path, reason)
    }
    guard fsync(descriptor) == 0 || errno == EINVAL || errno == EROFS else { throw failure(path) }
  }

  private static func failure(_ path: String, _ reason: Int32 = errno) -> Failure {
    .system(path: path, reason: String(cString: strerror(reason)))
  }
}

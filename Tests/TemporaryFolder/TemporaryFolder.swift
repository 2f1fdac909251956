import Foundation

/// A folder below the system's for temporary files, empty at first, that goes with its last user.
public final class TemporaryFolder {
  /// Short: sockets lie in such folders too, and their names may not be long.
  public let path = NSTemporaryDirectory() + "partita-\(UUID().uuidString.prefix(18))"

  /// Makes the folder.
  public init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it, whether there is one or not.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// Puts a file into it, in place of one of that name, and says where that is.
  @discardableResult
  public func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  /// The same for a text.
  @discardableResult
  public func write(_ text: String, to name: String) throws -> String { try write(Array(text.utf8), to: name) }

  /// The text of a file in it, which is in UTF-8.
  public func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }

  /// The contents of a file in it.
  public func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: file(name)))) }

  /// What is in it, hidden files too; a question mark where it cannot be read.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"]).sorted() }
}

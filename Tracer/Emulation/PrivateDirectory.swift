import Foundation

/// A folder that only this user can enter, removed with all it holds when the value goes.
public struct PrivateDirectory: ~Copyable {
  /// At most 75 bytes, so that names of sockets fit in.
  public let path: String

  /// Makes the folder in `parent`, or, where its path would be too long for a socket's name, in `/tmp`.
  public init(in parent: String = NSTemporaryDirectory()) throws(EmulationError) {
    let longestParent = 60
    let base = parent.utf8.count <= longestParent ? parent : "/tmp"
    var template = Array((base as NSString).appendingPathComponent("partita.XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw .noTemporaryFolder(path: base, reason: SystemCall.lastError) }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The path of `name` in the folder.
  public func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

import Foundation
import TemporaryFolder

/// A folder that goes with its last user: the command's working folder, its folder for temporary files, and beside them
/// what it printed.
public final class CommandFolder {
  private let root: TemporaryFolder
  /// Where the command runs: names without a folder are of files here.
  public var path: String { root.file("work") }
  /// What the command is given as `TMPDIR`.
  public var temporary: String { root.file("tmp") }

  /// Makes the three folders, all empty, below the system's folder for temporary files.
  public init() throws {
    root = try TemporaryFolder()
    for folder in [path, temporary, aside("")] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  /// The path of a file in the working folder, whether there is one or not.
  public func file(_ name: String) -> String { "\(path)/\(name)" }
  /// The same for what asks for URLs.
  public func url(_ name: String) -> URL { URL(fileURLWithPath: file(name)) }
  /// The path of a file that neither `names` nor `leftovers` counts: what the command printed.
  public func aside(_ name: String) -> String { root.file("aside/\(name)") }
  /// The text of such a file; empty where there is none, or none in UTF-8.
  public func readAside(_ name: String) -> String { (try? String(contentsOfFile: aside(name), encoding: .utf8)) ?? "" }

  /// Puts a file into the working folder, in place of one of that name.
  public func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: url(name)) }

  /// What is in the working folder, hidden files too.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"]).sorted() }
  /// What is in the folder for temporary files.
  public var leftovers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? ["?"] }

  /// The `partita` of the build that this test is of, where that can be told.
  public static func command() throws -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [
      (own as NSString).deletingLastPathComponent, "\(package)/.build/release", "\(package)/.build/debug",
    ].map { $0 + "/partita" }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw MissingCommand()
    }
    return found
  }

  /// The package's own folder, from where this file was compiled.
  public static let package: String = {
    var folder = #filePath as NSString
    for _ in 0..<3 { folder = folder.deletingLastPathComponent as NSString }
    return folder as String
  }()
}

/// Nothing is skipped silently where the command has not been built.
private struct MissingCommand: Error, CustomStringConvertible {
  var description: String { "the partita command is missing: run swift build -c release" }
}

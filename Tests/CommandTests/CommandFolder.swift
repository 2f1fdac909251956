import Foundation
import Testing

/// A folder that goes with its last user: the command's working folder, its folder for temporary files, and beside them
/// what it printed.
final class CommandFolder {
  /// Short: a command makes its own folder elsewhere where its socket's name would become too long.
  private let root = NSTemporaryDirectory() + "partita-\(UUID().uuidString.prefix(18))"
  var path: String { root + "/work" }
  var temporary: String { root + "/tmp" }

  init() throws {
    for folder in [path, temporary, aside("")] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  func file(_ name: String) -> String { "\(path)/\(name)" }
  func aside(_ name: String) -> String { "\(root)/aside/\(name)" }
  func readAside(_ name: String) -> String { (try? String(contentsOfFile: aside(name), encoding: .utf8)) ?? "" }

  func write(_ bytes: [UInt8], to name: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: file(name))) }

  /// What is in the working folder, hidden files too.
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? ["?"]).sorted() }
  /// What is in the folder for temporary files.
  var leftovers: [String] { (try? FileManager.default.contentsOfDirectory(atPath: temporary)) ?? ["?"] }

  /// Runs the command to its end.
  func run(_ arguments: String..., input: Int32? = nil, output: Int32? = nil) throws -> (
    ending: RunningCommand.Ending, output: String, errors: String
  ) {
    let command = try RunningCommand(arguments, in: self, input: input, output: output)
    let ending = command.finish()
    return (ending, command.output, command.errors)
  }

  /// The `partita` of the build that this test is of.
  static func command() throws -> String {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let candidates = [
      (own as NSString).deletingLastPathComponent, "\(package)/.build/release", "\(package)/.build/debug",
    ]
    return try #require(
      candidates.map { $0 + "/partita" }.first { FileManager.default.isExecutableFile(atPath: $0) },
      "the partita command is missing: run swift build -c release")
  }

  /// The package's own folder, from where this file was compiled.
  static let package: String = {
    var folder = #filePath as NSString
    for _ in 0..<3 { folder = folder.deletingLastPathComponent as NSString }
    return folder as String
  }()
}

/// A pipe whose ends no child gets unasked.
struct TestPipe {
  let reading: Int32
  let writing: Int32

  init() throws {
    var ends: [Int32] = [-1, -1]
    let isMade = Self.lock.withLock {
      let isMade = pipe(&ends) == 0
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      return isMade
    }
    try #require(isMade)
    (reading, writing) = (ends[0], ends[1])
  }

  /// No child may be started between a pipe's beginning and its mark that it is no child's.
  static let lock = NSLock()

  /// Fills it up, so that the next write has to wait.
  func fill() {
    let flags = fcntl(writing, F_GETFL)
    _ = fcntl(writing, F_SETFL, flags | O_NONBLOCK)
    let bytes = [UInt8](repeating: 10, count: 4096)
    while write(writing, bytes, bytes.count) > 0 {}
    while write(writing, bytes, 1) > 0 {}
    _ = fcntl(writing, F_SETFL, flags)
  }

  func close() {
    for end in [reading, writing] { Glibc.close(end) }
  }
}

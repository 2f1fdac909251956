import Foundation
import Testing

/// A folder that goes with its last user, and programs run in it.
final class CommandFolder {
  private let url: URL

  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("partita-command-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  func file(_ name: String) -> URL { url.appendingPathComponent(name) }

  func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: url.path).sorted() }

  func partita(_ arguments: String..., input: String = "") throws -> (status: Int32, text: String) {
    try partita(arguments, input: input)
  }

  func partita(_ arguments: [String], input: String = "") throws -> (status: Int32, text: String) {
    try run(BootImages.command(), arguments, input: input)
  }

  /// The document after its scripts have run, without network.
  func browse(_ page: String) throws -> String {
    let answer = try run(
      "/usr/bin/env",
      [
        "timeout", "300", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(file("profile").path)", "--window-size=1400,1000", "--virtual-time-budget=20000",
        "--dump-dom", "file://\(url.path)/\(page)",
      ])
    #expect(answer.status == 0, "chromium failed; Tools/setup --tests installs it")
    return answer.text
  }

  func run(_ program: String, _ arguments: [String], input: String = "") throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = url
    let (output, given) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardInput = given
    process.standardError = FileHandle.nullDevice
    try process.run()
    given.fileHandleForWriting.write(Data(input.utf8))
    try given.fileHandleForWriting.close()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}

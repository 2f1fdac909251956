import CommandFolder
import Foundation
import Testing

/// Programs run in the folder to their end.
extension CommandFolder {
  func partita(_ arguments: String..., input: String = "") throws -> (status: Int32, text: String) {
    try partita(arguments, input: input)
  }

  func partita(_ arguments: [String], input: String = "") throws -> (status: Int32, text: String) {
    try run(Self.command(), arguments, input: input)
  }

  /// The document after its scripts have run, without network.
  func browse(_ page: String) throws -> String {
    let answer = try run(
      "/usr/bin/env",
      [
        "timeout", "300", "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        "--user-data-dir=\(file("profile"))", "--window-size=1400,1000", "--virtual-time-budget=20000",
        "--dump-dom", "file://\(file(page))",
      ])
    #expect(answer.status == 0, "chromium failed; Tools/setup --tests installs it")
    return answer.text
  }

  func run(_ program: String, _ arguments: [String], input: String = "") throws -> (status: Int32, text: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = url("")
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

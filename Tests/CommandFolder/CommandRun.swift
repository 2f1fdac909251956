import Foundation
import TemporaryFolder

/// One run of a command to its end.
public struct CommandRun {
  /// -1 where a signal ended it.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
  /// Both, one after the other.
  public var text: String { output + errors }

  /// Runs it, with `input` as standard input.
  public init(_ command: String, _ arguments: [String], in folder: String? = nil, input: String = "/dev/null") throws {
    let process = Process()
    let scratch = try TemporaryFolder()
    for name in ["output", "errors"] { _ = FileManager.default.createFile(atPath: scratch.file(name), contents: nil) }
    process.executableURL = URL(fileURLWithPath: command)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
    process.standardInput = FileHandle(forReadingAtPath: input)
    process.standardOutput = FileHandle(forWritingAtPath: scratch.file("output"))
    process.standardError = FileHandle(forWritingAtPath: scratch.file("errors"))
    try process.run()
    process.waitUntilExit()
    status = process.terminationReason == .exit ? process.terminationStatus : -1
    output = String(decoding: try scratch.bytes("output"), as: UTF8.self)
    errors = String(decoding: try scratch.bytes("errors"), as: UTF8.self)
  }

  /// Runs the `partita` of the build that this test is of.
  public static func partita(
    _ arguments: [String], in folder: String? = nil, input: String = "/dev/null"
  ) throws -> CommandRun {
    try CommandRun(CommandFolder.command(), arguments, in: folder, input: input)
  }
}

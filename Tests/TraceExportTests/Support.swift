import CommandFolder
import Foundation
import TraceExport
import TraceFormat
import TraceReading

/// A folder for a test's files, removed with the value.
final class TestFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "partita-export-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    return file(name)
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
  func bytes(_ name: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(fileURLWithPath: file(name)))) }
  var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// One run of a command to its end.
struct CommandRun {
  /// -1 where a signal ended it.
  let status: Int32
  let output: String
  let errors: String

  init(_ command: String, _ arguments: [String], in folder: String? = nil, input: String = "/dev/null") throws {
    let process = Process()
    let scratch = try TestFolder()
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
    output = try scratch.text("output")
    errors = try scratch.text("errors")
  }

  /// Runs the `partita` of the build that this test is of.
  static func partita(_ arguments: [String], in folder: String? = nil, input: String = "/dev/null") throws -> CommandRun
  {
    try CommandRun(CommandFolder.command(), arguments, in: folder, input: input)
  }
}

/// What an exporter is told.
final class Recorder: TraceExporter {
  struct Told: Equatable {
    var change: TimelineChange
    var time: UInt64
    var position: UInt64
  }
  var changes: [Told] = []
  var events: [TraceEvent] = []
  /// The instants of everything, in the order in which it was told.
  var times: [UInt64] = []
  var finished: UInt64?
  var failure: ExportFailure? { nil }

  func add(_ event: TraceEvent, position: UInt64) {
    events.append(event)
    times.append(event.time)
  }
  func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    changes.append(Told(change: change, time: time, position: position))
    times.append(time)
  }
  func finish(at time: UInt64) throws(ExportFailure) { finished = time }
}

/// Exports a trace in memory with an exporter.
@discardableResult
func export<Exporter: TraceExporter>(
  _ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max, _ make: (TraceReader) throws -> Exporter
) throws -> Exporter {
  let reader = try TraceReader(bytes: trace)
  let exporter = try make(reader)
  var run = ExportRun(TraceSpan(from: from > 0 ? .instant(from) : nil, to: to < .max ? .instant(to) : nil))
  try run.run(reader, into: exporter)
  return exporter
}

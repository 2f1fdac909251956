import CommandFolder
import Foundation
import PartitionCore
import SimulatedModule
import Testing
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

/// Traces in which everything happens, by the true core in a random world.
enum WorldTraces {
  static func file(seed: UInt64, inputs: Int = 1500, until end: UInt64 = 200_000_000) throws -> [UInt8] {
    let module = try SimulatedModule(.standard)
    var events = RecordedWorld<OwnersMarked>(module, seed: seed).run(until: end, inputs: inputs)
    if let last = events.last, last.kind != EventKind.end.rawValue {
      events.append(TraceEvent(time: last.time, .end, words: .init(UInt64(events.count))))
    }
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 200)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  /// A trace with a block missing in the middle, and cut off.
  static func damagedFile(seed: UInt64) throws -> [UInt8] {
    var blocks: [ArraySlice<UInt8>] = []
    var rest = try file(seed: seed)[...]
    while !rest.isEmpty {
      let header = rest.withUnsafeBytes { BlockHeader($0)! }
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      blocks.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    try #require(blocks.count > 6)
    blocks.remove(at: 3)
    return Array(blocks.dropLast(2).joined())
  }
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

import ArgumentParser
import Emulation
import Foundation
import Outputs
import TraceReading

/// Boots a module, follows it to its end, keeps the trace and says what came of it.
struct ModuleSession {
  var options: EmulationOptions
  /// Where the trace shall be; nil to let it go.
  var tracePath: String?
  /// What is typed on the live console, and where it goes: files, or '-' for the standard ones.
  var inputPath: String?
  var consolePath: String?
  /// Descriptors of the live console; nil where it is not connected.
  var consoleInput: Int32?
  var consoleOutput: Int32?
  /// `errno` of the first write to it that failed.
  private(set) var consoleFailure: Int32?
  /// Whether silence of the trace is no sign of trouble.
  var isInteractive = false

  /// Runs the module.
  ///
  /// - Throws: `ExitCode` 1 for a kernel fault, 3 for a trace that is not whole; errors of the caller's input.
  mutating func run() throws {
    try options.keepApart([tracePath, consolePath], from: [inputPath])
    // Before anything is made that a Ctrl-C would leave behind.
    let signals = try SignalWatch()
    let scratch = try PrivateDirectory()
    let image = try ModuleSource.load(options)
    let output = try TraceOutput(
      target: tracePath ?? scratch.file("run.partita"), mayReplace: options.force || tracePath == nil)
    if let inputPath { consoleInput = try Self.opened(inputPath, O_RDONLY, STDIN_FILENO) }
    if let consolePath { try OutputFile.examineStream(consolePath, replacing: options.force) }
    var request = try options.request(image: image, trace: output.growing)
    // Nothing is emptied for a module that cannot be booted.
    if let consolePath {
      consoleOutput = try Self.opened(consolePath, O_WRONLY | O_CREAT | O_TRUNC, STDOUT_FILENO)
    }
    request.consoleInput = consoleInput
    if isInteractive { request.patience.nextBlock = nil }

    let isConsoleShown = consoleOutput == STDOUT_FILENO
    let report = try capture(request, signals, showsProgress: !isConsoleShown)
    let kept = try output.keep()
    let summary = Summary(report: report, tracePath: tracePath == nil ? nil : kept, trace: kept)
    if kept != nil {
      if isConsoleShown { Self.say(summary.text, to: STDERR_FILENO) } else { print(summary.text, terminator: "") }
    }
    guard let complaint = report.complaint else { return try requireConsole() }
    var message = "partita: \(complaint)\n"
    if !report.emulatorMessages.isEmpty { message += "the emulator said:\n\(indented(report.emulatorMessages))" }
    if !isConsoleShown, !report.consoleTail.isEmpty {
      message += "the module's console ended with:\n\(indented(report.consoleTail))"
    }
    Self.say(message, to: STDERR_FILENO)
    throw ExitCode(report.exitStatus(hasTrace: kept != nil))
  }

  /// What the module wrote is where the user wanted it; whoever stopped reading is content with what there was.
  private func requireConsole() throws {
    guard let consoleFailure, consoleFailure != EPIPE else { return }
    let place = consoleOutput == STDOUT_FILENO ? "standard output" : consolePath ?? "the console's file"
    TraceCommand.complain(
      "\(place) cannot be written: \(String(cString: strerror(consoleFailure))); the console's text is not whole")
    throw ExitCode(2)
  }

  /// Opens `path`, or stands for `standard` where it is '-'.
  private static func opened(_ path: String, _ flags: Int32, _ standard: Int32) throws -> Int32 {
    guard path != "-" else { return standard }
    let descriptor = open(path, flags | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else {
      let (name, reason) = (path.isEmpty ? "''" : path, String(cString: strerror(errno)))
      throw flags & O_CREAT == 0
        ? EmulationError.unreadable(path: name, reason: reason) : .unwritable(path: name, reason: reason)
    }
    // It can be opened, and would give nothing.
    var information = stat()
    guard fstat(descriptor, &information) != 0 || information.st_mode & S_IFMT != S_IFDIR else {
      close(descriptor)
      throw EmulationError.unreadable(path: path, reason: "it is a folder; name a file")
    }
    return descriptor
  }

  private mutating func capture(
    _ request: CaptureRequest, _ signals: SignalWatch, showsProgress: Bool
  ) throws -> CaptureReport {
    let terminal = consoleInput.map { TerminalMode(descriptor: $0) }
    defer { terminal?.restore() }
    let capture = try Capture(request, signals: signals)
    if showsProgress, request.stopInstant == nil { Self.say("recording until Ctrl-C\n", to: STDERR_FILENO) }
    var lastByte: UInt8?
    var line = ProgressLine(isShown: showsProgress && StandardOutput.showsProgress)
    defer {
      line.clear()
      if consoleOutput == STDOUT_FILENO, let lastByte, lastByte != UInt8(ascii: "\n") {
        Self.say("\n", to: STDOUT_FILENO)
      }
    }
    return capture.run { bytes in
      lastByte = bytes.last
      guard let consoleOutput, consoleFailure == nil else { return }
      consoleFailure = Self.write(bytes, to: consoleOutput)
    } onProgress: { progress in
      line.show(progress)
    }
  }

  static func say(_ text: String, to descriptor: Int32) {
    if descriptor == STDERR_FILENO { StandardOutput.handOn() }
    _ = write(Array(text.utf8), to: descriptor)
  }

  /// Writes all; `errno` where that fails.
  private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { DescriptorWriter.writeAll($0, to: descriptor) }
  }

  private func indented(_ text: String) -> String {
    text.split(whereSeparator: \.isNewline).map { "  \($0)\n" }.joined()
  }
}

/// What a run has brought, in a few aligned lines.
struct Summary {
  let text: String

  /// - Parameters:
  ///   - tracePath: the name to print, nil where the trace is not kept.
  ///   - trace: where the trace is at present.
  init(report: CaptureReport, tracePath: String?, trace: String?) {
    let progress = report.progress
    var lines = [
      (
        "virtual time",
        "\(VirtualDuration(.init(progress.virtualTime.nanoseconds)))"
          + (progress.hasEnded ? "" : ", when the last whole block begins")
      ),
      ("events", "\(progress.events)"),
      ("bytes", "\(progress.bytes) in \(progress.blocks) block\(progress.blocks == 1 ? "" : "s")"),
      ("lost", progress.lost == 0 ? "0" : "\(progress.lost) events: the ring was full"),
    ]
    // The one that 'stats', certificates and reports name.
    if let trace, let reader = try? TraceReader(path: trace), let index = reader.makeIndex() {
      let first = index.entries[0].header.firstEventIndex
      if first > 0 { lines.append(("overwritten", "\(first) events before them")) }
      if let identity = index.runIdentity { lines.append(("run identity", identity)) }
    }
    if let tracePath { lines.append(("trace", tracePath)) }
    text = lines.map { $0.padding(toLength: 14, withPad: " ", startingAt: 0) + $1 + "\n" }.joined()
  }
}

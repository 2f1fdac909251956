import ArgumentParser
import Foundation
import TraceExport
import TraceReading

/// `partita export`: a trace for other people's tools.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a trace in a format that other tools open.",
    discussion: """
      Formats, and the names that stand for them where --format is left out:

        ctf       FOLDER.ctf    babeltrace2; Trace Compass (LTTng Kernel Trace)
        perfetto  FILE.pftrace  ui.perfetto.dev, trace_processor
        chrome    FILE.json     ui.perfetto.dev, Speedscope, Chrome's trace viewer
        sqlite    FILE.db       sqlite3, 'partita query'
        csv       FILE.csv      tables; with --by-kind a file for each kind
        vcd       FILE.vcd      GTKWave, Surfer

      Missing events are shown as such in every format. The export takes its name when it is whole: interrupted or \
      failed, it leaves nothing behind. A damaged trace is exported as far as it holds.

      Instants from 2⁶³ ns on, which only a damaged or forged trace has, and in ctf the one before, are too great for \
      the readers of all formats but csv and vcd: such a trace is refused there, but not its part before, by --to.

      What precedes --from is read all the same, and that takes its time: the export begins with what is open there. \
      Damage before --from and behind --to does not matter to the answer.

      Exit status: 0 exported, 2 bad usage, no trace, a place behind the trace's end, or the output cannot be \
      written, 3 exported as far as the trace holds there, or interrupted. What the recorder lost is shown as missing \
      and told on standard error; the trace has all that was recorded, so that is 0.

      Examples:
        partita export run.partita -o run.pftrace
        partita export run.partita --format ctf -o run-ctf && babeltrace2 run-ctf
        partita export run.partita --from 1s --to 1.1s -o piece.vcd
        partita export run.partita --format csv --by-kind -o tables
        partita export run.partita --format csv -o - | head
      """)

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "ctf, perfetto, chrome, sqlite, csv or vcd.")
  var format: ExportFormat?

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("Where to write; '-' for standard output.", valueName: "path"), completion: .file())
  var output: String

  @Option(help: "Only what happens from here on: an instant such as 1.5s, 10ms, 250us, or frame:50, or event:10000.")
  var from: TracePlace?

  @Option(help: "Only what happens up to here, this instant, frame or event included.")
  var to: TracePlace?

  @Flag(help: "csv: a folder with a file for each kind of events.")
  var byKind = false

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  func validate() throws {
    guard let format = format ?? ExportFormat(path: output) else {
      throw ValidationError(
        "'\(output)' does not say which format is meant: give --format "
          + ExportFormat.allCases.map(\.rawValue).joined(separator: "|"))
    }
    guard !byKind || format == .csv else { throw ValidationError("--by-kind is for --format csv") }
    guard output != "-" || format.isStream && !byKind else {
      throw ValidationError("this format cannot go to standard output: name a path after -o")
    }
    guard output != "-" || !force else {
      throw ValidationError("--force replaces a file, and standard output is none: leave it out")
    }
    try TraceCommand.requireForward(TraceSpan(from: from, to: to))
  }

  func run() throws {
    guard let format = format ?? ExportFormat(path: output) else { return }
    try TraceCommand.keepApart(output, from: [trace])
    let reader = try TraceCommand.open(trace)
    var run = ExportRun(TraceSpan(from: from, to: to), of: reader)
    do throws(ExportFailure) {
      try export(reader, format, &run)
    } catch {
      if error == .readerGone { return }
      // What went to standard output is there.
      let isCutShort = error == .interrupted && output == "-"
      TraceCommand.complain(isCutShort ? "interrupted; the answer is not whole" : "\(error)")
      throw ExitCode(error == .interrupted ? 3 : 2)
    }
    try TraceCommand.requireBegun(run.coverage, reader, trace)
    var summary = "\(output == "-" ? "standard output" : output): \(run.eventCount) events as \(format)"
    if run.gapCount > 0 {
      summary += "; \(run.gapCount) gap\(run.gapCount == 1 ? "" : "s"), \(run.lostCount) events known to be lost"
    }
    if output == "-" { ModuleSession.say(summary + "\n", to: STDERR_FILENO) } else { print(summary) }
    try TraceCommand.finish(reader, trace, run.coverage)
  }

  private func export(
    _ reader: TraceReader, _ format: ExportFormat, _ run: inout ExportRun
  ) throws(ExportFailure) {
    // First of all, so that a Ctrl-C at any later time finds somebody who clears up.
    var progress = ReadingProgress(trace)
    defer { progress.clear() }
    let target =
      output == "-" ? nil : try ExportTarget(output, format.targetKind(byKind: byKind), mayReplace: force)
    do throws(ExportFailure) {
      try format.write(reader, to: target?.growing, byKind: byKind, &run) { () throws(ExportFailure) in
        if progress.isInterrupted { throw .interrupted }
        progress.show(reader)
      }
    } catch {
      throw target?.renamed(error) ?? error
    }
    if progress.isInterrupted { throw .interrupted }
    // Where the trace has not the place to begin at, nothing takes the name.
    guard !run.coverage.isBackward, run.coverage.hasBegun || run.coverage.gap != nil else { return }
    try target?.keep()
  }
}

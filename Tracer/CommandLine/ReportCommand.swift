import ArgumentParser
import Foundation
import ModuleCompiler
import Outputs
import Report
import TraceReading

/// `partita report`: a run as one page to read and to show.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Writes a run as one page of HTML: timeline, claims with evidence, latencies, utilisation.",
    discussion: """
      The page carries all that it shows and loads nothing from the network. The whole run is on it as counts over \
      time, every violation of a claim among them; the first frames, the surroundings of every claim's worst case and \
      of its first and gravest violations, and the end are on it event by event. Zoomed to a stretch that has no \
      single events on it, it says which 'partita dump' prints them. Open it with #event=253 or #view=1.0,1.02 behind \
      its name to come to a place at once.

      Exit status: 0 written, 2 for a file that is no trace or an output that cannot be written, 3 written, but the \
      trace is cut off or damaged, which the page says too, or interrupted. What the recorder lost is told on standard \
      error, and is 0. What the claims say is the business of 'partita verify'.

      Example:
        partita report run.partita -o report.html
      """)

  @Argument(help: "The trace file. It is read twice.", completion: .file())
  var trace: String

  @Option(
    name: [.customShort("o"), .customLong("output")], help: ArgumentHelp("The page.", valueName: "file"),
    completion: .file())
  var output: String

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  func validate() throws {
    guard trace != "-" else {
      throw ValidationError("the trace is read twice, so standard input will not do: name a file.")
    }
  }

  func run() throws {
    do throws(OutputFile.Failure) {
      try OutputFile.examine(output, replacing: force)
    } catch {
      TraceCommand.complain("\(error)")
      throw ExitCode(2)
    }
    try TraceCommand.keepApart(output, from: [trace])
    try TraceCommand.requireFile(trace)
    let name = URL(fileURLWithPath: trace).lastPathComponent
    let reader = try TraceCommand.open(trace)
    var first: TraceReader? = reader
    let report: RunReport
    var progress = ReadingProgress(trace)
    do {
      report = try RunReport(name: name) {
        defer { first = nil }
        return try first ?? TraceCommand.open(trace)
      } onProgress: { reader in
        progress.show(reader)
        return !progress.isInterrupted
      }
      progress.clear()
    } catch let error as RunReportError {
      progress.clear()
      TraceCommand.complain("\(trace): \(error)")
      throw ExitCode(error == .interrupted ? 3 : 2)
    }
    do throws(OutputFile.Failure) {
      try OutputFile.write(report.html, to: output, replacing: force)
    } catch {
      TraceCommand.complain("\(error)")
      throw ExitCode(2)
    }
    let verification = report.verification
    let omission = verification.omission.map { "; " + $0 } ?? ""
    print(
      """
      \(output): \(report.html.count) bytes; \(report.eventCount) events, \(report.detailedEventCount) of them one by \
      one; \(verification.count(.pass)) claims pass, \(verification.count(.fail)) fail, \
      \(verification.count(.unknown)) unknown\(omission)
      """)
    try TraceCommand.finish(reader, trace)
  }
}

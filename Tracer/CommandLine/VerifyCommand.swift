import ArgumentParser
import Foundation
import TraceFormat
import TraceReading
import Verification

/// `partita verify`: judges a trace by its module's rules.
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Judges a trace by its module's rules, without the code that decided.",
    discussion: """
      Every claim is a pass, a fail, or unknown where evidence is missing. Exit status: 0 if every claim holds, 1 if \
      one is violated, 2 for a file that is no trace or contradicts itself, 3 if nothing is violated and evidence is \
      missing.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit
  }

  @Argument(help: "The trace file, or - for standard input.")
  var trace: String

  @Option(help: "text, json, or junit for build servers.")
  var format: Format = .text

  @Option(
    help: "Only this claim, or those below it: upcall stands for upcall.order and so on. May be given several times.")
  var claim: [String] = []

  @Flag(help: "Leave out the claims that pass.")
  var quiet = false

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let whole = Self.report(on: reader)
    let report = whole.limited(to: claim)
    guard !report.claims.isEmpty else {
      TraceCommand.complain(
        "no claim about this trace is called \(claim.joined(separator: " or ")); it has "
          + whole.claims.map(\.identifier).joined(separator: ", "))
      throw ExitCode(2)
    }
    var output = OutputBuffer()
    switch format {
    case .text: output.write(line: report.text(isColored: isatty(STDOUT_FILENO) == 1, isQuiet: quiet))
    case .json: output.write(line: report.json)
    case .junit: output.write(line: report.junit)
    }
    output.flush()
    try Self.finish(report, reader, trace)
  }

  /// Reads a trace to its end and judges it.
  static func report(on reader: TraceReader) -> VerificationReport {
    var verifier = Verifier(table: reader.moduleTable)
    // One core decodes, the other judges.
    reader.decodeAhead(threads: WorkerPool.processorCount > 1 ? 1 : 0)
    while let batch = reader.nextColumns() {
      switch batch {
      case .events(let columns):
        let events = columns.events
        let first = columns.firstPosition
        for index in 0..<events.count { verifier.consume(events[index], position: first &+ UInt64(index)) }
      case .gap:
        verifier.noteGap()
      }
    }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    return report
  }

  /// What the file's own state adds to the verdict: a contradiction means that this is no recorded run at all.
  private static func finish(_ report: VerificationReport, _ reader: TraceReader, _ path: String) throws {
    if case .damaged(let defects) = reader.condition {
      for defect in defects.prefix(10) { TraceCommand.complain("\(path): \(defect)") }
      if reader.defectCount > 10 { TraceCommand.complain("\(path): and \(reader.defectCount - 10) defects more") }
    }
    if reader.condition.isContradictory {
      TraceCommand.complain("\(path): the file contradicts itself, so this is not the run that was recorded")
      throw ExitCode(2)
    }
    if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
  }
}

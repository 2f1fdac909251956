import ArgumentParser
import Foundation
import ModuleCompiler
import Outputs
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
      missing or the file is not as it was written, or interrupted. A trace that 'synthesize' or 'what-if' made is \
      judged likewise, and the answer says that no kernel recorded it. Where the boot event is missing nobody knows \
      which kernel did: the answer says that, and a certificate has null for it. What the module file leaves out \
      (p:Choose, p:Except in p:Claims) is not judged, and the answer names it.

      With --evidence, --explain or --certificate the trace is read twice: the second time every nanosecond of the \
      worst cases is attributed to who took it.

      With --from a part is judged, beginning at once: two major frames before it are read for what it follows from. \
      What lies still further back is taken for lost, so that a claim which may depend on it is unknown at best; a \
      violation is one all the same. With --with-history, or through a pipe, all that goes before is read, and nothing \
      is unknown for want of that. Where --to ends the part, what is still to come there stays open.

      A flight recorder's trace begins late. Its claims are judged by the events that are there: one that passes held \
      wherever these suffice, and what would depend on overwritten ones is not judged; that nothing was lost stays \
      unknown, so the answer is 3 at best.

      Examples:
        partita verify run.partita --from 1s --with-history
        partita verify run.partita --claim 'budget.*' \\
          --except budget.traceBytes
        partita verify run.partita --explain window.start.instant
        partita verify run.partita --certificate run.certificate.json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, junit
  }

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "text, json, or junit for build servers.")
  var format: Format = .text

  @Option(
    help: """
      Only claims that match: an identifier, what lies below it (upcall stands for upcall.order and so on), or a \
      pattern with * and ?. May be given several times.
      """)
  var claim: [String] = []

  @Option(help: "Leave out claims that match. May be given several times.")
  var except: [String] = []

  @Flag(help: "Leave out the claims that pass.")
  var quiet = false

  @Flag(help: "Show the worst five cases of every measured claim, and who took their time.")
  var evidence = false

  @Option(help: "Show all that is known of the claims that match, and nothing else. May be given several times.")
  var explain: [String] = []

  @Flag(help: "With --evidence or --explain: name everybody who took time, and not the five alone who took most.")
  var all = false

  @Option(help: "Write a certificate of all claims to this file, for 'partita audit'.", completion: .file())
  var certificate: String?

  @Option(help: "Judge only from here on: 1.5s, frame:50 or event:10000.")
  var from: TracePlace?

  @Option(help: "Judge only up to here, this instant, frame or event included.")
  var to: TracePlace?

  @Flag(help: "Read all that goes before --from, so that a claim can hold; it takes as long as to judge that.")
  var withHistory = false

  @Flag(help: "Replace the certificate if it exists, but never a program (ELF).")
  var force = false

  @Option(help: "Threads that work, each on a piece of the trace. The answer is the same with any number of them.")
  var threads = WorkerPool.processorCount

  private var span: TraceSpan { TraceSpan(from: from, to: to) }
  private var isPart: Bool { from != nil || to != nil }
  private var needsAttribution: Bool { evidence || !explain.isEmpty || certificate != nil }

  func validate() throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads is 1 to 256") }
    if needsAttribution, trace == "-" {
      throw ValidationError("--evidence, --explain and --certificate read the trace twice: name a file, not -")
    }
    if certificate != nil, !claim.isEmpty || !except.isEmpty {
      throw ValidationError("a certificate is about all claims: leave out --claim and --except")
    }
    guard certificate == nil || !isPart else {
      throw ValidationError("a certificate is about the whole run: leave out --from and --to")
    }
    try TraceCommand.requireForward(span)
    guard from != nil || !withHistory else {
      throw ValidationError("--with-history is about what goes before --from: give that, or leave it out")
    }
    guard certificate != nil || !force else {
      throw ValidationError("--force is for --certificate: nothing else is written")
    }
    guard !quiet || format == .text && explain.isEmpty else {
      throw ValidationError("--quiet is for the table: leave it out with --explain and other formats than text")
    }
    guard !all || format == .text && (evidence || !explain.isEmpty) else {
      throw ValidationError("--all is for the text of --evidence and --explain: other formats leave nobody out")
    }
    guard !evidence || format != .junit else {
      throw ValidationError("--evidence is for text and json: junit has no place for it")
    }
  }

  func run() throws {
    if let certificate { try TraceCommand.keepApart(certificate, from: [trace]) }
    if needsAttribution { try TraceCommand.requireFile(trace) }
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let whole =
      try isPart
      ? judgedPart(reader)
      : ShownRun.report(on: reader, of: trace) {
        VerificationRun.report(on: reader, threads: threads, onProgress: $0)
      }
    try ClaimNames.require(claim + explain + except, among: whole.findings, of: trace)
    let shown = claim + explain
    // A certificate is of all claims, whichever are shown.
    var report = certificate == nil ? whole.limited(to: shown, except: except) : whole
    guard !report.claims.isEmpty else {
      TraceCommand.complain(
        "\(trace): no claim is left; leave out --except to judge all that are asked for"
          + (whole.omission.map { "; " + $0 } ?? ""))
      throw ExitCode(2)
    }
    if needsAttribution { report = try attributed(report, of: whole, reader) }
    if let certificate { try write(report, reader, to: certificate) }
    show(certificate == nil ? report : report.limited(to: shown, except: except))
    try Self.finish(report, reader, trace)
  }

  private func judgedPart(_ reader: TraceReader) throws -> VerificationReport {
    var coverage: SpanCoverage?
    let report = try ShownRun.report(on: reader, of: trace) { onProgress in
      var part = PartVerification(span, of: reader, readsHistory: withHistory)
      defer { coverage = part.coverage }
      return part.report(on: reader, threads: threads, onProgress: onProgress)
    }
    if let coverage { try TraceCommand.requireBegun(coverage, reader, trace) }
    return report
  }

  private func show(_ found: VerificationReport) {
    let report = format == .text ? found.visible : found
    switch format {
    case .text where !explain.isEmpty:
      for claim in report.claims { print(report.explanation(of: claim, hasAllTakers: all)) }
      if let origin = report.origin { print(origin) }
      if let omission = report.omission { print(omission) }
    case .text:
      print(report.text(isColored: StandardOutput.isColored, isQuiet: quiet))
      if evidence {
        for claim in report.claims where !claim.worstCases.isEmpty && !(quiet && claim.verdict == .pass) {
          print(report.explanation(of: claim, hasAllTakers: all))
        }
      }
    case .json: print(report.json)
    case .junit: print(report.junit)
    }
  }

  /// Goes through the trace once more, for who took the time of the worst cases.
  private func attributed(
    _ report: VerificationReport, of whole: VerificationReport, _ first: TraceReader
  ) throws -> VerificationReport {
    let reader = try TraceCommand.open(trace)
    let isInOrder = whole.claims.contains { $0.identifier == "trace.time" && $0.verdict == .pass }
    if isInOrder, let attributed = try attributedByParts(report, first, reader) { return attributed }
    let attributed = try ShownRun.report(on: reader, of: trace) {
      VerificationRun.attribution(of: report, on: reader, threads: threads, onProgress: $0)
    }
    guard isPart || reader.runIdentity == first.runIdentity else {
      TraceCommand.complain("\(trace): the file changed while it was read: wait until it is written, and try again")
      throw ExitCode(2)
    }
    return attributed
  }

  /// The same from the blocks that matter only; nil where these are too many, or not enough.
  private func attributedByParts(
    _ report: VerificationReport, _ first: TraceReader, _ reader: TraceReader
  ) throws -> VerificationReport? {
    guard isPart || first.condition.isComplete, let index = reader.makeIndex(), let indexed = index.runIdentity
    else { return nil }
    let lead = Verifier(table: reader.moduleTable).learningTime
    // Who has read a part only knows of no other run than the headers tell.
    let identity = isPart ? indexed : first.runIdentity
    guard let run = AttributionRun(report, index, runIdentity: identity, lead: lead) else { return nil }
    var progress = ReadingProgress(trace)
    let outcome = run.attribute(open: { try? TraceReader(path: trace) }) { reader in
      progress.show(reader)
      return !progress.isInterrupted
    }
    progress.clear()
    switch outcome {
    case .attributed(let attributed): return attributed
    case .insufficient: return nil
    case .interrupted: throw ShownRun.interruption()
    }
  }

  private func write(_ report: VerificationReport, _ reader: TraceReader, to path: String) throws {
    let boot = try TraceCommand.open(trace).next()
    var kernelBuild: UInt64?
    if case .event(_, let event)? = boot, event.knownKind == .boot { kernelBuild = event.words.w1 }
    let certificate = Certificate(
      table: reader.moduleTable, toolVersion: ToolVersion.text, runIdentity: reader.runIdentity,
      traceBytes: reader.statistics.storedBytes, isTraceComplete: reader.condition.isComplete,
      kernelBuild: kernelBuild)
    do {
      try OutputFile.write(Array(certificate.json(of: report).utf8), to: path, replacing: force)
    } catch {
      TraceCommand.complain("\(error)")
      throw ExitCode(2)
    }
  }

  /// What the file's own state adds to the verdict: a contradiction means that this is no recorded run at all.
  private static func finish(_ report: VerificationReport, _ reader: TraceReader, _ path: String) throws {
    if report.part == nil, case .damaged(let defects) = reader.condition {
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

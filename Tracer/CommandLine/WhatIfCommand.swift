import ArgumentParser
import Comparison
import Emulation
import Foundation
import ModuleConfiguration
import Simulation
import TraceFormat
import TraceReading
import Verification

/// `partita what-if`: a recorded run's demand under another module.
struct WhatIfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract: "Runs a trace's recorded demand under another schedule, other budgets or policies.",
    discussion: """
      The kernel's own deciding code runs under the other module; each partition computes what it computed between the \
      calls that it made, and lines fire at the instants recorded. What comes out is a trace, judged by 'verify' \
      beside the recorded one: which deadlines and bounds change, and by how much. The other module must have the same \
      partitions, ports and event channels.

      Exit status: 0 every claim holds in the prediction, 1 one is violated there, 2 bad usage or input, 3 none is \
      violated for sure, but one might be: the evidence is incomplete, or the prediction is in doubt; or interrupted.

      A "but:" names a doubt: a partition is answered otherwise than recorded, does more than was recorded of it, \
      starts anew as it did not in the recorded run, or does not where it did, is interrupted at another call \
      of its processes, has processes ready in other windows, or its scheduler tells of a missed deadline in one of \
      both runs only. From there on its further deeds are not known. Deadlines of its processes, of partitions that it \
      can reach by ports, events or the module schedule, and all budgets and custom claims are then 'unknown', unless \
      violated before. What the kernel promises whatever partitions do is not touched.

      Where the other module moves windows or the like, the prediction is made thrice more: with whoever may have \
      waited by the clock waiting, and with a kernel that takes a little more, or less. A verdict that is another in \
      one of them is 'unknown' too, and so is one on a time too near its bound. Under the recorded module itself the \
      prediction is the recorded run, but for what a stimulus file played; a verdict that the two do not share is \
      'unknown'.

      With --schedule-search no other module is needed: the smallest windows of the recorded schedule, each from its \
      start, with which all recorded deadlines still hold if partitions compute more by the margin, what binds each \
      of them, and the elements to paste into the module file; status 1 if the deadlines do not hold in the recorded \
      windows, 3 if the trace or the prediction is not to be relied on.

      Examples:
        partita what-if run.partita --module faster.xml
        partita what-if run.partita --module faster.xml -o predicted.partita
        partita report predicted.partita -o predicted.html
        partita what-if run.partita --schedule-search --margin 20
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The recorded trace.", completion: .file())
  var trace: String

  @Option(
    help: ArgumentHelp("The other module: an XML file, or an image made by 'partita pack'.", valueName: "file"),
    completion: .file())
  var module: String?

  @Flag(help: "Look for the smallest windows that meet all recorded deadlines.")
  var scheduleSearch = false

  @Option(
    help: ArgumentHelp(
      "In the predictions, partitions compute so much more than they did, and the kernel in their calls; in the search "
        + "10 if not given.",
      valueName: "percent"))
  var margin: UInt64?

  @Option(
    name: [.customShort("o"), .customLong("output")], help: "Keep the predicted trace in this file.",
    completion: .file())
  var output: String?

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  @Option(help: "text, or json.")
  var format = Format.text

  @Flag(help: "Show every claim, not only those that change or are timed.")
  var all = false

  @Option(
    name: .customLong("images"), help: "A directory with partition images; may be repeated.", completion: .directory)
  var imageDirectories: [String] = []

  func validate() throws {
    guard (module != nil) != scheduleSearch else {
      throw ValidationError("give either --module FILE or --schedule-search")
    }
    guard (margin ?? 0) <= 10_000 else { throw ValidationError("--margin is at most 10000 percent") }
    guard !scheduleSearch || output == nil else { throw ValidationError("--output goes with --module") }
    guard !scheduleSearch || !all else { throw ValidationError("--all goes with --module") }
    guard !scheduleSearch || imageDirectories.isEmpty else { throw ValidationError("--images goes with --module") }
    guard output != nil || !force else { throw ValidationError("--force is for --output: nothing else is written") }
  }

  func run() throws {
    try ImageFolders.require(imageDirectories)
    // Both ways read the recorded trace more than once.
    try TraceCommand.requireFile(trace)
    if let output { try TraceCommand.keepApart(output, from: [trace, module]) }
    guard let module else { return try reporting { try search() } }
    try reporting {
      try ModuleSource.withTable(of: module, imageDirectories: imageDirectories) { table in
        try show(try predict(under: table, of: module))
      }
    }
  }

  private func search() throws {
    let margin = self.margin ?? 10
    let signals = try SignalWatch()
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    var progress = ProgressLine(isShown: StandardOutput.showsProgress)
    let search = ScheduleSearch(path: trace, table: reader.moduleTable, marginPercent: margin) { what in
      progress.show(what)
      return signals.isPending
    }
    let found: ScheduleSearch.Result
    do {
      found = try search.run()
    } catch is ScheduleSearch.Interrupted {
      progress.clear()
      TraceCommand.complain("interrupted; nothing is found")
      throw ExitCode(3)
    } catch let contradiction as ScheduleSearch.Contradiction {
      progress.clear()
      TraceCommand.complain("\(trace) is no run of its module: \(contradiction.reason)")
      throw ExitCode(2)
    } catch let missing as MissingStart {
      progress.clear()
      TraceCommand.complain("\(missing.sentence); nothing is found")
      throw ExitCode(missing.exitStatus)
    } catch let unwritable as ScheduleSearch.Unwritable {
      progress.clear()
      TraceCommand.complain(
        "\(unwritable.path): \(unwritable.reason); nothing is found — make room there, or name another folder by "
          + "TMPDIR")
      throw ExitCode(2)
    }
    progress.clear()
    let answer = SearchedWindows(found: found, margin: margin)
    switch format {
    case .text: print(TraceVocabulary.visible(answer.text, keeping: ["\n"]))
    case .json: print(try answer.json())
    }
    for weakness in found.weaknesses { TraceCommand.complain("but: \(weakness)") }
    if answer.exitStatus != 0 { throw ExitCode(answer.exitStatus) }
  }

  /// Whoever waits for a reader of the answer is ended by a signal, and nobody watches for those any more.
  private func show(_ comparison: PredictedChanges) throws {
    switch format {
    case .text: print(comparison.text(isColored: StandardOutput.isColored, showsAll: all), terminator: "")
    case .json: print(try comparison.json())
    }
    if let output { ModuleSession.say("predicted trace: \(output)\n", to: STDERR_FILENO) }
    if comparison.exitStatus != 0 { throw ExitCode(comparison.exitStatus) }
  }

  private func predict(under table: ModuleTable, of module: String) throws -> PredictedChanges {
    // Before anything is made that a Ctrl-C would leave behind.
    let signals = try SignalWatch()
    defer { withExtendedLifetime(signals) {} }
    let scratch = try PrivateDirectory()
    defer { withExtendedLifetime(scratch.path) {} }
    let temporary = scratch.file("predicted")
    let made = try write(under: table, of: module, to: output ?? temporary, signals)
    let alternatives = try made.assumptions.enumerated().map { number, other in
      let path = temporary + "-\(number)"
      return (try write(under: table, of: module, to: path, signals, other.assumption), other.condition)
    }
    let comparison = try compare(made, alternatives, signals)
    // The last reading may have been over already.
    guard !signals.isPending else { throw ShownRun.interruption() }
    return comparison
  }

  /// A prediction that has been written, and is not kept yet.
  private struct Made {
    var file: TraceOutput
    var doubts: [Prediction.Doubt]
    var endings: [Prediction.Doubt]
    var lossCount: UInt64
    var overflow: UInt64?
    /// Whether it is of the recorded module, whatever is played to that.
    var isSameModule: Bool
    /// What else may be taken for granted, in words.
    var assumptions: [(assumption: DemandAssumption, condition: String)]
  }

  /// Writes the predicted trace; what that takes of memory is free again before it is judged.
  private func write(
    under table: ModuleTable, of module: String, to path: String, _ signals: SignalWatch,
    _ assumption: DemandAssumption = .init()
  ) throws -> Made {
    let file = try TraceOutput(target: path, mayReplace: force)
    let writer = FileWriter(path: file.growing)
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let prediction: Prediction
    do throws(Prediction.Mismatch) {
      prediction = try Prediction(
        recorded: reader.moduleTable, under: table, extraPercent: margin ?? 0, assumption: assumption,
        source: Self.source(reader, until: signals),
        sink: { writer.write($0) })
    } catch {
      TraceCommand.complain("\(module) cannot take this trace's demand: \(error)")
      throw ExitCode(2)
    }
    var progress = ProgressLine(isShown: StandardOutput.showsProgress)
    var wasInterrupted = false
    let span = prediction.run {
      progress.show("\(prediction.eventCount) events predicted")
      wasInterrupted = wasInterrupted || signals.take() > 0
      return wasInterrupted || writer.failure != nil
    }
    progress.clear()
    // A prediction looks up now and then, and a short one never does.
    wasInterrupted = wasInterrupted || signals.take() > 0
    if !wasInterrupted, span == nil, prediction.contradiction == nil {
      let missing = MissingStart(trace, reader) { signals.isPending }
      guard !signals.isPending else { throw Self.interruption() }
      TraceCommand.complain("\(missing.sentence); nothing is kept")
      throw ExitCode(missing.exitStatus)
    }
    guard !wasInterrupted else { throw Self.interruption() }
    guard span != nil, writer.finish() else {
      let reason =
        prediction.contradiction.map { "\(trace) is no run of its module: \($0)" }
        ?? writer.failure ?? "it cannot be written"
      TraceCommand.complain("\(reason); nothing is kept")
      throw ExitCode(2)
    }
    return Made(
      file: file, doubts: prediction.doubts, endings: prediction.endings, lossCount: prediction.lossCount,
      overflow: prediction.overflow,
      isSameModule: ModuleComparison(reader.moduleTable, table).makeSameRun,
      assumptions: PredictedAlternative.assumptions(
        of: prediction, isOtherModule: KernelPaths.areOther(table, than: reader.moduleTable), margin: margin ?? 0))
  }

  private static func interruption() -> ExitCode {
    TraceCommand.complain("interrupted; nothing is kept")
    return ExitCode(3)
  }

  /// The trace's events; where a signal comes there are no more. A trace without a start is read to its end before the
  /// prediction looks up for the first time.
  private static func source(_ reader: TraceReader, until signals: SignalWatch) -> () -> TraceEvent? {
    var count = 0
    return {
      count &+= 1
      return count & 0xFFFF == 0 && signals.isPending ? nil : reader.nextPresentEvent()
    }
  }

  private func compare(
    _ made: Made, _ others: [(made: Made, condition: String)], _ signals: SignalWatch
  ) throws -> PredictedChanges {
    // One after the other: each reader has room for some blocks.
    let recorded = try Judged(trace, signals)
    let predicted = try Judged(try made.file.keep() ?? made.file.target, signals, hasPlayed: recorded.hasStimuli)
    let alternatives = try others.map {
      PredictedAlternative(report: try Judged($0.made.file.growing, signals).report, condition: $0.condition)
    }
    return PredictedChanges(
      recorded: recorded.report, predicted: predicted.report, doubts: made.doubts, endings: made.endings,
      lossCount: made.lossCount,
      overflow: made.overflow, marginPercent: margin ?? 0, recordedCondition: recorded.condition,
      paths: (recorded.paths, predicted.paths),
      isSameRun: made.isSameModule && (margin ?? 0) == 0,
      unpredicted: predicted.unpredicted, alternatives: alternatives)
  }

  /// What is asked of a trace, read to its end.
  private struct Judged {
    let report: VerificationReport
    let condition: TraceCondition
    let paths: KernelPaths
    let hasStimuli: Bool
    let unpredicted: UnpredictedClaims

    /// - Parameter hasPlayed: of a prediction, whether the recorded run played stimuli.
    init(_ path: String, _ signals: SignalWatch, hasPlayed: Bool = false) throws {
      let reader = try TraceCommand.open(path)
      defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
      paths = KernelPaths(reader.moduleTable)
      hasStimuli = reader.moduleTable.count(StimulusRecord.self) > 0
      unpredicted = UnpredictedClaims(of: reader.moduleTable, hasPlayed: hasPlayed)
      report = try ShownRun.report(on: reader, of: path, within: signals)
      condition = reader.condition
    }
  }
}

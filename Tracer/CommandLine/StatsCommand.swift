import ArgumentParser
import Comparison
import Foundation
import TraceReading

/// `partita stats`: counts, rates, latencies and shares of time.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Summarises a trace: counts, rates, latencies with histograms, utilisation, loss.",
    discussion: """
      Minimum and maximum are exact; median and p99 are at most 3.2 % too high (values below 64 ns exact). Memory \
      does not grow with the trace. "hypercall → result" has every call that was answered, with 0 ns where that was \
      decided at the entry; "hypercall → resumed" those after which their caller ran next, so not yield (the whole \
      stay in the kernel, whoever runs next, is in the view 'latencies' of 'partita query').

      With --compare the figures of two traces stand side by side, partitions paired by name: rates instead of \
      counts, and rates and shares are of the time in which no events are missing. Which events differ is what \
      'partita diff' tells. Exit status as for dump: events that the recorder lost are counted, and no reason for 3.

      Examples:
        partita stats run.partita
        partita stats before.partita --compare after.partita
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "Another trace, whose figures are set beside.", completion: .file())
  var compare: String?

  @Flag(help: "With --compare: the figures too that are equal, or differ by less than 0.005 %.")
  var all = false

  @Option(help: "text or json.")
  var format: Format = .text

  func validate() throws {
    guard trace != "-" || compare != "-" else {
      throw ValidationError("only one trace can come from standard input.")
    }
    guard compare != nil || !all else { throw ValidationError("--all belongs to --compare.") }
  }

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let vocabulary = TraceVocabulary(reader.moduleTable)
    let other = try compare.map { try TraceCommand.open($0) }
    let started = ContinuousClock.now
    let (statistics, times, services) = try gather(reader, trace)
    guard let other, let compare else {
      let report = StatisticsReport(statistics, times, services, reader, vocabulary)
      switch format {
      case .text:
        print(report.text(isColored: StandardOutput.isColored), terminator: "")
        if isatty(STDERR_FILENO) == 1 { TraceCommand.complain("read in \(ContinuousClock.now - started)") }
      case .json: print(report.json)
      }
      return try TraceCommand.finish(reader, trace)
    }
    defer { withExtendedLifetime(other) {} }
    let compared = ComparedStatistics(
      comparison: StatisticsComparison(
        statistics, try gather(other, compare).statistics,
        vocabularies: (vocabulary, TraceVocabulary(other.moduleTable))),
      names: (trace, compare))
    switch format {
    case .text: print(compared.text(isWhole: all, isColored: StandardOutput.isColored), terminator: "")
    case .json: print(compared.json)
    }
    do {
      try TraceCommand.finish(reader, trace)
    } catch {
      // What is wrong with the other is told all the same.
      try TraceCommand.finish(other, compare)
      throw error
    }
    try TraceCommand.finish(other, compare)
  }

  private func gather(
    _ reader: TraceReader, _ path: String
  ) throws -> (statistics: TraceStatistics, times: ProcessTimes, services: ServiceCounts) {
    var statistics = TraceStatistics()
    var times = ProcessTimes(reader.moduleTable)
    var services = ServiceCounts(reader.moduleTable)
    var progress = ReadingProgress(path)
    var isInterrupted = false
    while !isInterrupted, let batch = reader.nextBatch() {
      statistics.add(batch)
      times.add(batch)
      services.add(batch)
      progress.show(reader)
      isInterrupted = progress.isInterrupted
    }
    // Also where it came while a pipe gave nothing, and what there was has been taken for the end.
    isInterrupted = isInterrupted || progress.isInterrupted
    progress.clear()
    guard !isInterrupted else {
      TraceCommand.complain("\(path): interrupted; nothing is shown, for it would be of a part")
      throw ExitCode(3)
    }
    times.finish()
    return (statistics, times, services)
  }
}

import ArgumentParser
import Foundation
import TraceReading

/// `partita stats`: counts, rates, latencies and shares of time.
struct StatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stats",
    abstract: "Summarises a trace: counts, rates, latencies with histograms, utilisation, loss.",
    discussion: """
      Minimum and maximum are exact; median and p99 are at most 3.2 % too high (values below 64 ns exact). Memory \
      does not grow with the trace. Exit status as for dump.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.")
  var trace: String

  @Option(help: "text or json.")
  var format: Format = .text

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let vocabulary = TraceVocabulary(reader.moduleTable)
    var statistics = TraceStatistics()
    let started = ContinuousClock.now
    while let batch = reader.nextBatch() { statistics.add(batch) }
    let elapsed = ContinuousClock.now - started
    let report = StatisticsReport(statistics, reader, vocabulary)
    switch format {
    case .text:
      print(report.text(isColoured: isatty(STDOUT_FILENO) == 1), terminator: "")
      if isatty(STDERR_FILENO) == 1 { TraceCommand.complain("read in \(elapsed)") }
    case .json: print(report.json)
    }
    try TraceCommand.finish(reader, trace)
  }
}

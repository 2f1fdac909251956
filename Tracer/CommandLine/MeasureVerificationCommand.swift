import ArgumentParser
import TraceFormat
import TraceReading
import Verification

/// `partita measure-verification`: how fast traces are verified; for Tools/bench.
struct MeasureVerificationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-verification",
    abstract: "Verifies a trace's events from memory and prints the speed.",
    shouldDisplay: false)

  @Argument(help: "The trace file.")
  var trace: String

  @Option(help: "Verify the trace so many times and keep the fastest.")
  var repetitions = 5

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    var batches: [(UInt64, [TraceEvent])] = []
    while let batch = reader.nextBatch() {
      if case .events(let first, let events) = batch { batches.append((first, events)) }
    }
    let count = batches.reduce(0) { $0 + $1.1.count }
    var fastest = Duration.seconds(1_000_000)
    var verdict = Verdict.unknown
    for _ in 0..<max(1, repetitions) {
      let started = ContinuousClock.now
      var verifier = Verifier(table: reader.moduleTable)
      for (first, events) in batches {
        for index in events.indices { verifier.consume(events[index], position: first &+ UInt64(index)) }
      }
      verdict = verifier.finish(fileBytes: reader.statistics.storedBytes).verdict
      fastest = min(fastest, ContinuousClock.now - started)
    }
    let seconds = Double(fastest.components.seconds) + Double(fastest.components.attoseconds) / 1e18
    print("events-verified-per-second = \(seconds > 0 ? UInt64(Double(count) / seconds) : 0) events/s")
    print("events = \(count) events (\(verdict.rawValue))")
  }
}

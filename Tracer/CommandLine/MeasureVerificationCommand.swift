import ArgumentParser
import TraceReading
import Verification

/// `partita measure-verification`: how fast traces are verified; for Tools/bench.
struct MeasureVerificationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-verification",
    abstract: "Verifies a trace and prints the speed.",
    shouldDisplay: false)

  @OptionGroup var options: MeasureOptions

  func run() throws {
    var verdict = Verdict.unknown
    try options.measure("verified") { reader in
      verdict = VerificationRun.report(on: reader, threads: options.threads)?.verdict ?? .unknown
      return reader.statistics.eventCount
    }
    print("verdict = \(verdict.rawValue)")
  }
}

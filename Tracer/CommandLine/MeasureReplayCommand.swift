import ArgumentParser
import PartitionCore
import Replay
import TraceReading

/// `partita measure-replay`: how fast traces are replayed; for Tools/bench.
struct MeasureReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-replay",
    abstract: "Replays a trace and prints the speed.",
    shouldDisplay: false)

  @OptionGroup var options: MeasureOptions

  func run() throws {
    var verdict = ReplayReport.Verdict.inconclusive
    try options.measure("replayed") { reader in
      var replay = TraceReplay<OwnersMarked>(reader, threads: options.threads)
      let report = replay.run()
      verdict = report.verdict
      return report.eventCount
    }
    print("verdict = \(verdict.rawValue)")
  }
}

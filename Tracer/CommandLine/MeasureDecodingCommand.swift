import ArgumentParser
import TraceFormat
import TraceReading

/// `partita measure-decoding`: how fast traces are read; for Tools/bench.
struct MeasureDecodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-decoding",
    abstract: "Reads every column of every event and prints the speed.",
    shouldDisplay: false)

  @Argument(help: "The trace file.")
  var trace: String

  @Option(help: "Read the trace so many times and keep the fastest.")
  var repetitions = 5

  func run() throws {
    var fastest = Duration.seconds(1_000_000)
    var events: UInt64 = 0
    var digest: UInt64 = 0
    for _ in 0..<max(1, repetitions) {
      let reader = try TraceCommand.open(trace)
      let started = ContinuousClock.now
      digest = 0
      while let batch = reader.nextBatch() {
        guard case .events(_, let found) = batch else { continue }
        for event in found { digest = digest &* 31 &+ Self.sum(event) }
      }
      fastest = min(fastest, ContinuousClock.now - started)
      events = reader.statistics.eventCount
    }
    let seconds = Double(fastest.components.seconds) + Double(fastest.components.attoseconds) / 1e18
    print("events-decoded-per-second = \(seconds > 0 ? UInt64(Double(events) / seconds) : 0) events/s")
    print("events = \(events) events (digest \(String(digest, radix: 16)))")
  }

  /// Reads every field, so that none is left undecoded by a clever compiler.
  private static func sum(_ event: TraceEvent) -> UInt64 {
    var sum = event.time &+ UInt64(event.kind) &+ UInt64(event.partition) &+ UInt64(event.detail)
    sum &+= UInt64(event.operand) &+ event.words.w0 &+ event.words.w1 &+ event.words.w2 &+ event.words.w3
    return sum &+ event.words.w4 &+ event.words.w5 &+ event.words.w6 &+ event.words.w7
  }
}

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

  @Option(help: "Threads that decode.")
  var threads = WorkerPool.processorCount

  @Flag(help: "Put every event together, one by one, as a consumer of events gets them.")
  var eventByEvent = false

  func run() throws {
    var fastest = Duration.seconds(1_000_000)
    var sums = EventColumns.Sums()
    let meter = ProcessorMeter()
    for _ in 0..<max(1, repetitions) {
      let reader = try TraceCommand.open(trace)
      let started = ContinuousClock.now
      sums = EventColumns.Sums()
      if eventByEvent { Self.sum(reader, threads, &sums) } else { Self.sumColumns(reader, threads, &sums) }
      fastest = min(fastest, ContinuousClock.now - started)
    }
    let seconds = Double(fastest.components.seconds) + Double(fastest.components.attoseconds) / 1e18
    let rate = seconds > 0 ? UInt64(Double(sums.events) / seconds) : 0
    print("events-decoded-per-second = \(rate) events/s (\(threads) threads)")
    meter.report("decoded", sums.events * UInt64(max(1, repetitions)))
    let all = sums.times &+ sums.kinds &+ sums.partitions &+ sums.details &+ sums.operands &+ sums.words
    print("events = \(sums.events) events (sum of all columns \(String(all, radix: 16)))")
  }

  private static func sumColumns(_ reader: TraceReader, _ threads: Int, _ sums: inout EventColumns.Sums) {
    reader.forEachBlock(threads: threads) {
      $0.sums
    } take: {
      if case .events(let found) = $0 { sums += found }
      return true
    }
  }

  /// Reads every field of every event, so that none is left undecoded by a clever compiler.
  private static func sum(_ reader: TraceReader, _ threads: Int, _ sums: inout EventColumns.Sums) {
    reader.decodeAhead(threads: threads - 1)
    while let batch = reader.nextBatch() {
      guard case .events(_, let events) = batch else { continue }
      for event in events {
        sums.events &+= 1
        sums.times &+= event.time
        sums.kinds &+= UInt64(event.kind)
        sums.partitions &+= UInt64(event.partition)
        sums.details &+= UInt64(event.detail)
        sums.operands &+= UInt64(event.operand)
        sums.words &+= event.words.w0 &+ event.words.w1 &+ event.words.w2 &+ event.words.w3 &+ event.words.w4
        sums.words &+= event.words.w5 &+ event.words.w6 &+ event.words.w7
      }
    }
  }
}

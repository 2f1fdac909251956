import ArgumentParser
import TraceFormat
import TraceReading

/// `partita measure-decoding`: how fast traces are read; for Tools/bench.
struct MeasureDecodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-decoding",
    abstract: "Reads every column of every event and prints the speed.",
    shouldDisplay: false)

  @OptionGroup var options: MeasureOptions

  @Flag(help: "Put every event together, one by one, as a consumer of events gets them.")
  var eventByEvent = false

  func run() throws {
    var all: UInt64 = 0
    try options.measure("decoded") { reader in
      var sums = EventColumns.Sums()
      if eventByEvent { sumEvents(reader, &sums) } else { sumColumns(reader, &sums) }
      all = sums.times &+ sums.kinds &+ sums.partitions &+ sums.details &+ sums.operands &+ sums.words
      return sums.events
    }
    print("sum = \(String(all, radix: 16)) (of all columns)")
  }

  private func sumColumns(_ reader: TraceReader, _ sums: inout EventColumns.Sums) {
    reader.forEachBlock(threads: options.threads) {
      $0.sums
    } take: {
      if case .events(let found) = $0 { sums += found }
      return true
    }
  }

  /// Reads every field of every event, so that none is left undecoded by a clever compiler.
  private func sumEvents(_ reader: TraceReader, _ sums: inout EventColumns.Sums) {
    reader.decodeAhead(threads: options.threads - 1)
    while let batch = reader.nextColumns() {
      guard case .events(let columns) = batch else { continue }
      let events = columns.events
      for index in 0..<events.count {
        let event = events[index]
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

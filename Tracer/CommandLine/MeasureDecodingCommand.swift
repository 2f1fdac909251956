import ArgumentParser
import EventRows
import TraceFormat
import TraceReading

/// `partita measure-decoding`: how fast traces are read, as far as a stage; for Tools/bench.
struct MeasureDecodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-decoding",
    abstract: "Reads every column of every event and prints the speed.",
    shouldDisplay: false)

  /// How far decoding goes. Each stage has those before it in it, but that sums need no columns.
  enum Stage: String, CaseIterable, ExpressibleByArgument {
    /// Blocks are read, their checksums compared, their payloads decompressed: what no decoder is spared. One thread.
    case payloads
    /// Headers of groups and columns, the order of events and their times.
    case order
    /// Every field of every event is read where it lies.
    case sums
    /// Every column is written to memory.
    case columns
    /// Every event is written to memory, one behind the other and some at a time, as who judges it reads it.
    case rows
    /// Every event is put together by itself when it is asked for.
    case events
  }

  @OptionGroup var options: MeasureOptions

  @Option(help: "How far decoding goes.")
  var stage = Stage.sums

  func run() throws {
    var all: UInt64 = 0
    try options.measure("decoded") { reader in
      var sums = EventColumns.Sums()
      switch stage {
      case .payloads: (sums.events, sums.times) = reader.decompressAll()
      case .order: mapBlocks(reader, &sums) { EventColumns.Sums(ofOrder: $0) }
      case .sums: mapBlocks(reader, &sums) { $0.sums }
      case .columns:
        mapBlocks(reader, &sums) {
          $0.complete()
          return EventColumns.Sums(ofOrder: $0)
        }
      case .rows: mapBlocks(reader, &sums) { EventColumns.Sums(ofRows: $0) }
      case .events: sumEvents(reader, &sums)
      }
      all = sums.times &+ sums.kinds &+ sums.partitions &+ sums.details &+ sums.operands &+ sums.words
      return sums.events
    }
    print("sum = \(String(all, radix: 16)) (\(stage == .sums || stage == .events ? "of all columns" : "of a part"))")
  }

  private func mapBlocks(
    _ reader: TraceReader, _ sums: inout EventColumns.Sums,
    _ map: @escaping @Sendable (EventColumns) -> EventColumns.Sums
  ) {
    reader.forEachBlock(threads: options.threads, map: map) {
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

extension EventColumns.Sums {
  fileprivate init(ofOrder columns: EventColumns) {
    self.init()
    events = UInt64(columns.eventCount)
    times = columns.lastTime
  }

  fileprivate init(ofRows columns: EventColumns) {
    var (count, last): (UInt64, UInt64) = (0, 0)
    columns.forEachRun { _, run in
      count += UInt64(run.rows.count)
      last = run.rows.last?.time ?? last
    }
    self.init()
    (events, times) = (count, last)
  }
}

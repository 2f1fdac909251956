import ArgumentParser
import TraceFormat
import TraceReading

/// `partita measure-encoding`: a trace's events encoded anew, in blocks of another size; for Tools/bench.
struct MeasureEncodingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "measure-encoding",
    abstract: "Encodes a trace's events anew and prints size and speed.",
    shouldDisplay: false)

  @Argument(help: "The trace file.", completion: .file())
  var trace: String

  @Option(help: "Events of a block, 1 to 65536.")
  var eventsPerBlock = 4096

  func validate() throws {
    guard (1...TraceLimits.maximumEventsPerBlock).contains(eventsPerBlock) else {
      throw ValidationError("--events-per-block is 1 to \(TraceLimits.maximumEventsPerBlock)")
    }
  }

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    var events: [TraceEvent] = []
    while let batch = reader.nextBatch() {
      if case .events(_, let found) = batch { events += found }
    }
    guard !events.isEmpty else { return }
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: eventsPerBlock)
    let tableBytes = writer.bytes.count
    let started = ContinuousClock.now
    for event in events { writer.append(event) }
    let bytes = writer.finish().count - tableBytes
    let elapsed = ContinuousClock.now - started
    let nanoseconds = Double(elapsed.components.seconds) * 1e9 + Double(elapsed.components.attoseconds) / 1e9
    print("bytes-per-event = \(Double(bytes) / Double(events.count)) bytes (\(eventsPerBlock) events a block)")
    print("encoding-time-per-event = \(nanoseconds / Double(events.count)) ns (on the host)")
  }
}

import ArgumentParser
import Foundation
import TraceReading

/// `partita dump`: a trace as text.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Prints a trace, one line an event.",
    discussion: """
      --from goes to its place at once where the file allows it; what lies before is not looked at then. Damage there \
      does not matter through a pipe either, which is read from its beginning; what contradicts itself there does.

      Exit status: 0 where nothing is missing of what was asked for, 3 where the trace is cut off or damaged there \
      (what could be read is printed), 2 for a file that is no trace, and for a place behind the trace's end. A \
      file that ends within its first block is cut off too, and so is an empty one, which every trace once was: 3. \
      Events that the recorder lost because its ring was full are no defect of the trace, which counts them by 'loss' \
      events: how many, and where, is said on standard error, and the status is 0.

      Examples:
        partita dump run.partita --from 1s --to 1.1s
        partita dump run.partita --kind mark --kind upcall --partition Sensors
        partita dump run.partita --from frame:50 --to frame:50 --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(
    help: "Only events of this kind or class, such as mark, hypercall, input; may be given several times.",
    completion: .list(EventFilter.names))
  var kind: [String] = []

  @Option(help: "Only events of this partition, by name or index; may be given several times.")
  var partition: [String] = []

  @Option(help: "Only events from here on: an instant such as 1.5s, 10ms, 250us, or frame:50, or event:10000.")
  var from: TracePlace?

  @Option(help: "Only events up to here, this instant, frame or event included.")
  var to: TracePlace?

  @Option(help: "text, or json for one object a line.")
  var format: Format = .text

  @Option(help: "Stop after so many events, 0 or more.")
  var limit: UInt64?

  func validate() throws { try TraceCommand.requireForward(TraceSpan(from: from, to: to)) }

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let vocabulary = TraceVocabulary(reader.moduleTable)
    let printer = EventPrinter(vocabulary, filter: try filter(vocabulary), isJSON: format == .json)
    if from == nil, to == nil, limit == nil {
      printAll(reader, printer)
      return try TraceCommand.finish(reader, trace)
    }
    let coverage = printSpan(reader, printer)
    try TraceCommand.requireBegun(coverage, reader, trace)
    try TraceCommand.finish(reader, trace, coverage)
  }

  /// Prints the whole trace; several threads put the lines together.
  private func printAll(_ reader: TraceReader, _ printer: EventPrinter) {
    var output = OutputBuffer()
    let lineBytes = format == .json ? 300 : 150
    reader.forEachBlock(threads: WorkerPool.processorCount, resultBytesPerEvent: lineBytes) { columns in
      var lines = TextBytes()
      lines.reserve(columns.eventCount * lineBytes)
      let events = columns.events
      for index in 0..<events.count {
        printer.put(events[index], columns.firstPosition + UInt64(index), to: &lines)
      }
      return lines
    } take: { block in
      switch block {
      case .gap(let gap): output.write { printer.put(gap, to: &$0) }
      case .events(let lines): output.write(lines)
      }
      return true
    }
    output.flush()
  }

  /// Prints from one place to another; tells what was there of it.
  private func printSpan(_ reader: TraceReader, _ printer: EventPrinter) -> SpanCoverage {
    var output = OutputBuffer()
    defer { output.flush() }
    var printed: UInt64 = 0
    var coverage = SpanCoverage(TraceSpan(from: from, to: to), of: reader)
    guard limit != 0 else { return coverage }
    if from != nil, let index = reader.makeIndex(), let block = index.block(before: coverage.span) {
      _ = reader.begin(at: index.entries[block])
    }
    reader.decodeAhead(threads: WorkerPool.processorCount > 1 ? 1 : 0)
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap):
        coverage.note(gap) { found in output.write { printer.put(found, to: &$0) } }
      case .events(let columns):
        for index in 0..<columns.eventCount {
          let event = columns.event(at: index)
          let position = columns.firstPosition + UInt64(index)
          let side = coverage.side(of: event, position: position, defectCount: reader.defectCount) { found in
            output.write { printer.put(found, to: &$0) }
          }
          if side == .within { output.write { if printer.put(event, position, to: &$0) { printed += 1 } } }
          // What follows is not asked for, and may be missing or not.
          if side == .after || coverage.isOver || printed == limit { return coverage }
        }
      }
    }
    coverage.finish { found in output.write { printer.put(found, to: &$0) } }
    return coverage
  }

  private func filter(_ vocabulary: TraceVocabulary) throws -> EventFilter {
    var filter = EventFilter()
    for text in kind {
      guard let kinds = EventFilter.kinds(text) else {
        throw ValidationError("no kind or class of events is called '\(text)'; try mark, upcall, hypercall, input …")
      }
      filter.kinds = (filter.kinds ?? []).union(kinds)
    }
    for text in partition {
      guard let index = vocabulary.partitionIndex(text) else {
        let known = vocabulary.partitions.joined(separator: ", ")
        throw ValidationError("the trace has no partition '\(text)'; it has \(known)")
      }
      filter.partitions = (filter.partitions ?? []).union([index])
    }
    return filter
  }
}

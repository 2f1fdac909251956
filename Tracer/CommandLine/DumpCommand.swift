import ArgumentParser
import Foundation
import TraceReading

/// `partita dump`: a trace as text.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Prints a trace, one line an event.",
    discussion: """
      --from goes to its place at once where the file allows it; what lies before is not looked at then.

      Exit status: 0 for a whole trace, 3 for one that is cut off or damaged (what could be read is printed), 2 for \
      a file that is no trace.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.", completion: .file())
  var trace: String

  @Option(help: "Only events of this kind or class, such as mark, hypercall, input; may be given several times.")
  var kind: [String] = []

  @Option(help: "Only events of this partition, by name or index; may be given several times.")
  var partition: [String] = []

  @Option(help: "Only events from here on: an instant such as 1.5s, 10ms, 250us, or frame:50, or event:10000.")
  var from: TracePlace?

  @Option(help: "Only events up to here, this instant, frame or event included.")
  var to: TracePlace?

  @Option(help: "text, or json for one object a line.")
  var format: Format = .text

  @Option(help: "Stop after so many events.")
  var limit: UInt64?

  func run() throws {
    let reader = try TraceCommand.open(trace)
    defer { withExtendedLifetime(reader) {} }  // The module table is the reader's.
    let vocabulary = TraceVocabulary(reader.moduleTable)
    let printer = EventPrinter(vocabulary, filter: try filter(vocabulary), isJSON: format == .json)
    if from == nil, to == nil, limit == nil {
      printAll(reader, printer)
    } else if !printSpan(reader, printer) {
      return
    }
    try TraceCommand.finish(reader, trace)
  }

  /// Prints the whole trace; several threads put the lines together.
  private func printAll(_ reader: TraceReader, _ printer: EventPrinter) {
    var output = OutputBuffer()
    let lineBytes = format == .json ? 300 : 150
    reader.forEachBlock(threads: WorkerPool.processorCount, resultBytesPerEvent: lineBytes) { columns in
      var lines = TextBytes()
      lines.reserve(columns.eventCount * lineBytes)
      for index in 0..<columns.eventCount {
        printer.put(columns.event(at: index), columns.firstPosition + UInt64(index), to: &lines)
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

  /// Prints from one place to another; false where that is before the trace's end.
  private func printSpan(_ reader: TraceReader, _ printer: EventPrinter) -> Bool {
    var output = OutputBuffer()
    defer { output.flush() }
    var printed: UInt64 = 0
    var span = TraceSpan(from: from, to: to)
    if from != nil, let index = reader.makeIndex(), let block = index.block(before: span) {
      _ = reader.begin(at: index.entries[block])
    }
    reader.decodeAhead(threads: WorkerPool.processorCount > 1 ? 1 : 0)
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap): output.write { printer.put(gap, to: &$0) }
      case .events(let columns):
        for index in 0..<columns.eventCount {
          let event = columns.event(at: index)
          let position = columns.firstPosition + UInt64(index)
          let side = span.side(of: event, position: position)
          if side == .after || printed == limit { return false }
          guard side == .within else { continue }
          output.write { if printer.put(event, position, to: &$0) { printed += 1 } }
        }
      }
    }
    return true
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

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
    let filter = try filter(vocabulary)
    let width = max(6, vocabulary.partitions.map(\.count).max() ?? 0)
    var output = OutputBuffer()
    var printed: UInt64 = 0
    var span = TraceSpan(from: from, to: to)
    if from != nil, let index = reader.makeIndex(), let block = index.block(before: span) {
      _ = reader.begin(at: index.entries[block])
    }
    reader.decodeAhead(threads: WorkerPool.processorCount > 1 ? 1 : 0)
    while let batch = reader.nextColumns() {
      switch batch {
      case .gap(let gap): output.write(line: format == .text ? "--- \(Self.text(gap))" : Self.json(gap))
      case .events(let columns):
        for index in 0..<columns.eventCount {
          let event = columns.event(at: index)
          let position = columns.firstPosition + UInt64(index)
          let side = span.side(of: event, position: position)
          if side == .after || printed == limit {
            output.flush()
            return
          }
          guard side == .within, filter.admits(event) else { continue }
          printed += 1
          let description = EventDescription(event, position: position, vocabulary)
          output.write(line: format == .text ? description.line(partitionWidth: width) : description.json)
        }
      }
    }
    output.flush()
    try TraceCommand.finish(reader, trace)
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

  private static func text(_ gap: TraceGap) -> String {
    let missing = gap.eventsMissing.map { "\($0) events missing" } ?? "an unknown number of events missing"
    return "gap before event \(gap.nextPosition): \(missing); \(gap.defect)"
  }

  private static func json(_ gap: TraceGap) -> String {
    let missing = gap.eventsMissing.map(String.init) ?? "null"
    return "{\"gap\":{\"nextPosition\":\(gap.nextPosition),\"eventsMissing\":\(missing),"
      + "\"reason\":\(EventField.quoted("\(gap.defect)"))}}"
  }
}

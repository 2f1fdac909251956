import ArgumentParser
import Foundation
import TraceReading

extension TraceInstant: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

/// `partita dump`: a trace as text.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Prints a trace, one line an event.",
    discussion: """
      Exit status: 0 for a whole trace, 3 for one that is cut off or damaged (what could be read is printed), 2 for \
      a file that is no trace.
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The trace file, or - for standard input.")
  var trace: String

  @Option(help: "Only events of this kind or class, such as mark, hypercall, input; may be given several times.")
  var kind: [String] = []

  @Option(help: "Only events of this partition, by name or index; may be given several times.")
  var partition: [String] = []

  @Option(help: "Only events at this instant or later, such as 1.5s, 10ms, 250us.")
  var from: TraceInstant?

  @Option(help: "Only events at this instant or earlier.")
  var to: TraceInstant?

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
    while let item = reader.next() {
      if printed == limit {
        output.flush()
        return
      }
      switch item {
      case .event(let position, let event):
        guard filter.admits(event) else { continue }
        printed += 1
        let description = EventDescription(event, position: position, vocabulary)
        output.write(line: format == .text ? description.line(partitionWidth: width) : description.json)
      case .gap(let gap):
        output.write(line: format == .text ? "--- \(Self.text(gap))" : Self.json(gap))
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
    if let from { filter.from = from.nanoseconds }
    if let to { filter.to = to.nanoseconds }
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

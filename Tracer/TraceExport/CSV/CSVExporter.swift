import TraceFormat
import TraceReading

/// A trace as one CSV file, a row an event: the raw event, and what it says in words.
///
/// Missing events are a row of the kind `gap`, with `w0` the number of them, empty where nobody knows it.
public final class CSVExporter: TraceExporter {
  static let columns =
    ["position", "time_ns", "class", "kind", "partition", "detail", "operand"] + (0..<8).map { "w\($0)" } + ["fields"]

  private let file: ExportFile
  private let vocabulary: TraceVocabulary

  public var failure: ExportFailure? { file.failure }

  public init(_ file: ExportFile, _ reader: TraceReader) {
    self.file = file
    vocabulary = TraceVocabulary(reader.moduleTable)
    file.write(CSVRow.line(Self.columns))
  }

  public func add(_ event: TraceEvent, position: UInt64) {
    let fields = EventShape.of(event).describe(event, vocabulary).map(\.text).joined(separator: " ")
    var row = [
      "\(position)", "\(event.time)", event.knownKind.map { "\($0.eventClass)" } ?? "unknown",
      TraceVocabulary.kind(event.kind), event.partition == 0xFF ? "" : vocabulary.partition(event.partition),
      "\(event.detail)", "\(event.operand)",
    ]
    for word in 0..<8 { row.append("\(event.words[word])") }
    file.write(CSVRow.line(row + [fields]))
  }

  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    guard case .lost(let count, let from, let reason) = change else { return }
    let words = [count.map { "\($0)" } ?? ""] + [String](repeating: "", count: 7)
    let text = "after \(EventField.seconds(from)) s: \(reason)"
    file.write(CSVRow.line(["\(position)", "\(time)", "", "gap", "", "", ""] + words + [text]))
  }

  public func finish(at time: UInt64) throws(ExportFailure) { file.flush() }
}

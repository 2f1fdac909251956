import TraceFormat
import TraceReading

/// A trace as one CSV file, a row an event: the raw event, and what it says in words.
///
/// Missing events are a row of the kind `gap`, with `w0` the number of them, empty where nobody knows it, and the
/// position that the next event has, or would have where the export ends.
public final class CSVExporter: TraceExporter {
  static let columns =
    ["position", "time_ns", "class", "kind", "partition", "detail", "operand"] + (0..<8).map { "w\($0)" } + ["fields"]

  private let file: ExportFile
  private let vocabulary: TraceVocabulary
  /// What an event says in words; kept for its memory.
  private var said = TextBytes()

  /// What went wrong in the file.
  public var failure: ExportFailure? { file.failure }

  /// Writes the line of column names.
  public init(_ file: ExportFile, _ reader: TraceReader) {
    self.file = file
    vocabulary = TraceVocabulary(reader.moduleTable)
    file.write(CSVRow.line(Self.columns))
  }

  /// Writes a row; the partition is empty for 255, which is none.
  public func add(_ event: TraceEvent, position: UInt64) {
    said.removeAll()
    EventShape.of(event).write(event, vocabulary, to: &said)
    file.write { text in
      text.put(position)
      text.put(byte: CSVRow.comma)
      text.put(event.time)
      text.put(byte: CSVRow.comma)
      text.put(TraceVocabulary.eventClass(event.kind))
      text.put(byte: CSVRow.comma)
      text.put(TraceVocabulary.kind(event.kind))
      text.put(byte: CSVRow.comma)
      if event.partition != 0xFF { CSVRow.put(vocabulary.partition(event.partition), to: &text) }
      text.put(byte: CSVRow.comma)
      text.put(UInt64(event.detail))
      text.put(byte: CSVRow.comma)
      text.put(UInt64(event.operand))
      text.put(byte: CSVRow.comma)
      for word in 0..<8 {
        text.put(event.words[word])
        text.put(byte: CSVRow.comma)
      }
      CSVRow.put(said, to: &text)
      CSVRow.end(&text)
    }
  }

  /// Writes a row for missing events, and nothing for other changes.
  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    guard case .lost(let count, let from, _, let reason) = change else { return }
    let words = [count.map { "\($0)" } ?? ""] + [String](repeating: "", count: 7)
    let text = "after \(EventField.seconds(from)) s: \(reason)"
    file.write(CSVRow.line(["\(position)", "\(time)", "", "gap", "", "", ""] + words + [text]))
  }

  /// Hands the last rows over; `failure` tells where that fails.
  public func finish(at time: UInt64) throws(ExportFailure) { file.flush() }
}

import TraceFormat
import TraceReading

/// A trace as a folder of CSV files, one for each kind of events, with a column for each field of the kind.
///
/// Missing events are rows of `gap.csv`.
public final class CSVFolderExporter: TraceExporter {
  /// Whether a file of the folder may be an earlier export's: it has the name of a kind, or that of the gaps.
  public static func isOwn(_ name: String) -> Bool { ownNames.contains(name) }
  private static let ownNames = Set((UInt8.min...UInt8.max).map { "\(fileName($0)).csv" } + ["gap.csv"])

  private static func fileName(_ kind: UInt8) -> String {
    TraceVocabulary.kind(kind).replacing(" ", with: "-")
  }

  private let folder: String
  private let vocabulary: TraceVocabulary
  private var files: [String: ExportFile] = [:]
  private var fileOfKind: [UInt8: ExportFile] = [:]
  /// The first thing that went wrong in one of the files.
  public private(set) var failure: ExportFailure?

  /// - Parameter folder: exists and is empty.
  public init(folder: String, _ reader: TraceReader) {
    self.folder = folder
    vocabulary = TraceVocabulary(reader.moduleTable)
  }

  private func file(_ name: String, columns: () -> [String]) -> ExportFile? {
    if let file = files[name] { return file }
    do throws(ExportFailure) {
      let file = try ExportFile(creating: "\(folder)/\(name).csv")
      file.write(CSVRow.line(columns()))
      files[name] = file
      return file
    } catch {
      failure = failure ?? error
      return nil
    }
  }

  /// Writes a row to the file of the event's kind, which is made with its first event.
  public func add(_ event: TraceEvent, position: UInt64) {
    let shape = EventShape.of(event)
    guard let file = fileOfKind[event.kind] ?? begin(shape) else { return }
    file.write { text in
      text.put(position)
      text.put(byte: CSVRow.comma)
      text.put(event.time)
      text.put(byte: CSVRow.comma)
      if event.partition != 0xFF { CSVRow.put(vocabulary.partition(event.partition), to: &text) }
      for field in shape.fields {
        text.put(byte: CSVRow.comma)
        if let value = field.value(event) { Self.put(field.described(value, vocabulary), to: &text) }
      }
      CSVRow.end(&text)
    }
    failure = failure ?? file.failure
  }

  private func begin(_ shape: EventShape) -> ExportFile? {
    let file = file(Self.fileName(shape.kind)) { ["position", "time_ns", "partition"] + shape.fields.map(Self.column) }
    fileOfKind[shape.kind] = file
    return file
  }

  private static func column(_ field: ShapeField) -> String {
    switch field.meaning {
    case .duration, .instant: field.name + "_ns"
    default: field.name
    }
  }

  private static func put(_ value: EventField.Value, to text: inout TextBytes) {
    switch value {
    case .count(let value), .duration(let value), .instant(let value): text.put(value)
    case .address(let value): text.put(hexadecimal: value)
    case .name(let name): CSVRow.put(name, to: &text)
    case .flag(let isSet): text.put(byte: isSet ? 0x31 : 0x30)
    }
  }

  /// Writes a row of `gap.csv` for missing events, and nothing for other changes.
  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    guard case .lost(let count, let from, _, let reason) = change else { return }
    let file = file("gap") { ["from_ns", "to_ns", "missing", "reason"] }
    file?.write(CSVRow.line(["\(from)", "\(time)", count.map { "\($0)" } ?? "", reason]))
  }

  /// Hands the last rows of all files over; `failure` tells where that fails.
  public func finish(at time: UInt64) throws(ExportFailure) {
    for file in files.values {
      file.flush()
      failure = failure ?? file.failure
    }
  }
}

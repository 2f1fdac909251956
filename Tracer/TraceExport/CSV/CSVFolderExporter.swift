import TraceFormat
import TraceReading

/// A trace as a folder of CSV files, one for each kind of events, with a column for each field of the kind.
///
/// Missing events are rows of `gap.csv`.
public final class CSVFolderExporter: TraceExporter {
  /// Whether a file of the folder may be an earlier export's.
  public static func isOwn(_ name: String) -> Bool { name.hasSuffix(".csv") }

  private let folder: String
  private let vocabulary: TraceVocabulary
  private var files: [String: ExportFile] = [:]
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

  public func add(_ event: TraceEvent, position: UInt64) {
    let shape = EventShape.of(event)
    let name = TraceVocabulary.kind(event.kind).replacing(" ", with: "-")
    let file = file(name) { ["position", "time_ns", "partition"] + shape.fields.map(Self.column) }
    guard let file else { return }
    var row = ["\(position)", "\(event.time)", event.partition == 0xFF ? "" : vocabulary.partition(event.partition)]
    for field in shape.fields {
      row.append(field.value(event).map { Self.text(field.described($0, vocabulary)) } ?? "")
    }
    file.write(CSVRow.line(row))
    failure = failure ?? file.failure
  }

  private static func column(_ field: ShapeField) -> String {
    switch field.meaning {
    case .duration, .instant: field.name + "_ns"
    default: field.name
    }
  }

  private static func text(_ value: EventField.Value) -> String {
    switch value {
    case .count(let value), .duration(let value), .instant(let value): "\(value)"
    case .address(let value): "0x" + String(value, radix: 16)
    case .name(let text): text
    case .flag(let isSet): isSet ? "1" : "0"
    }
  }

  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    guard case .lost(let count, let from, let reason) = change else { return }
    let file = file("gap") { ["from_ns", "to_ns", "missing", "reason"] }
    file?.write(CSVRow.line(["\(from)", "\(time)", count.map { "\($0)" } ?? "", reason]))
  }

  public func finish(at time: UInt64) throws(ExportFailure) {
    for file in files.values {
      file.flush()
      failure = failure ?? file.failure
    }
  }
}

import ArgumentParser
import Foundation
import TraceExport
import TraceReading

/// What `partita export` writes.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  case ctf, perfetto, chrome, sqlite, csv, vcd

  /// The format that a file's name stands for; nil where it stands for none.
  init?(path: String) {
    switch (path as NSString).pathExtension.lowercased() {
    case "ctf": self = .ctf
    case "pftrace", "perfetto", "perfetto-trace": self = .perfetto
    case "json": self = .chrome
    case "sqlite", "sqlite3", "db": self = .sqlite
    case "csv": self = .csv
    case "vcd": self = .vcd
    default: return nil
    }
  }

  /// Whether standard output can be the target.
  var isStream: Bool { self != .ctf && self != .sqlite }

  func targetKind(byKind: Bool) -> ExportTarget.Kind {
    switch self {
    case .ctf: .folder { CTFExporter.isOwn($0) }
    case .csv where byKind: .folder { CSVFolderExporter.isOwn($0) }
    default: .file
    }
  }

  /// Writes a trace at `path`, or to standard output where it is nil.
  func write(
    _ reader: TraceReader, to path: String?, byKind: Bool, _ run: inout ExportRun,
    onBatch: () throws(ExportFailure) -> Void
  ) throws(ExportFailure) {
    func file() throws(ExportFailure) -> ExportFile {
      guard let path else { return ExportFile() }
      return try ExportFile(creating: path)
    }
    switch self {
    case .ctf: try run.run(reader, into: try CTFExporter(folder: path ?? "", reader), onBatch: onBatch)
    case .perfetto:
      try run.run(reader, into: TrackExporter(PerfettoWriter(try file()), reader), onBatch: onBatch)
    case .chrome: try run.run(reader, into: TrackExporter(ChromeWriter(try file()), reader), onBatch: onBatch)
    case .sqlite: try run.run(reader, into: try SQLiteExporter(path ?? "", reader), onBatch: onBatch)
    case .csv where byKind:
      try run.run(reader, into: CSVFolderExporter(folder: path ?? "", reader), onBatch: onBatch)
    case .csv: try run.run(reader, into: CSVExporter(try file(), reader), onBatch: onBatch)
    case .vcd: try run.run(reader, into: VCDExporter(try file(), reader), onBatch: onBatch)
    }
  }
}

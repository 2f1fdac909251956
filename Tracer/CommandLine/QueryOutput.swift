import ArgumentParser
import TextForms
import TraceExport
import TraceReading

/// Prints the rows that a statement answers.
struct QueryOutput {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case table, csv, json
  }
  /// So many rows decide how wide the columns of a table are; longer values of later rows push to the right.
  private static let measuredRowCount = 1000

  private let format: Format
  private let file = ExportFile()

  init(_ format: Format) { self.format = format }

  /// Prints all rows of a statement.
  mutating func write(_ statement: Statement) throws(Database.Failure) {
    switch format {
    case .table: try writeTable(statement)
    case .csv: try writeCSV(statement)
    case .json: try writeJSON(statement)
    }
    file.flush()
  }

  func finish() { file.flush() }

  /// Why not all was written; nil also where whoever read it has gone.
  var failure: ExportFailure? { file.failure == .readerGone ? nil : file.failure }

  /// Whether some of the answer is there already.
  var hasWritten: Bool { file.hasWritten }

  /// Nobody reads any more.
  private var isClosed: Bool { file.failure != nil }

  private static func text(_ value: Statement.Value) -> String {
    switch value {
    case .null: ""
    case .integer(let number): "\(number)"
    case .real(let number): "\(number)"
    case .text(let text): text
    case .blob(let bytes): "x'" + bytes.map(\.hexadecimalDigits).joined() + "'"
    }
  }

  // MARK: Table

  private func writeTable(_ statement: Statement) throws(Database.Failure) {
    let names = statement.columnNames
    var first: [[Statement.Value]] = []
    while first.count < Self.measuredRowCount, try statement.next() { first.append(statement.row) }
    let widths = names.indices.map { column in
      first.reduce(names[column].columns) { max($0, Self.visible(Self.text($1[column])).columns) }
    }
    let areNumbers = names.indices.map { column in
      first.allSatisfy { row in
        switch row[column] {
        case .integer, .real, .null: true
        default: false
        }
      }
    }
    func write(_ cells: [String]) {
      let padded = cells.indices.map { EventDescription.padded(cells[$0], widths[$0], isRight: areNumbers[$0]) }
      var line = padded.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      file.write(line + "\n")
    }
    write(names)
    file.write(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ") + "\n")
    var count = first.count
    for row in first { write(row.map { Self.visible(Self.text($0)) }) }
    if first.count == Self.measuredRowCount {
      while !isClosed, try statement.next() {
        write(statement.row.map { Self.visible(Self.text($0)) })
        count += 1
      }
    }
    file.write("(\(count) row\(count == 1 ? "" : "s"))\n")
  }

  /// Without what would break a line of a table.
  private static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
  }

  // MARK: CSV and JSON

  private func writeCSV(_ statement: Statement) throws(Database.Failure) {
    file.write(CSVRow.line(statement.columnNames))
    while !isClosed, try statement.next() { file.write(CSVRow.line(statement.row.map(Self.text))) }
  }

  private func writeJSON(_ statement: Statement) throws(Database.Failure) {
    let names = statement.columnNames.map(EventField.quoted)
    file.write("[")
    var separator = "\n"
    while !isClosed, try statement.next() {
      let members = zip(names, statement.row).map { "\($0):\(Self.json($1))" }
      file.write(separator + "{" + members.joined(separator: ",") + "}")
      separator = ",\n"
    }
    file.write("\n]\n")
  }

  private static func json(_ value: Statement.Value) -> String {
    switch value {
    case .null: "null"
    case .integer(let number): "\(number)"
    case .real(let number): number.isFinite ? "\(number)" : "null"
    case .text(let text): EventField.quoted(text)
    case .blob: EventField.quoted(text(value))
    }
  }
}

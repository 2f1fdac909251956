/// What an exported database says of the trace that it was made of.
public enum DatabaseCondition: Equatable, Sendable {
  /// It is none that an export has made.
  case foreign
  /// An export has made it that did not yet say.
  case untold
  /// All of what was exported was there; the note says what is to be known of it besides.
  case complete(note: String?)
  /// What was missing, in words.
  case incomplete(String)

  static let key = "condition"
  static let noteKey = "note"
  private static let whole = "complete"

  /// What the table of information says where this was missing.
  static func text(_ doubts: [String]) -> String { doubts.isEmpty ? whole : doubts.joined(separator: "; ") }

  /// Asks a database. Where that fails it is a foreign one: those of an export have the table.
  public init(_ database: Database) {
    var values: [String: String] = [:]
    do throws(Database.Failure) {
      let statement = try database.prepare(own: "SELECT key, value FROM information")
      while try statement.next() {
        let row = statement.row
        if case .text(let key) = row[0], case .text(let value) = row[1] { values[key] = value }
      }
    } catch {
      self = .foreign
      return
    }
    guard values["schema"] != nil, values["module_table"] != nil else {
      self = .foreign
      return
    }
    guard let condition = values[Self.key] else {
      self = .untold
      return
    }
    self = condition == Self.whole ? .complete(note: values[Self.noteKey]) : .incomplete(condition)
  }
}

import CSQLite3

/// A prepared statement.
public final class Statement {
  /// A value of a row.
  public enum Value: Equatable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
  }

  private let handle: OpaquePointer
  private let database: Database
  private var failureOfBinding: Int32 = SQLITE_OK

  init(_ handle: OpaquePointer, _ database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  // MARK: Writing

  /// Binds an unsigned number as the signed one of the same bits; SQLite knows no other.
  func bind(_ index: Int32, _ value: UInt64?) {
    note(
      value.map { sqlite3_bind_int64(handle, index, Int64(bitPattern: $0)) } ?? sqlite3_bind_null(handle, index))
  }

  func bind(_ index: Int32, _ text: String?) {
    guard let text else { return note(sqlite3_bind_null(handle, index)) }
    // SQLite is to copy the text: it is gone before the statement is executed.
    let copies = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    note(sqlite3_bind_text(handle, index, text, -1, copies))
  }

  private func note(_ code: Int32) {
    if code != SQLITE_OK { failureOfBinding = code }
  }

  /// Executes the statement with what is bound, for its effect.
  func run() throws(Database.Failure) {
    defer { sqlite3_reset(handle) }
    guard failureOfBinding == SQLITE_OK, sqlite3_step(handle) == SQLITE_DONE else { throw database.failure }
  }

  // MARK: Reading

  /// Whether it leaves the database as it is; SQLite judges.
  public var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
  /// As the statement names them, or SQLite does; two may be alike.
  public var columnNames: [String] {
    (0..<sqlite3_column_count(handle)).map { sqlite3_column_name(handle, $0).map { String(cString: $0) } ?? "" }
  }

  /// Moves on to the next row; false where there is none.
  public func next() throws(Database.Failure) -> Bool {
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.failure
    }
  }

  /// The row's values.
  public var row: [Value] {
    (0..<sqlite3_column_count(handle)).map { column in
      switch sqlite3_column_type(handle, column) {
      case SQLITE_INTEGER: .integer(sqlite3_column_int64(handle, column))
      case SQLITE_FLOAT: .real(sqlite3_column_double(handle, column))
      case SQLITE_NULL: .null
      case SQLITE_BLOB:
        .blob(
          Array(
            UnsafeRawBufferPointer(
              start: sqlite3_column_blob(handle, column), count: Int(sqlite3_column_bytes(handle, column)))))
      // A text may have zeros in it. The bytes are counted after they are there as UTF-8, and are SQLite's.
      default:
        .text(
          sqlite3_column_text(handle, column).map {
            String(
              decoding: UnsafeBufferPointer(start: $0, count: Int(sqlite3_column_bytes(handle, column))), as: UTF8.self)
          } ?? "")
      }
    }
  }
}

import CSQLite3

/// A connection to an SQLite database.
public final class Database {
  /// What SQLite says is wrong.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    /// SQLite's own words.
    public var message: String
    /// Where in the SQL text, in bytes; nil where it is no matter of the text.
    public var offset: Int?
    /// Whether `interrupt(when:)` ended the statement, and nothing is wrong with it.
    public var isInterruption: Bool

    /// For what SQLite itself does not tell.
    public init(message: String, offset: Int?, isInterruption: Bool) {
      self.message = message
      self.offset = offset
      self.isInterruption = isInterruption
    }

    /// The message alone: the offset says nothing without the SQL text.
    public var description: String { message }
  }

  /// How a file is opened.
  public enum Access: Sendable {
    case create, readOnly
  }

  /// The C handle; valid as long as this object.
  let handle: OpaquePointer
  private var interruption: (() -> Bool)?

  /// Opens a database file.
  public init(_ path: String, _ access: Access) throws(Failure) {
    let flags = access == .create ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY
    var handle: OpaquePointer?
    let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, nil)
    guard code == SQLITE_OK, let handle else {
      let message = handle.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
      sqlite3_close_v2(handle)
      throw Failure(message: message, offset: nil, isInterruption: false)
    }
    self.handle = handle
    guard partita_sqlite_take_quotes_for_names(handle) == SQLITE_OK else { throw failure }
  }

  deinit { sqlite3_close_v2(handle) }

  /// The last error of this connection.
  var failure: Failure {
    let offset = Int(sqlite3_error_offset(handle))
    return Failure(
      message: String(cString: sqlite3_errmsg(handle)), offset: offset >= 0 ? offset : nil,
      isInterruption: sqlite3_errcode(handle) == SQLITE_INTERRUPT)
  }

  /// Executes statements that answer nothing.
  public func execute(_ sql: String) throws(Failure) {
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure }
  }

  /// Prepares the first statement of `sql`.
  ///
  /// - Returns: nil where there is none, and how many bytes were read.
  public func prepare(_ sql: [UInt8]) throws(Failure) -> (statement: Statement?, byteCount: Int) {
    var statement: OpaquePointer?
    var used = 0
    let code = sql.withUnsafeBytes { raw -> Int32 in
      let text = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
      var tail: UnsafePointer<CChar>?
      let code = sqlite3_prepare_v2(handle, text, Int32(clamping: raw.count), &statement, &tail)
      if let tail, let text { used = tail - text }
      return code
    }
    guard code == SQLITE_OK else { throw failure }
    return (statement.map { Statement($0, self) }, used)
  }

  /// Prepares a statement of our own.
  func prepare(own sql: String) throws(Failure) -> Statement {
    guard let statement = try prepare(Array(sql.utf8)).statement else {
      throw Failure(message: "there is no statement in '\(sql)'", offset: nil, isInterruption: false)
    }
    return statement
  }

  /// Lets nothing but reading be done: no other database, no function that reaches outside.
  public func forbidAllButReading() {
    sqlite3_set_authorizer(
      handle,
      { _, action, first, second, _, _ in
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return SQLITE_OK
        case SQLITE_FUNCTION:
          let name = second.map { String(cString: $0) } ?? ""
          return ["load_extension", "readfile", "writefile", "edit"].contains(name.lowercased())
            ? SQLITE_DENY : SQLITE_OK
        case SQLITE_PRAGMA:
          let name = first.map { String(cString: $0) } ?? ""
          return ["table_info", "table_list", "index_list", "index_info"].contains(name.lowercased())
            ? SQLITE_OK : SQLITE_DENY
        default: return SQLITE_DENY
        }
      }, nil)
  }

  /// Asks `isWanted` now and then while a statement runs, and interrupts it when that is true.
  public func interrupt(when isWanted: @escaping () -> Bool) {
    interruption = isWanted
    // The connection does not outlive this object, so the pointer is good whenever it is used.
    sqlite3_progress_handler(
      handle, 20_000,
      { context in
        guard let context else { return 0 }
        let database = Unmanaged<Database>.fromOpaque(context).takeUnretainedValue()
        return database.interruption?() == true ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
  }
}

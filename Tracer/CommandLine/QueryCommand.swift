import ArgumentParser
import Emulation
import Foundation
import TextForms
import TraceExport
import TraceReading

/// `partita query`: SQL over a trace.
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query",
    abstract: "Answers SQL over a trace.",
    discussion: """
      The trace becomes a database in a temporary file, with the tables and views that 'partita query --schema' \
      prints; 'partita export TRACE -o run.db' keeps it, and 'partita query run.db …' asks it again without the trace. \
      Nothing can be changed. Times are nanoseconds.

      With --from and --to the database has that part of the trace, as 'partita export' would write it.

      Exit status: 0 answered, 2 bad usage or SQL, no trace, a place behind the trace's end, or a database that \
      'partita export' has not made, 3 \
      answered as far as the trace holds, or held when the database was made, or interrupted. What the recorder lost \
      is in the table gap and told on standard error; the trace has all that was recorded, so that is 0.

      Examples:
        partita query run.partita 'SELECT * FROM latencies'
        partita query run.partita \\
          'SELECT partition, max(late_ns) FROM windows GROUP BY partition'
        partita query run.partita \\
          'SELECT * FROM interrupts_to_upcalls ORDER BY total_ns DESC LIMIT 5'
        partita query run.partita --from 1s --to 1.1s \\
          'SELECT kind, count(*) FROM events GROUP BY kind'
        partita query run.partita --format csv \\
          'SELECT hypercall, sum(kernel_ns) FROM hypercalls GROUP BY hypercall'
        partita query run.partita --format json \\
          "SELECT time_ns, port FROM port_traffic WHERE operation = 'write'"
        partita query run.partita \\
          "SELECT time_ns, fields FROM events WHERE kind = 'upcall' LIMIT 10"
      """)

  @Argument(help: "The trace file, - for standard input, or a database of 'partita export'.", completion: .file())
  var trace: String?

  @Argument(help: "One statement or several, with --format json one; - to read them from standard input.")
  var sql: String?

  @Option(help: "table, csv, or json for an array of objects.")
  var format = QueryOutput.Format.table

  @Option(help: "Only what happens from here on: an instant such as 1.5s, 10ms, 250us, or frame:50, or event:10000.")
  var from: TracePlace?

  @Option(help: "Only what happens up to here, this instant, frame or event included.")
  var to: TracePlace?

  @Flag(help: "Print the tables and views instead.")
  var schema = false

  private var span: TraceSpan { TraceSpan(from: from, to: to) }
  private var isPart: Bool { from != nil || to != nil }

  func validate() throws {
    guard !schema else {
      guard sql == nil, format == .table, !isPart else {
        throw ValidationError(
          "--schema prints tables and views, and answers no SQL: leave out statement, --format, --from and --to")
      }
      return
    }
    try TraceCommand.requireForward(span)
    guard trace != nil, sql != nil else {
      throw ValidationError("a trace and a statement are needed, such as: partita query run.partita 'SELECT …'")
    }
    guard trace != "-" || sql != "-" else { throw ValidationError("only one of the two can be standard input") }
  }

  func run() throws {
    guard !schema, let trace, let sql else {
      return print(SQLiteSchema.text, terminator: "")
    }
    let text = sql == "-" ? [UInt8](FileHandle.standardInput.readDataToEndOfFile()) : Array(sql.utf8)
    guard !Self.isDatabase(trace) else {
      guard !isPart else {
        throw ValidationError("--from and --to are for traces: a database is asked by 'WHERE time_ns BETWEEN … AND …'")
      }
      return try answer(text, fromDatabase: trace)
    }
    let reader = try TraceCommand.open(trace)
    // Before anything is made that a Ctrl-C would leave behind.
    let signals = try SignalWatch()
    var run = ExportRun(span, of: reader)
    try reporting {
      let folder = try PrivateDirectory()
      let path = folder.file("trace.db")
      try build(reader, at: path, trace, &run, signals)
      try TraceCommand.requireBegun(run.coverage, reader, trace)
      guard !signals.isPending else {
        TraceCommand.complain("interrupted")
        throw ExitCode(3)
      }
      try answer(text, from: path, named: trace, signals)
    }
    if isPart { try TraceCommand.finish(reader, trace, run.coverage) } else { try TraceCommand.finish(reader, trace) }
  }

  /// Whether the file is an SQLite database.
  private static func isDatabase(_ path: String) -> Bool {
    guard !TraceCommand.comesOnce(path), let file = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? file.close() }
    return (try? file.read(upToCount: 16)) == Data("SQLite format 3\0".utf8)
  }

  /// Asks a database, which knows in which condition its trace was.
  private func answer(_ text: [UInt8], fromDatabase path: String) throws {
    let condition: DatabaseCondition
    let losses: RecorderLosses
    do throws(Database.Failure) {
      let database = try Database(path, .readOnly)
      condition = DatabaseCondition(database)
      losses = condition == .foreign ? RecorderLosses() : try RecorderLosses(database)
    } catch {
      TraceCommand.complain("\(path): \(error.message)")
      throw ExitCode(2)
    }
    guard condition != .foreign else {
      TraceCommand.complain("\(path): this database is damaged, or none that 'partita export' has made")
      throw ExitCode(2)
    }
    try answer(text, from: path, named: path)
    TraceCommand.tell(losses, of: path)
    switch condition {
    case .foreign: return
    case .complete(let note): return TraceCommand.tell(note: note, of: path)
    case .untold:
      TraceCommand.complain("\(path): it does not say whether its trace was whole: export it once more")
    case .incomplete(let reason):
      TraceCommand.complain("\(path): the trace that it was made of was cut off or damaged: \(reason)")
    }
    throw ExitCode(3)
  }

  private func build(
    _ reader: TraceReader, at path: String, _ trace: String, _ run: inout ExportRun, _ signals: SignalWatch
  ) throws {
    var progress = ReadingProgress(trace, within: signals)
    defer { progress.clear() }
    do throws(ExportFailure) {
      try ExportFormat.sqlite.write(reader, to: path, byKind: false, &run) { () throws(ExportFailure) in
        if progress.isInterrupted { throw .interrupted }
        progress.show(reader)
      }
      if progress.isInterrupted { throw .interrupted }
    } catch {
      progress.clear()
      // The database is our own affair: nobody has asked for anything to be written.
      TraceCommand.complain(error == .interrupted ? "interrupted" : "\(error)")
      throw ExitCode(error == .interrupted ? 3 : 2)
    }
  }

  private func answer(
    _ text: [UInt8], from path: String, named name: String, _ signals: SignalWatch? = nil
  ) throws {
    let progress = ReadingProgress(name, within: signals)
    var output = QueryOutput(format)
    do {
      let database = try Database(path, .readOnly)
      database.forbidAllButReading()
      database.interrupt { progress.isInterrupted }
      // All of them first: who is told that one is wrong has not been given half of the answers.
      let statements = try statements(of: text, database)
      if format == .json { try statements.forEach(Self.requireNames(of:)) }
      for statement in statements { try output.write(statement) }
      output.finish()
      guard let failure = output.failure else { return }
      TraceCommand.complain(failure == .interrupted ? "interrupted; the answer is not whole" : "\(failure)")
      throw ExitCode(failure == .interrupted ? 3 : 2)
    } catch let failure as Database.Failure {
      guard failure.isInterruption else {
        TraceCommand.complain("SQL: \(failure.message)")
        throw ExitCode(2)
      }
      TraceCommand.complain(output.hasWritten ? "interrupted; the answer is not whole" : "interrupted")
      throw ExitCode(3)
    }
  }

  /// Refuses columns of one name: each key of a JSON object must be there once, or readers keep one of the values.
  private static func requireNames(of statement: Statement) throws {
    var seen: Set<String> = []
    for name in statement.columnNames where !seen.insert(name).inserted {
      TraceCommand.complain("SQL: several columns are named '\(name)': give each a name of its own by AS")
      throw ExitCode(2)
    }
  }

  /// Prepares all statements.
  private func statements(of text: [UInt8], _ database: Database) throws -> [Statement] {
    // SQLite would take it for the end of the text, and nobody would hear of what follows.
    if let place = text.firstIndex(of: 0) {
      TraceCommand.complain("SQL: byte \(place) is a NUL, which no SQL has: give the statements as plain text")
      throw ExitCode(2)
    }
    var statements: [Statement] = []
    var rest = text[...]
    while !rest.isEmpty {
      let (statement, count) = try prepare(Array(rest), database, before: text.count - rest.count, text)
      rest = rest.dropFirst(max(1, count))
      if let statement { statements.append(statement) }
    }
    guard !statements.isEmpty else { throw ValidationError("there is no statement in the SQL") }
    guard format != .json || statements.count == 1 else {
      TraceCommand.complain(
        "SQL: json answers one statement with one array, and these are \(statements.count): ask them one at a time, or "
          + "put them together by UNION ALL")
      throw ExitCode(2)
    }
    return statements
  }

  /// Prepares a statement; where its text is wrong, says where.
  private func prepare(
    _ rest: [UInt8], _ database: Database, before: Int, _ text: [UInt8]
  ) throws -> (statement: Statement?, byteCount: Int) {
    do throws(Database.Failure) {
      let prepared = try database.prepare(rest)
      if let statement = prepared.statement, !statement.isReadOnly {
        throw Database.Failure(message: "a trace can only be read", offset: nil, isInterruption: false)
      }
      return prepared
    } catch {
      if error.message == "not authorized" {
        TraceCommand.complain("SQL: not allowed: a trace can only be read")
        throw ExitCode(2)
      }
      TraceCommand.complain("SQL: \(error.message)")
      if let offset = error.offset { Self.point(at: before + offset, in: text) }
      throw ExitCode(2)
    }
  }

  /// Shows the line of the text with a mark below the place.
  private static func point(at offset: Int, in text: [UInt8]) {
    guard offset < text.count else { return }
    let start = text[..<offset].lastIndex(of: 10).map { $0 + 1 } ?? 0
    let end = text[offset...].firstIndex(of: 10) ?? text.count
    let before = String(decoding: text[start..<offset], as: UTF8.self)
    ModuleSession.say(
      "  \(String(decoding: text[start..<end], as: UTF8.self))\n  "
        + String(repeating: " ", count: before.columns)
        + "^ here\n  'partita query --schema' prints tables and views\n",
      to: STDERR_FILENO)
  }
}

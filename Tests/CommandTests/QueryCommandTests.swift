import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceExport
import TraceFormat

@Suite struct QueryCommandTests {
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(SmallStory.file(SmallStory.whole), to: "run.partita")
    return folder
  }

  private static func query(_ folder: CommandFolder, _ arguments: [String]) throws -> (
    ending: RunningCommand.Ending, output: String, errors: String
  ) {
    try folder.run(["query"] + arguments)
  }

  @Test func answersComeAsTableCSVAndJSON() throws {
    let folder = try Self.folder()
    let sql = "SELECT partition, late_ns, frame FROM windows"
    let table = try Self.query(folder, ["run.partita", sql])
    #expect(table.ending == .status(0), "\(table.errors)")
    let lines = table.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("partition") && lines[4] == "(2 rows)")
    #expect(lines[2].hasPrefix(SmallModule.partitionNames[0]))

    let csv = try Self.query(folder, ["run.partita", sql, "--format", "csv"])
    #expect(
      csv.output == "partition,late_ns,frame\r\n\"Sen\"\"sors, \\A\",0,0\r\n\(SmallModule.partitionNames[1]),0,0\r\n")
    let json = try Self.query(folder, ["run.partita", sql, "--format", "json"])
    let objects = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(objects?.map { $0["partition"] as? String } == Array(SmallModule.partitionNames.prefix(2)))
    #expect(objects?.first?["late_ns"] as? Int == 0)
    // Nothing stays behind.
    #expect(folder.names == ["run.partita"])
  }

  /// What C would take for the end of a text is a character of it.
  @Test func aTextIsWholeWithAZeroInIt() throws {
    let folder = try Self.folder()
    let sql = "SELECT 'a' || char(0) || 'b' AS text"
    let json = try Self.query(folder, ["run.partita", sql, "--format", "json"])
    let objects = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: String]]
    #expect(objects == [["text": "a\u{0}b"]])
  }

  @Test func aDatabaseIsAskedAsItIs() throws {
    let folder = try Self.folder()
    #expect(try folder.run("export", "run.partita", "-o", "run.db").ending == .status(0))
    let before = try Data(contentsOf: folder.url("run.db"))
    let sql = "SELECT * FROM hypercalls; SELECT * FROM latencies"
    let one = try Self.query(folder, ["run.db", sql]), other = try Self.query(folder, ["run.partita", sql])
    #expect(one.ending == .status(0) && one.output == other.output && one.output.contains("writeSamplingMessage"))
    for forbidden in [
      "DROP TABLE event", "DELETE FROM event", "INSERT INTO gap VALUES(1,2,3,'x')", "ATTACH 'run.db' AS o",
      "VACUUM INTO 'other.db'", "PRAGMA journal_mode = WAL", "CREATE TABLE t(a)", "SELECT load_extension('x')",
    ] {
      let run = try Self.query(folder, ["run.db", forbidden])
      #expect(run.ending == .status(2), "\(forbidden)")
      #expect(run.errors.contains("SQL:"), "\(run.errors)")
    }
    #expect(try Data(contentsOf: folder.url("run.db")) == before)
    #expect(folder.names == ["run.db", "run.partita"])
  }

  /// A misspelt name in double quotes is none, and no text that every row answers with.
  @Test func aNameInDoubleQuotesIsAName() throws {
    let folder = try Self.folder()
    #expect(try folder.run("export", "run.partita", "-o", "run.db").ending == .status(0))
    for source in ["run.partita", "run.db"] {
      let misspelt = try Self.query(folder, [source, "SELECT \"latte_ns\" FROM windows"])
      #expect(misspelt.ending == .status(2) && misspelt.output == "", "\(misspelt.output)")
      #expect(misspelt.errors.contains("no such column"), "\(misspelt.errors)")
      let quoted = try Self.query(folder, [source, "SELECT \"late_ns\" FROM windows", "--format", "csv"])
      #expect(quoted.ending == .status(0) && quoted.output.hasPrefix("late_ns\r\n"), "\(quoted.errors)")
      // Every view of ours still answers.
      let views = try Self.query(
        folder, [source, "SELECT name FROM sqlite_schema WHERE type = 'view'", "--format", "csv"])
      let names = views.output.split(separator: "\r\n").dropFirst()
      #expect(names.contains("windows"), "\(views.errors)")
      for name in names {
        #expect(try Self.query(folder, [source, "SELECT count(*) FROM \(name)"]).ending == .status(0), "\(name)")
      }
    }
  }

  @Test func wrongSQLIsShownAtItsPlace() throws {
    let folder = try Self.folder()
    let run = try Self.query(folder, ["run.partita", "SELECT 1;\nSELECT nosuch FROM windows"])
    #expect(run.ending == .status(2))
    #expect(run.errors.contains("no such column: nosuch"))
    #expect(run.errors.contains("  SELECT nosuch FROM windows\n         ^ here"))
    #expect(try Self.query(folder, ["run.partita", ""]).ending == .status(2))
    #expect(try Self.query(folder, ["run.partita", "-- only a comment"]).ending == .status(2))
    #expect(try Self.query(folder, ["run.partita"]).ending == .status(2))
    #expect(try Self.query(folder, ["nowhere", "SELECT 1"]).ending == .status(2))
  }

  @Test func aDamagedTraceIsAnsweredAsFarAsItHolds() throws {
    let folder = try CommandFolder()
    try folder.write(WorldTraces.damagedFile(seed: 82), to: "run.partita")
    let run = try Self.query(folder, ["run.partita", "SELECT count(*) > 0 FROM gap", "--format", "csv"])
    #expect(run.ending == .status(3))
    #expect(run.output.hasSuffix("\r\n1\r\n"))
  }

  /// What `export` said of the trace, the database says when it is asked.
  @Test func aDatabaseOfADamagedTraceSaysSo() throws {
    let folder = try CommandFolder()
    try folder.write(WorldTraces.damagedFile(seed: 82), to: "run.partita")
    let export = try folder.run("export", "run.partita", "-o", "run.db")
    #expect(export.ending == .status(3), "\(export.errors)")
    let run = try Self.query(folder, ["run.db", "SELECT count(*) > 0 FROM gap", "--format", "csv"])
    #expect(run.ending == .status(3) && run.output.hasSuffix("\r\n1\r\n"), "\(run.errors)")
    #expect(run.errors.contains("blocks are missing"), "\(run.errors)")
    // The part before the damage is whole, and so is its database.
    let part = try folder.run("export", "run.partita", "--to", "event:100", "-o", "part.db")
    #expect(part.ending == .status(0), "\(part.errors)")
    let asked = try Self.query(folder, ["part.db", "SELECT count(*) FROM event", "--format", "csv"])
    #expect(asked.ending == .status(0) && asked.output.hasSuffix("\r\n101\r\n"), "\(asked.errors)")
  }

  @Test func aForeignDatabaseIsRefused() throws {
    let folder = try Self.folder()
    for (name, statements) in [
      ("empty.db", "CREATE TABLE stranger(a);"), ("other.db", "CREATE TABLE information(key, value);"),
      ("odd.db", "CREATE TABLE information(a); INSERT INTO information VALUES(1);"),
    ] {
      do {
        let database = try Database(folder.file(name), .create)
        try database.execute(statements)
      }
      let run = try Self.query(folder, [name, "SELECT 1"])
      #expect(run.ending == .status(2) && run.output == "", "\(name): \(run.output)")
      #expect(run.errors.contains("none that 'partita export' has made"), "\(name): \(run.errors)")
    }
    // One that was made before databases said it: nobody knows.
    #expect(try folder.run("export", "run.partita", "-o", "run.db").ending == .status(0))
    do {
      let database = try Database(folder.file("run.db"), .create)
      try database.execute("DELETE FROM information WHERE key = 'condition'")
    }
    let run = try Self.query(folder, ["run.db", "SELECT 1"])
    #expect(run.ending == .status(3) && run.errors.contains("does not say"), "\(run.errors)")
  }

  @Test func schemaAndExamplesHold() throws {
    let folder = try Self.folder()
    let schema = try Self.query(folder, ["--schema"])
    #expect(schema.ending == .status(0) && schema.output.contains("CREATE VIEW interrupts_to_upcalls"))
    // What the help shows can be typed.
    let help = try folder.run("help", "query").output
    var examples: [String] = []
    for quote in ["'", "\""] {
      examples += help.split(separator: quote, omittingEmptySubsequences: false).map(String.init)
        .filter { $0.hasPrefix("SELECT") && $0.contains("FROM") }
    }
    #expect(examples.count >= 6, "\(examples)")
    for example in examples {
      let sql = example.replacing("\n", with: " ")
      #expect(try Self.query(folder, ["run.partita", sql]).ending == .status(0), "\(sql)")
    }
  }

  @Test func aNULByteIsTold() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    for text in ["SELECT 1;\0SELECT 2", "SELECT 1\0", "\0"] {
      try folder.write(Array(text.utf8), to: "sql")
      let input = open(folder.file("sql"), O_RDONLY | O_CLOEXEC)
      defer { close(input) }
      let run = try folder.run("query", "run.partita", "-", input: input)
      #expect(run.ending == .status(2) && run.errors.contains("is a NUL"), "\(run.errors)")
      #expect(run.output == "")
    }
  }

  @Test func jsonIsOneDocument() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let two = try folder.run("query", "run.partita", "--format", "json", "SELECT 1; SELECT 2")
    #expect(two.ending == .status(2) && two.output == "" && two.errors.contains("one at a time"), "\(two.errors)")
    // A semicolon at the end and comments make no second one.
    let one = try folder.run("query", "run.partita", "--format", "json", "SELECT 1 AS a; -- that is all\n;")
    #expect(one.ending == .status(0), "\(one.errors)")
    let rows = try JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [[String: Int]]
    #expect(rows == [["a": 1]])
    let table = try folder.run("query", "run.partita", "SELECT 1; SELECT 2")
    #expect(table.ending == .status(0) && table.output.components(separatedBy: "(1 row)").count == 3)
    // Half an answer is none.
    let wrong = try folder.run("query", "run.partita", "SELECT 1; SELECT nosuch")
    #expect(wrong.ending == .status(2) && wrong.output == "")
  }
}

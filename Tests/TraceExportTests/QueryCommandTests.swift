import Foundation
import Testing
import TraceFormat

@Suite struct QueryCommandTests {
  private static func folder() throws -> TestFolder {
    let folder = try TestFolder()
    _ = try folder.write(SmallStory.file(SmallStory.whole), to: "run.partita")
    return folder
  }

  private static func query(_ folder: TestFolder, _ arguments: [String]) throws -> CommandRun {
    try CommandRun.partita(["query"] + arguments, in: folder.path)
  }

  @Test func answersComeAsTableCSVAndJSON() throws {
    let folder = try Self.folder()
    let sql = "SELECT partition, late_ns, frame FROM windows"
    let table = try Self.query(folder, ["run.partita", sql])
    #expect(table.status == 0, "\(table.errors)")
    let lines = table.output.split(separator: "\n")
    #expect(lines.count == 5 && lines[0].hasPrefix("partition") && lines[4] == "(2 rows)")
    #expect(lines[2].hasPrefix(SmallModule.partitionNames[0]))

    let csv = try Self.query(folder, ["run.partita", sql, "--format", "csv"])
    #expect(
      try CSVTests.parse(Array(csv.output.utf8)) == [
        ["partition", "late_ns", "frame"], [SmallModule.partitionNames[0], "0", "0"],
        [SmallModule.partitionNames[1], "0", "0"],
      ])
    let json = try Self.query(folder, ["run.partita", sql, "--format", "json"])
    let objects = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
    #expect(objects?.map { $0["partition"] as? String } == Array(SmallModule.partitionNames.prefix(2)))
    #expect(objects?.first?["late_ns"] as? Int == 0)
    // Nothing stays behind.
    #expect(folder.names == ["run.partita"])
  }

  @Test func aDatabaseIsAskedAsItIs() throws {
    let folder = try Self.folder()
    #expect(try CommandRun.partita(["export", "run.partita", "-o", "run.db"], in: folder.path).status == 0)
    let before = try folder.bytes("run.db")
    let sql = "SELECT * FROM hypercalls; SELECT * FROM latencies"
    let one = try Self.query(folder, ["run.db", sql]), other = try Self.query(folder, ["run.partita", sql])
    #expect(one.status == 0 && one.output == other.output && one.output.contains("writeSamplingMessage"))
    for forbidden in [
      "DROP TABLE event", "DELETE FROM event", "INSERT INTO gap VALUES(1,2,3,'x')", "ATTACH 'run.db' AS o",
      "VACUUM INTO 'other.db'", "PRAGMA journal_mode = WAL", "CREATE TABLE t(a)", "SELECT load_extension('x')",
    ] {
      let run = try Self.query(folder, ["run.db", forbidden])
      #expect(run.status == 2, "\(forbidden)")
      #expect(run.errors.contains("SQL:"), "\(run.errors)")
    }
    #expect(try folder.bytes("run.db") == before)
    #expect(folder.names == ["run.db", "run.partita"])
  }

  @Test func wrongSQLIsShownAtItsPlace() throws {
    let folder = try Self.folder()
    let run = try Self.query(folder, ["run.partita", "SELECT 1;\nSELECT nosuch FROM windows"])
    #expect(run.status == 2)
    #expect(run.errors.contains("no such column: nosuch"))
    #expect(run.errors.contains("  SELECT nosuch FROM windows\n         ^ here"))
    #expect(try Self.query(folder, ["run.partita", ""]).status == 2)
    #expect(try Self.query(folder, ["run.partita", "-- only a comment"]).status == 2)
    #expect(try Self.query(folder, ["run.partita"]).status == 2)
    #expect(try Self.query(folder, ["nowhere", "SELECT 1"]).status == 2)
  }

  @Test func aDamagedTraceIsAnsweredAsFarAsItHolds() throws {
    let folder = try TestFolder()
    _ = try folder.write(WorldTraces.damagedFile(seed: 82), to: "run.partita")
    let run = try Self.query(folder, ["run.partita", "SELECT count(*) > 0 FROM gap", "--format", "csv"])
    #expect(run.status == 3)
    #expect(run.output.hasSuffix("\r\n1\r\n"))
  }

  @Test func schemaAndExamplesHold() throws {
    let folder = try Self.folder()
    let schema = try Self.query(folder, ["--schema"])
    #expect(schema.status == 0 && schema.output.contains("CREATE VIEW interrupts_to_upcalls"))
    // What the help shows can be typed.
    let help = try CommandRun.partita(["help", "query"]).output
    var examples: [String] = []
    for quote in ["'", "\""] {
      examples += help.split(separator: quote, omittingEmptySubsequences: false).map(String.init)
        .filter { $0.hasPrefix("SELECT") && $0.contains("FROM") }
    }
    #expect(examples.count >= 6, "\(examples)")
    for example in examples {
      let sql = example.replacing("\n", with: " ")
      #expect(try Self.query(folder, ["run.partita", sql]).status == 0, "\(sql)")
    }
  }
}

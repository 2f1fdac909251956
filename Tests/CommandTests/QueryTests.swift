import CommandFolder
import Foundation
import Testing

/// What is no SQL, and how many documents an answer has.
@Suite struct QueryTests {
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

import CommandFolder
import Foundation
import Testing

/// Ctrl-C while SQL is answered: status 3, and of an answer that has begun it is said that it is not whole.
@Suite(.serialized) struct QueryInterruptionTests {
  /// Asks a database, so that nothing but the statement takes time, and interrupts it there.
  private static func ask(
    _ sql: String, _ format: String, whenReady isReady: (RunningCommand) -> Bool
  ) throws -> (output: String, errors: String) {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    #expect(try folder.run("export", "run.partita", "-o", "run.db").ending == .status(0))
    let command = try RunningCommand(["query", "run.db", sql, "--format", format], in: folder)
    #expect(command.reaches { isReady(command) }, "\(command.errors)")
    command.send(SIGINT)
    #expect(command.finish() == .status(3), "\(format): \(command.errors)")
    #expect(folder.names == ["run.db", "run.partita"] && folder.leftovers == [])
    return (command.output, command.errors)
  }

  private static let endless = "SELECT count(*) AS number FROM event a, event b, event c"

  @Test(arguments: ["table", "csv", "json"]) func beforeTheFirstRowNothingIsPrinted(format: String) throws {
    // A little later than its libraries and the database's first pages are read: then the statement has begun.
    let answer = try Self.ask(Self.endless, format) { command in
      guard command.bytesRead > 50_000 else { return false }
      usleep(500_000)
      return true
    }
    #expect(answer.output == "" && answer.errors == "partita: interrupted\n", "\(answer)")
  }

  @Test(arguments: ["table", "csv", "json"]) func anAnswerThatHasBegunIsCalledPartial(format: String) throws {
    let sql = "SELECT a.fields AS number FROM event a, event b"
    let answer = try Self.ask(sql, format) { !$0.output.isEmpty }
    #expect(
      !answer.output.isEmpty && answer.errors == "partita: interrupted; the answer is not whole\n", "\(answer.errors)")
  }

  /// Each statement's answer is printed when it is there.
  @Test func theStatementsBeforeAreAnswered() throws {
    let answer = try Self.ask("SELECT 17 AS first; " + Self.endless, "table") { !$0.output.isEmpty }
    #expect(answer.output.hasSuffix("   17\n(1 row)\n"), "\(answer.output)")
    #expect(answer.errors == "partita: interrupted; the answer is not whole\n", "\(answer.errors)")
  }
}

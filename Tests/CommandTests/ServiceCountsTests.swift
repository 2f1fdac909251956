import CommandFolder
import Foundation
import StoredTraces
import Testing
import TraceFormat

/// `partita stats` of messages at ports, and of calls that failed.
@Suite struct ServiceCountsTests {
  private static func answer(_ events: [TraceEvent], _ arguments: String...) throws -> String {
    let folder = try CommandFolder()
    try Data(SmallStory.file(events)).write(to: folder.url("run.partita"))
    let run = try folder.run(["stats", "run.partita"] + arguments)
    #expect(run.ending == .status(0), "\(run.errors)\(run.output)")
    return run.output
  }

  /// The rows below a heading, word by word.
  private static func rows(of text: String, below heading: String) -> [[String]] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(where: { $0.hasPrefix(heading) }) else { return [] }
    return lines[(first + 1)...].prefix { !$0.isEmpty }.map { $0.split(separator: " ").map(String.init) }
  }

  @Test func messagesAreCountedByPort() throws {
    let text = try Self.answer(SmallStory.whole)
    // Of a sampling source nothing waits, and nothing is read.
    let rows = Self.rows(of: text, below: "Messages")
    #expect(rows.map { $0.suffix(6) } == [["OUT", "out", "1", "–", "–", "–"]], "\(text)")
    #expect(!text.contains("Calls answered otherwise"))
    let json = try Self.answer(SmallStory.whole, "--format", "json")
    #expect(json.contains("\"port\":\"OUT\"") && json.contains("\"isSource\":true,\"messages\":1,"), "\(json)")
    #expect(json.contains("\"answers\":[]"))
  }

  @Test func callsThatFailAreCountedByTheirAnswer() throws {
    var events = SmallStory.whole
    let result = try #require(events.firstIndex { $0.kind == EventKind.hypercallResult.rawValue })
    // INVALID_PARAM, and the message has not come to the port.
    events[result].detail = 3
    events[result - 1] = SmallStory.event(5100, .consoleWritten)
    let text = try Self.answer(events)
    let rows = Self.rows(of: text, below: "Calls answered otherwise than noError")
    #expect(rows.map { $0.suffix(3) } == [["writeSamplingMessage", "invalidParameter", "1"]], "\(text)")
    #expect(Self.rows(of: text, below: "Messages").first?.suffix(4) == ["0", "–", "–", "–"])
  }
}

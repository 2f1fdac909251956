import CommandFolder
import Foundation
import Testing

/// A page made by the command and opened in a browser.
struct ReportPage {
  /// What the page found out about itself.
  struct Found: Decodable {
    struct Measure: Decodable {
      var measure, subject: String
      var count, total, max: Int
    }
    var events, detailed, frames, rows, claims, histogramsShown: Int
    /// Columns of the whole run in which something is counted and nothing drawn.
    var hidden: Int
    /// The most items that are drawn for a view, and those for a pointer that moves over one.
    var drawn, followed: Int
    var sums, verdicts, jumps, colours, shares, names: [String: Int]
    var measures: [Measure]
    var problems: [String]
    var isWholeAgain: Bool
    /// Where the page has no single events it says how to see them.
    var isAbsenceTold: Bool
  }
  let found: Found
  /// The document as the browser had it in the end.
  let document: String
  let byteCount: Int
  private let folder: CommandFolder

  init(trace: [UInt8], status: Int32 = 0) throws {
    let folder = try CommandFolder()
    try Data(trace).write(to: folder.url("run.partita"))
    try self.init(in: folder, status: status)
  }

  /// The page of `run.partita` in the folder.
  init(in folder: CommandFolder, status: Int32 = 0) throws {
    self.folder = folder
    let answer = try folder.partita("report", "run.partita", "-o", "page.html")
    #expect(answer.status == status, "\(answer.text)")
    byteCount = try Data(contentsOf: folder.url("page.html")).count
    document = try folder.browse("page.html#selfcheck")
    let opening = "<script type=\"application/json\" id=\"found\">"
    let start = try #require(document.range(of: opening), "the page's scripts did not run to their end")
    let end = try #require(document.range(of: "</script>", range: start.upperBound..<document.endIndex))
    found = try JSONDecoder().decode(Found.self, from: Data(document[start.upperBound..<end.lowerBound].utf8))
  }

  /// What another command says of the trace, as JSON.
  func answer(_ command: String) throws -> [String: Any] {
    let text = try folder.partita(command, "run.partita", "--format", "json").text
    return try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }
}

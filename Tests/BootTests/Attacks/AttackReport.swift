import Foundation
import Synchronization
import Testing

/// The suite's table, written to `.build/attacks.md` when every attack has been run; `Tools/attacks` puts it in README.
enum AttackReport {
  struct Row: Sendable {
    var attack: Attack
    var seen = ""
    /// Windows of the witnesses compared, event by event.
    var windows = 0
    /// First instructions that the witnesses have timed.
    var starts = 0
    var startError: UInt64 = 0
    /// Everything that was asked of this run held; each check that fails clears it.
    var isContained = true
    /// The witnesses' windows are those of the run without the attack.
    var isIdentical = true

    init(_ attack: Attack) { self.attack = attack }
  }

  private static let rows = Mutex<[String: Row]>([:])
  static let begin = "<!-- attacks: Tools/attacks writes what follows -->"
  static let end = "<!-- attacks end -->"

  /// Takes a row over; the last one writes the table.
  static func add(_ row: Row) {
    rows.withLock { rows in
      rows[row.attack.name] = row
      let all = Attack.all.compactMap { rows[$0.name] }
      guard all.count == Attack.all.count else { return }
      #expect(throws: Never.self) {
        try table(all).write(toFile: BootImages.package + "/.build/attacks.md", atomically: true, encoding: .utf8)
      }
    }
  }

  private static func table(_ rows: [Row]) -> String {
    let windows = rows.reduce(0) { $0 + $1.windows }, starts = rows.reduce(0) { $0 + $1.starts }
    let worst = rows.map(\.startError).max() ?? 0
    var text = """
      | attack | comes from | must meet | met | witnesses | start error |
      |---|---|---|---|---|---|

      """
    for row in rows {
      let account = row.attack.losesEvents ? "by their own account" : "identical"
      let witnesses = row.isIdentical ? account : "DISTURBED"
      let origin = row.attack.origin.isEmpty ? "–" : row.attack.origin
      text += "| `\(row.attack.name)` | \(origin) | \(row.attack.expectation) "
      text += "| \(row.isContained ? "" : "FAILED: ")\(row.seen) | \(witnesses) "
      text += "| \(row.startError) ns |\n"
    }
    return text + """

      \(rows.count(where: \.isContained)) of \(rows.count) contained. \(windows) windows of the witnesses compared
      event by event with a run without the attack, and \(starts) window starts timed by the witnesses' own
      first instructions, at instants that are no whole milliseconds: greatest error \(worst) ns.

      """
  }

  /// What stands between the markers of a README.
  static func section(of text: String) -> Substring? {
    guard let begin = text.range(of: begin), let end = text.range(of: end, range: begin.upperBound..<text.endIndex)
    else { return nil }
    return text[begin.upperBound..<end.lowerBound]
  }
}

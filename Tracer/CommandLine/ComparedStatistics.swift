import Comparison
import Foundation
import TraceReading

/// What `partita stats --compare` shows.
struct ComparedStatistics {
  let comparison: StatisticsComparison
  let names: (one: String, other: String)

  /// A table a section; figures that are equal in both, or as good as equal, are left out and counted, unless
  /// `isWhole`.
  func text(isWhole: Bool, isColored: Bool) -> String {
    func heading(_ text: String) -> String { isColored ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    var lines = ["A  \(names.one)", "B  \(names.other)"]
    let shown = isWhole ? comparison.rows : comparison.differing.filter { !Self.isSlight($0) }
    var section = ""
    for row in shown {
      if row.section != section {
        section = row.section
        lines += [
          "",
          heading(EventDescription.padded(section, 44)) + ["A", "B", "change"].map { Self.right($0, 16) }.joined(),
        ]
      }
      let subject = "\(row.subject), \(row.figure)\(row.unit == "events" ? "" : " in \(row.unit)")"
      lines.append(
        "  " + EventDescription.padded(subject, 42) + Self.right(Self.number(row.one, row.unit), 16)
          + Self.right(Self.number(row.other, row.unit), 16) + Self.right(Self.change(row), 16))
    }
    let equal = comparison.rows.count - comparison.differing.count
    let slight = comparison.differing.count { Self.isSlight($0) }
    if !isWhole, equal + slight > 0 {
      var sentence = "\(equal) of \(comparison.rows.count) figures are equal"
      if slight > 0 { sentence += ", \(slight) differ by less than 0.005 %" }
      lines += ["", sentence + " (--all shows them)"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var json: String {
    let quoted = EventField.quoted
    let rows = comparison.rows.map { row in
      "{\"section\":\(quoted(row.section)),\"subject\":\(quoted(row.subject)),\"figure\":\"\(row.figure)\","
        + "\"unit\":\"\(row.unit)\",\"a\":\(row.one.map { "\($0)" } ?? "null"),"
        + "\"b\":\(row.other.map { "\($0)" } ?? "null"),"
        + "\"relativeChange\":\(row.relativeChange.map { "\($0)" } ?? "null")}"
    }
    return "{\"a\":\(quoted(names.one)),\"b\":\(quoted(names.other)),\"rows\":[\(rows.joined(separator: ","))]}"
  }

  /// Runs of other lengths, by nanoseconds, differ so in every rate: nobody looks for that.
  private static func isSlight(_ row: StatisticsComparison.Row) -> Bool {
    row.relativeChange.map { abs($0) < 0.00005 } ?? false
  }

  private static func right(_ text: String, _ width: Int) -> String {
    EventDescription.padded(text, width, isRight: true)
  }

  private static func number(_ value: Double?, _ unit: String) -> String {
    guard let value else { return "–" }
    if unit == "ns" || unit == "events" { return String(format: "%.0f", value) }
    // A partition that waits most of the time has a share of thousandths.
    return String(format: value > 0 && value < 0.1 ? "%.4f" : "%.2f", value)
  }

  private static func change(_ row: StatisticsComparison.Row) -> String {
    if row.isEqual { return "=" }
    if row.one == nil { return "only in B" }
    if row.other == nil { return "only in A" }
    guard let change = row.relativeChange else { return "from 0" }
    if isSlight(row) { return "< 0.005 %" }
    return String(format: "%+.2f %%", change * 100)
  }
}

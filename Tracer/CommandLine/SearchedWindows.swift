import Foundation
import Verification

/// What a schedule search found, for a terminal and for programs.
struct SearchedWindows {
  let found: ScheduleSearch.Result
  /// Percent of the recorded computation.
  let margin: UInt64

  /// 1 where a deadline is violated for sure, 3 where nobody can be sure that all hold.
  var exitStatus: Int32 {
    switch found.verdict {
    case .pass: 0
    case .fail: 1
    case .unknown: 3
    }
  }

  var text: String {
    var table: [[String]] = [
      ["window", "partition", "start ms", "recorded ms"] + (found.holds ? ["smallest ms", "saved"] : [])
    ]
    for window in found.windows {
      var cells = [
        "\(window.identifier)", window.partition, milliseconds(window.startNanoseconds),
        milliseconds(window.recordedNanoseconds),
      ]
      if let smallest = window.smallestNanoseconds {
        let saved = window.recordedNanoseconds - smallest
        cells.append(milliseconds(smallest))
        cells.append(window.hasDeadline ? "\(saved * 100 / max(1, window.recordedNanoseconds)) %" : "no deadline")
      }
      table.append(cells)
    }
    let widths = table[0].indices.map { column in table.map { $0[column].count }.max() ?? 0 }
    let lines = table.map { cells in
      cells.indices.map { String(repeating: " ", count: widths[$0] - cells[$0].count) + cells[$0] }
        .joined(separator: "  ")
    }
    return lines.joined(separator: "\n") + "\n\n" + conclusion
  }

  private var conclusion: String {
    let condition = "if partitions compute \(margin) % more than they did"
    guard found.holds else {
      let finding =
        found.failsSurely ? "a deadline does not hold" : "nobody can say whether all deadlines hold"
      return "\(finding) in the recorded windows, which are shown here, \(condition) (--margin)\n"
        + "see 'partita verify --claim process'"
    }
    let doubts = found.holdsSurely && !found.weaknesses.isEmpty ? "; what is in doubt reaches none of them" : ""
    return "all deadlines hold in the prediction with these windows, \(condition)\(doubts)\n"
      + "each has something left after L and what foreign lines may steal; a module file with them also needs "
      + "durations and capacities that they can hold, as 'partita check' tells"
  }

  func json() throws -> String {
    struct Document: Encodable {
      var exitStatus: Int32
      var verdict: String
      var holds: Bool
      var marginPercent: UInt64
      var windows: [ScheduleSearch.Window]
      var weaknesses: [String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      exitStatus: exitStatus, verdict: found.verdict.rawValue, holds: found.holds, marginPercent: margin,
      windows: found.windows, weaknesses: found.weaknesses)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String {
    let digits = String(nanoseconds % 1_000_000)
    return "\(nanoseconds / 1_000_000)." + String(repeating: "0", count: 6 - digits.count) + digits
  }
}

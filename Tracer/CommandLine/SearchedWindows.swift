import APEXTypes
import Foundation
import ModuleCompiler
import TextForms
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
    let head =
      ["window", "partition", "start ms", "recorded ms"] + (found.holds ? ["smallest ms", "saved", "bound by"] : [])
    var rows: [[String]] = []
    for window in found.windows {
      var cells = [
        "\(window.identifier)", window.partition, milliseconds(window.startNanoseconds),
        milliseconds(window.recordedNanoseconds),
      ]
      if let smallest = window.smallestNanoseconds {
        let saved = window.recordedNanoseconds - smallest
        cells.append(milliseconds(smallest))
        let share = max(1, window.recordedNanoseconds).dividingFullWidth(saved.multipliedFullWidth(by: 100)).quotient
        cells.append(window.hasDeadline ? "\(share) %" : "no deadline")
        cells.append(window.boundBy.isEmpty ? "–" : window.boundBy.joined(separator: ", "))
      }
      rows.append(cells)
    }
    // What binds a window is text.
    return TextTable(head: head, rows: rows, textColumns: [6]).lines.joined(separator: "\n") + "\n\n" + conclusion
  }

  private var conclusion: String {
    let condition = "if partitions compute \(margin) % more than they did, and the kernel in their calls"
    guard found.holds else {
      let finding =
        found.failsSurely ? "a deadline does not hold" : "nobody can say whether all deadlines hold"
      return "\(finding) in the recorded windows, which are shown here, \(condition) (--margin)\n"
        + found.misses.map { "  " + sentence(about: $0) }.joined(separator: "\n")
        + "\n'partita what-if' with --module, the module itself, and --margin \(margin) shows that prediction"
    }
    let doubts = found.holdsSurely && !found.weaknesses.isEmpty ? "; what is in doubt reaches none of them" : ""
    return "all deadlines hold in the prediction with these windows, \(condition)\(doubts)\n"
      + "each window has something left after L and what foreign lines may steal, and none can be a microsecond "
      + "shorter beside the others\n\n" + proposal
  }

  private func sentence(about miss: ScheduleSearch.Miss) -> String {
    var sentence = "\(miss.claim): \(miss.verdict)"
    if let worst = miss.worstNanoseconds, let bound = miss.boundNanoseconds {
      sentence += ", predicted worst \(VerificationReport.grouped(worst)) ns of \(VerificationReport.grouped(bound)) ns"
    }
    if let first = miss.firstAtNanoseconds { sentence += ", first at \(first.instantText)" }
    return sentence
  }

  /// What to change in the module file.
  private var proposal: String {
    guard let schedule = found.schedule else { return "" }
    var lines = ["in the initial Module_Schedule of the module file:"] + schedule.elements.map { "  " + $0 }
    if !schedule.capacities.isEmpty {
      lines += ["", "and, for its windows give no more for sure:"]
      lines += schedule.capacities.map { capacity in
        "  \(capacity.process) of \(capacity.partition): p:TimeCapacitySeconds at most "
          + "\(DecimalSeconds.format(Nanoseconds(capacity.greatestNanoseconds))), now "
          + DecimalSeconds.format(Nanoseconds(capacity.recordedNanoseconds))
      }
    }
    return lines.joined(separator: "\n")
  }

  func json() throws -> String {
    struct Document: Encodable {
      var exitStatus: Int32
      var verdict: String
      var holds: Bool
      var misses: [ScheduleSearch.Miss]
      var marginPercent: UInt64
      var windows: [ScheduleSearch.Window]
      var moduleSchedule: [String]
      var capacities: [ProposedSchedule.Capacity]
      var weaknesses: [String]
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      exitStatus: exitStatus, verdict: found.verdict.rawValue, holds: found.holds,
      misses: found.misses, marginPercent: margin,
      windows: found.windows, moduleSchedule: found.schedule?.elements ?? [],
      capacities: found.schedule?.capacities ?? [], weaknesses: found.weaknesses)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  private func milliseconds(_ nanoseconds: UInt64) -> String { nanoseconds.decimal(places: 6) }
}

import Foundation
import TextForms

extension AnalysedModule {
  /// The answer for a terminal: a table of partitions, one of processes, one of ports, and what was assumed.
  public var text: String {
    var lines = ["\(module), schedule \(schedule)\(isInitial ? " (initial)" : ""): \(summary)", ""]
    lines +=
      TextTable(
        head: ["partition", "period ms", "sure per period ms", "longest without CPU ms", "asked", "supplied"],
        rows: partitions.map {
          // Without a window in this schedule it has no period, and nothing is sure.
          guard $0.periodNanoseconds > 0 else {
            return [$0.name, "–", "–", "–", Self.percent($0.demandMillionths), "–"]
          }
          return [
            $0.name, Self.milliseconds($0.periodNanoseconds), Self.milliseconds($0.suppliedPerPeriodNanoseconds),
            Self.milliseconds($0.blackoutNanoseconds), Self.percent($0.demandMillionths),
            Self.percent($0.supplyMillionths),
          ]
        }, textColumns: [0, 5]
      ).lines
    lines.append("")
    lines += processLines
    if !ports.isEmpty { lines += [""] + portLines }
    lines += ["", "assumed:"] + assumptions.map { "  \($0)" }
    return lines.joined(separator: "\n") + "\n"
  }

  private var summary: String {
    switch exitStatus {
    case 0: "every deadline and every port's bound holds"
    case 1:
      if partitions.contains(where: { $0.recordedMisses != nil || $0.processes.contains(where: \.wasMissed) }) {
        "a deadline was missed in the trace"
      } else if ports.contains(where: \.wasExceeded) {
        "a port's limit was exceeded in the trace"
      } else {
        "a deadline or a port's bound can be exceeded"
      }
    default:
      if partitions.flatMap(\.processes).contains(where: { $0.releasedOtherwise != nil }) {
        "processes are not released as assumed: their bounds do not apply to the trace"
      } else if partitions.flatMap(\.processes).contains(where: \.isRefuted) {
        "a response was seen beyond its bound: something assumed does not hold"
      } else if partitions.flatMap(\.processes).contains(where: \.isInDoubt) {
        "a response was seen beyond its bound, under this schedule or another one"
      } else if ports.contains(where: \.isRefuted) {
        "a port was seen beyond its bound: something assumed does not hold"
      } else if ports.contains(where: \.isInDoubt) {
        "a port was seen beyond its bound, under this schedule or another one"
      } else {
        "not every deadline and port has a bound"
      }
    }
  }

  private var processLines: [String] {
    let rows = partitions.flatMap { partition in
      partition.processes.map { process -> [String] in
        let margin = zip(process.deadlineNanoseconds, process.boundNanoseconds).map { Int64($0) - Int64($1) }
        return [
          "\(partition.name).\(process.name)", process.priority.map { "\($0)" } ?? "–",
          Self.milliseconds(process.periodNanoseconds), Self.milliseconds(process.capacityNanoseconds),
          Self.milliseconds(process.deadlineNanoseconds), Self.milliseconds(process.boundNanoseconds),
          margin.map { ($0 < 0 ? "−" : "") + Self.milliseconds($0.magnitude) } ?? "–",
          Self.milliseconds(process.observedNanoseconds),
          Self.verdict(on: process),
        ]
      }
    }
    return TextTable(
      head: [
        "process", "priority", "period ms", "capacity ms", "deadline ms", "bound ms", "margin ms", "seen ms",
        "deadline",
      ], rows: rows, textColumns: [0, 8]
    ).lines
  }

  private static func verdict(on process: Process) -> String {
    let doubt = process.releasedOtherwise.map { "; bound NOT APPLICABLE: \($0)" } ?? ""
    if process.wasMissed { return "WAS MISSED" + doubt }
    if process.isRefuted, doubt.isEmpty { return "BOUND EXCEEDED" }
    if process.meetsDeadline == false { return "CAN BE MISSED" + doubt }
    if let why = process.releasedOtherwise { return "bound NOT APPLICABLE: \(why)" }
    if process.isInDoubt { return "unknown: a longer response was seen, under this schedule or another one" }
    if let count = process.recordedMisses {
      return "unknown: DEADLINE_MISSED was recorded of its partition, \(count == 1 ? "once" : "\(count) times")"
    }
    if process.meetsDeadline == true { return "holds" }
    return process.deadlineNanoseconds == nil ? "no deadline" : "unknown" + (process.reason.map { ": \($0)" } ?? "")
  }

  private var portLines: [String] {
    let rows = ports.map { port -> [String] in
      let verdict: String
      switch port.holds {
      case _ where port.wasExceeded: verdict = "WAS EXCEEDED"
      case _ where port.isRefuted: verdict = "BOUND EXCEEDED"
      case false?: verdict = "CAN BE EXCEEDED"
      case _ where port.isReleasedOtherwise:
        verdict = "bound NOT APPLICABLE: processes are not released as assumed"
      case _ where port.isInDoubt: verdict = "unknown: more was seen, under this schedule or another one"
      case true?: verdict = "holds"
      case nil: verdict = "unknown"
      }
      let isQueue = port.capacity != nil
      let room = port.capacity.map { "room for \($0)" }
      let validity = port.refreshNanoseconds.map { "valid for \(Self.milliseconds($0)) ms" }
      return [
        "\(port.source) → \(port.destination)",
        Self.messages(isQueue ? port.mostWaiting : port.worstAgeNanoseconds, isQueue: isQueue),
        room ?? validity ?? "–",
        Self.messages(isQueue ? port.observedWaiting : port.observedAgeNanoseconds, isQueue: isQueue), verdict,
      ]
    }
    return TextTable(
      head: ["channel", "at worst", "limit", "seen", "verdict"], rows: rows, textColumns: [0, 4]
    ).lines
  }

  /// How many messages wait, or how old one is.
  private static func messages(_ value: UInt64?, isQueue: Bool) -> String {
    guard let value else { return "–" }
    return isQueue ? "\(value) waiting" : "\(milliseconds(value)) ms old"
  }

  private static func milliseconds(_ nanoseconds: UInt64?) -> String {
    guard let nanoseconds else { return "–" }
    return String(format: "%.6f", Double(nanoseconds) / 1e6)
  }

  private static func percent(_ millionths: UInt64) -> String {
    String(format: "%.2f %%", Double(millionths) / 1e4)
  }
}

/// Both, or nothing.
private func zip<First, Second>(_ first: First?, _ second: Second?) -> (First, Second)? {
  guard let first, let second else { return nil }
  return (first, second)
}

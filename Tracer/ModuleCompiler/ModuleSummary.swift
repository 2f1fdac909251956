import APEXTypes
import Foundation
import ModuleConfiguration

/// What `partita check` says about a module that holds: L with its parts, and what each partition is sure of.
public struct ModuleSummary: Encodable, Sendable {
  struct Part: Encodable, Sendable {
    var name: String
    var nanoseconds: UInt64
  }

  struct Window: Encodable, Sendable {
    var startNanoseconds: UInt64
    var endNanoseconds: UInt64
  }

  struct Partition: Encodable, Sendable {
    var name: String
    var identifier: UInt64
    var periodNanoseconds: UInt64
    var durationNanoseconds: UInt64
    var guaranteedNanosecondsPerPeriod: UInt64
    var windows: [Window]
  }

  var module: String
  var majorFrameNanoseconds: UInt64
  var switchAllowanceNanoseconds: UInt64
  var switchAllowanceParts: [Part]
  var idleNanosecondsPerFrame: UInt64
  var partitions: [Partition]

  /// Summarises the initial schedule of a module.
  public init(_ description: ModuleDescription) {
    let allowance = SwitchAllowance(description)
    let supply = GuaranteedSupply(module: description, allowance: allowance.total)
    module = description.name
    switchAllowanceNanoseconds = allowance.total.count
    switchAllowanceParts = allowance.parts.map { Part(name: $0.name, nanoseconds: $0.time.count) }
    let schedule = description.initialScheduleIndex.map { description.schedules[$0] }
    let frame = schedule?.majorFrame ?? Nanoseconds(0)
    majorFrameNanoseconds = frame.count
    partitions = description.partitions.map { partition in
      let own = schedule?.partitions.first { $0.partitionIdentifier == partition.identifier }
      return Partition(
        name: partition.name, identifier: partition.identifier, periodNanoseconds: own?.period.count ?? 0,
        durationNanoseconds: own?.duration.count ?? 0,
        guaranteedNanosecondsPerPeriod: own.map { supply.perPeriod($0, majorFrame: frame).count } ?? 0,
        windows: (own?.windows ?? []).sorted { $0.start < $1.start }.map {
          Window(startNanoseconds: $0.start.count, endNanoseconds: $0.end.count)
        })
    }
    let used = partitions.flatMap(\.windows).reduce(UInt64(0)) { $0 + $1.endNanoseconds - $1.startNanoseconds }
    idleNanosecondsPerFrame = frame.count > used ? frame.count - used : 0
  }

  /// The summary for a terminal.
  public var text: String {
    var lines = ["\(module): holds"]
    lines.append(
      "major frame \(Self.milliseconds(majorFrameNanoseconds)) ms, "
        + "idle \(Self.milliseconds(idleNanosecondsPerFrame)) ms")
    lines.append("switch allowance L \(Self.grouped(switchAllowanceNanoseconds)) ns")
    for part in switchAllowanceParts {
      lines.append("  \(Self.right(Self.grouped(part.nanoseconds), 8)) ns  \(part.name)")
    }
    let width = max(9, partitions.map(\.name.count).max() ?? 0)
    lines.append(
      Self.left("partition", width) + "    id  period ms  duration ms  guaranteed ms  windows ms")
    for partition in partitions {
      let windows = partition.windows.map {
        "\(Self.milliseconds($0.startNanoseconds))–\(Self.milliseconds($0.endNanoseconds))"
      }
      lines.append(
        Self.left(partition.name, width) + Self.right("\(partition.identifier)", 6)
          + Self.right(Self.milliseconds(partition.periodNanoseconds), 11)
          + Self.right(Self.milliseconds(partition.durationNanoseconds), 13)
          + Self.right(Self.milliseconds(partition.guaranteedNanosecondsPerPeriod), 15)
          + "  " + (windows.isEmpty ? "none: idle time only" : windows.joined(separator: "  ")))
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A whole report as JSON: status, findings, and the summary where the module holds.
  public static func json(of report: CheckReport) throws -> String {
    struct Document: Encodable {
      var exitStatus: Int32
      var diagnostics: [Diagnostic]
      var summary: ModuleSummary?
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let summary = report.exitStatus == 0 ? report.description.map(ModuleSummary.init) : nil
    let document = Document(exitStatus: report.exitStatus, diagnostics: report.diagnostics, summary: summary)
    return String(decoding: try encoder.encode(document), as: UTF8.self)
  }

  /// Nanoseconds as milliseconds, with no more decimals than needed.
  static func milliseconds(_ nanoseconds: UInt64) -> String {
    let whole = nanoseconds / 1_000_000
    let rest = nanoseconds % 1_000_000
    guard rest > 0 else { return "\(whole)" }
    let digits = String(rest)
    var fraction = String(repeating: "0", count: 6 - digits.count) + digits
    while fraction.hasSuffix("0") { fraction.removeLast() }
    return "\(whole).\(fraction)"
  }

  private static func grouped(_ number: UInt64) -> String {
    let digits = Array(String(number))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

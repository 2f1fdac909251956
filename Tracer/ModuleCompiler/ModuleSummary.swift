import APEXTypes
import Foundation
import ModuleConfiguration
import TextForms

/// What `partita check` says about a module that holds: L with its parts, and what each partition is sure of under each
/// of its schedules.
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

  struct Schedule: Encodable, Sendable {
    var identifier: UInt64
    /// Its identifier where it has no name.
    var name: String
    var isInitial: Bool
    var majorFrameNanoseconds: UInt64
    var idleNanosecondsPerFrame: UInt64
    var partitions: [Partition]
  }

  var module: String
  var switchAllowanceNanoseconds: UInt64
  var switchAllowanceParts: [Part]
  /// All schedules, in the file's order.
  var schedules: [Schedule]
  /// Of the initial schedule, as in `schedules`.
  var majorFrameNanoseconds: UInt64
  var idleNanosecondsPerFrame: UInt64
  var partitions: [Partition]

  /// Summarises a module.
  public init(_ description: ModuleDescription) {
    let allowance = SwitchAllowance(description)
    let supply = GuaranteedSupply(module: description, allowance: allowance.total)
    module = description.name
    switchAllowanceNanoseconds = allowance.total.count
    switchAllowanceParts = allowance.parts.map { Part(name: $0.name, nanoseconds: $0.time.count) }
    schedules = description.schedules.enumerated().map { index, schedule in
      Self.summary(
        of: schedule, in: description, supply, isInitial: index == description.initialScheduleIndex)
    }
    let initial = schedules.first(where: \.isInitial)
    majorFrameNanoseconds = initial?.majorFrameNanoseconds ?? 0
    idleNanosecondsPerFrame = initial?.idleNanosecondsPerFrame ?? 0
    partitions = initial?.partitions ?? []
  }

  private static func summary(
    of schedule: ScheduleDescription, in description: ModuleDescription, _ supply: GuaranteedSupply, isInitial: Bool
  ) -> Schedule {
    let frame = schedule.majorFrame
    let partitions = description.partitions.map { partition in
      let own = schedule.partitions.first { $0.partitionIdentifier == partition.identifier }
      return Partition(
        name: partition.name, identifier: partition.identifier, periodNanoseconds: own?.period.count ?? 0,
        durationNanoseconds: own?.duration.count ?? 0,
        guaranteedNanosecondsPerPeriod: own.map { supply.perPeriod($0, majorFrame: frame).count } ?? 0,
        windows: (own?.windows ?? []).sorted { $0.start < $1.start }.map {
          Window(startNanoseconds: $0.start.count, endNanoseconds: $0.end.count)
        })
    }
    let used = partitions.flatMap(\.windows).reduce(UInt64(0)) { $0 + $1.endNanoseconds - $1.startNanoseconds }
    return Schedule(
      identifier: schedule.identifier, name: schedule.name.isEmpty ? "\(schedule.identifier)" : schedule.name,
      isInitial: isInitial, majorFrameNanoseconds: frame.count,
      idleNanosecondsPerFrame: frame.count > used ? frame.count - used : 0, partitions: partitions)
  }

  /// The summary for a terminal.
  public var text: String {
    var lines = ["\(module): holds"]
    lines.append("switch allowance L \(switchAllowanceNanoseconds.grouped(by: ",")) ns")
    for part in switchAllowanceParts {
      lines.append("  \(Self.right(part.nanoseconds.grouped(by: ","), 8)) ns  \(part.name)")
    }
    for schedule in schedules { lines += [""] + Self.lines(of: schedule) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(of schedule: Schedule) -> [String] {
    var lines = [
      "schedule \(schedule.name)\(schedule.isInitial ? " (initial)" : ""): "
        + "major frame \(milliseconds(schedule.majorFrameNanoseconds)) ms, "
        + "idle \(milliseconds(schedule.idleNanosecondsPerFrame)) ms"
    ]
    let width = max(9, schedule.partitions.map(\.name.columns).max() ?? 0)
    lines.append(left("partition", width) + "    id  period ms  duration ms  guaranteed ms  windows ms")
    for partition in schedule.partitions {
      let windows = partition.windows.map {
        "\(milliseconds($0.startNanoseconds))–\(milliseconds($0.endNanoseconds))"
      }
      lines.append(
        left(partition.name, width) + right("\(partition.identifier)", 6)
          + right(milliseconds(partition.periodNanoseconds), 11)
          + right(milliseconds(partition.durationNanoseconds), 13)
          + right(milliseconds(partition.guaranteedNanosecondsPerPeriod), 15)
          + "  " + (windows.isEmpty ? "none: idle time only" : windows.joined(separator: "  ")))
    }
    return lines
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
  static func milliseconds(_ nanoseconds: UInt64) -> String { nanoseconds.decimal(places: 6, isShort: true) }

  private static func left(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.columns))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.columns)) + text
  }
}

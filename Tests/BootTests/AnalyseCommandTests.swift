import CommandFolder
import Foundation
import Testing

/// `partita analyse` beside a trace.
@Suite struct AnalyseCommandTests {
  /// A process that computes longer than its module file says is seen beyond its bound, and that is told: something
  /// that the analysis assumed does not hold.
  @Test func aResponseBeyondItsBoundIsInconclusive() throws {
    let folder = try CommandFolder()
    try Data(SharedRuns.flight.get().trace).write(to: folder.url("run.partita"))
    let module = try ModuleVariant.flightControl()
    let capacity = "p:PeriodSeconds=\"0.020\" p:TimeCapacitySeconds=\"0.004\""
    let modest = try module.replacing(capacity, by: "p:PeriodSeconds=\"0.020\" p:TimeCapacitySeconds=\"0.000000001\"")
    for (name, variant, status) in [("right.xml", module, Int32(0)), ("modest.xml", modest, 3)] {
      try Data(variant.description.utf8).write(to: folder.url(name))
      let answer = try folder.partita("analyse", name, "run.partita")
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.text.contains("BOUND EXCEEDED") == (status == 3), "\(answer.text)")
    }
  }

  /// The rows of text that are about Autopilot's processes, by name.
  private static func rows(_ text: String) -> [String: String] {
    var rows: [String: String] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix("Autopilot.") {
      rows[String(line.dropFirst(10).prefix { $0 != " " })] = String(line)
    }
    return rows
  }

  /// Surveillance is released 10 ms after each period's start. Where the module file does not say so, its bound and
  /// those of less urgent processes are of another world than the trace; guidance, which is more urgent, is as it was.
  @Test func aReleaseThatTheFileDoesNotTellIsFound() throws {
    let folder = try CommandFolder()
    let module = try ModuleVariant.shipped("Autopilot")
    try Data(CapturedRun.capture(module, milliseconds: 400).trace).write(to: folder.url("run.partita"))
    let untold = try module.replacing(" p:ReleaseOffsetSeconds=\"0.010\"", by: "")
    try Data(module.description.utf8).write(to: folder.url("right.xml"))
    try Data(untold.description.utf8).write(to: folder.url("untold.xml"))
    let right = try folder.partita("analyse", "right.xml", "run.partita")
    #expect(right.status == 0 && right.text.contains("every deadline and every port's bound holds"), "\(right.text)")
    let wrong = try folder.partita("analyse", "untold.xml", "run.partita")
    #expect(wrong.status == 3 && !wrong.text.contains("every deadline"), "\(wrong.text)")
    let rows = Self.rows(wrong.text)
    let reason = "released 10 ms after its period's start, and the module file says 0"
    #expect(rows["surveillance"]?.hasSuffix("bound NOT APPLICABLE: \(reason)") == true, "\(wrong.text)")
    for name in ["navigation", "telemetry"] {
      #expect(rows[name]?.hasSuffix("'surveillance' beside it is released otherwise than assumed") == true)
    }
    #expect(rows["guidance"]?.hasSuffix("holds") == true, "\(wrong.text)")
  }

  /// A deadline that is missed each period, in the file, in the trace, and in the errors that the partition recorded.
  @Test(arguments: [true, false]) func aMissedDeadlineIsNeverSaidToHold(isTold: Bool) throws {
    let folder = try CommandFolder()
    var module = try ModuleVariant.shipped("Autopilot").replacing(
      "WindowIdentifier=\"11\" WindowStartSeconds=\"0.010\"",
      by: "WindowIdentifier=\"11\" WindowStartSeconds=\"0.012\"")
    if !isTold { module = try module.replacing(" p:ReleaseOffsetSeconds=\"0.010\"", by: "") }
    try Data(CapturedRun.capture(module, milliseconds: 400).trace).write(to: folder.url("run.partita"))
    try Data(module.description.utf8).write(to: folder.url("later.xml"))
    let alone = try folder.partita("analyse", "later.xml")
    #expect(alone.status == (isTold ? 1 : 0), "\(alone.text)")
    let beside = try folder.partita("analyse", "later.xml", "run.partita")
    #expect(beside.status == 1 && beside.text.contains("a deadline was missed in the trace"), "\(beside.text)")
    #expect(Self.rows(beside.text)["surveillance"]?.contains("WAS MISSED") == true, "\(beside.text)")
    #expect(!Self.rows(beside.text).values.contains { $0.hasSuffix("holds") }, "\(beside.text)")
  }

  /// Where the partition starts anew at each missed deadline, no job of the one that missed it is ever done: its errors
  /// tell all the same.
  @Test func aPartitionThatStartsAnewMissesItsDeadlinesToo() throws {
    let folder = try CommandFolder()
    let module = try ModuleVariant.shipped("Autopilot")
      .replacing(
        "WindowIdentifier=\"11\" WindowStartSeconds=\"0.010\"",
        by: "WindowIdentifier=\"11\" WindowStartSeconds=\"0.012\""
      )
      .replacing("Action=\"IGNORE\"", by: "Action=\"WARM_START\"")
      .replacing(" p:ReleaseOffsetSeconds=\"0.010\"", by: "")
    try Data(CapturedRun.capture(module, milliseconds: 400).trace).write(to: folder.url("run.partita"))
    try Data(module.description.utf8).write(to: folder.url("again.xml"))
    let answer = try folder.partita("analyse", "again.xml", "run.partita")
    #expect(answer.status == 1 && answer.text.contains("a deadline was missed in the trace"), "\(answer.text)")
    #expect(Self.rows(answer.text).count == 5, "\(answer.text)")
    #expect(!Self.rows(answer.text).values.contains { $0.hasSuffix("holds") }, "\(answer.text)")
  }

  private struct Schedule: Decodable {
    struct Port: Decodable {
      var destination: String
      var worstAgeNanoseconds: UInt64?
      var observedAgeNanoseconds: UInt64?
      var observedWaiting: UInt64?
    }
    var ports: [Port]
  }

  private static func ports(_ folder: CommandFolder, _ module: String) throws -> [Schedule.Port] {
    let answer = try folder.partita("analyse", module, "run.partita", "--format", "json")
    let schedules = try JSONDecoder().decode([Schedule].self, from: Data(answer.text.utf8))
    return try #require(schedules.first).ports
  }

  /// Messages read in the trace stand beside their bound, and beside the time for which they are valid.
  @Test func agesOfMessagesAreSeen() throws {
    let folder = try CommandFolder()
    try Data(SharedRuns.flight.get().trace).write(to: folder.url("run.partita"))
    let module = try ModuleVariant.flightControl()
    try Data(module.description.utf8).write(to: folder.url("right.xml"))
    let ports = try Self.ports(folder, "right.xml")
    #expect(ports.map(\.destination) == ["Control.SENSOR_DATA", "Maintenance.ACTUATOR_DATA"])
    for port in ports {
      let (seen, bound) = (try #require(port.observedAgeNanoseconds), try #require(port.worstAgeNanoseconds))
      // The reader's window comes two milliseconds and more after the writer's.
      #expect(seen > 1_000_000 && seen <= bound, "\(port)")
      #expect(port.observedWaiting == nil)
    }
    let brief = try module.replacing(
      "Name=\"ACTUATOR_DATA\" MaxMessageSize=\"32\" Direction=\"DESTINATION\" RefreshRateSeconds=\"0.040\"",
      by: "Name=\"ACTUATOR_DATA\" MaxMessageSize=\"32\" Direction=\"DESTINATION\" RefreshRateSeconds=\"0.001\"")
    try Data(brief.description.utf8).write(to: folder.url("brief.xml"))
    let answer = try folder.partita("analyse", "brief.xml", "run.partita")
    #expect(answer.status == 1 && answer.text.contains("WAS EXCEEDED"), "\(answer.text)")
  }

  /// Both queues of the messaging module fill up: one holds its sender back, the other discards.
  @Test func waitingMessagesAreSeen() throws {
    let folder = try CommandFolder()
    let run = try CapturedRun.capture(QueuingModules.messaging, milliseconds: 300)
    try Data(run.trace).write(to: folder.url("run.partita"))
    try Data(QueuingModules.messaging.description.utf8).write(to: folder.url("messaging.xml"))
    let ports = try Self.ports(folder, "messaging.xml")
    let waiting = Dictionary(uniqueKeysWithValues: ports.map { ($0.destination, $0.observedWaiting) })
    #expect(waiting == ["Receiver.HEAR": 4, "Logger.LOG": 2])
  }
}

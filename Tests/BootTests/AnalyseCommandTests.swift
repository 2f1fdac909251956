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

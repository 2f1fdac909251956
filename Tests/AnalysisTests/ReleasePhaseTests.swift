import Testing

@testable import Analysis

/// Which period start the processes begin with is decided by how long their partition takes to start: bounds hold for
/// each of them.
@Suite struct ReleasePhaseTests {
  /// A module of two partitions: `Writer` with period 10 ms, `Reader` with 20 ms, in frames of 20 ms.
  private static func module(
    windows: [(start: Double, length: Double)], writer: String, refreshSeconds: Double = 0.02
  ) -> ModuleFile {
    let partitions = """
      <Partition PartitionIdentifier="1" PartitionName="Writer">
        <Sampling_Port Name="DATA" MaxMessageSize="8" Direction="SOURCE" RefreshRateSeconds="\(refreshSeconds)"/>
        \(writer)
      </Partition>
      <Partition PartitionIdentifier="2" PartitionName="Reader">
        <Sampling_Port Name="DATA" MaxMessageSize="8" Direction="DESTINATION" RefreshRateSeconds="\(refreshSeconds)"/>
        <Process Name="read" p:PeriodSeconds="0.02" p:TimeCapacitySeconds="0.0001" p:DeadlineSeconds="0.02"/>
      </Partition>
      """
    let writers: [ModuleFile.Window] = windows.map { window in
      ("\(window.start / 1000)", "\(window.length / 1000)", window.start == 0 || window.start == 10)
    }
    let schedule = ModuleFile.schedule(
      frameSeconds: "0.02",
      [
        ModuleFile.partition(1, periodSeconds: "0.01", durationSeconds: "0.002", writers),
        ModuleFile.partition(2, periodSeconds: "0.02", durationSeconds: "0.001", [("0.014", "0.0015", true)]),
      ])
    return ModuleFile(partitions: partitions, schedules: [schedule], connections: ModuleFile.dataFromOneToTwo)
  }

  private static func analysed(_ file: ModuleFile) throws -> AnalysedModule { try #require(schedules(file).first) }

  private static func schedules(_ file: ModuleFile) throws -> [AnalysedModule] {
    ModuleAnalyst(try file.description(), scheduling: .cooperative).analyse()
  }

  private static func process(capacity: String, deadline: String = "0.02") -> String {
    "<Process Name=\"write\" p:PeriodSeconds=\"0.02\" p:TimeCapacitySeconds=\"\(capacity)\""
      + " p:DeadlineSeconds=\"\(deadline)\"/>"
  }

  /// Released at 0 the job is done within the window of 4 ms; released at 10 ms it needs 2 ms there and goes on at 16.
  @Test func aResponseIsBoundedForEveryPeriodStart() throws {
    let module = try Self.analysed(
      Self.module(
        windows: [(0, 4), (10, 2), (16, 3)], writer: Self.process(capacity: "0.0036", deadline: "0.005")))
    let bound = try #require(module.partitions[0].processes[0].boundNanoseconds)
    #expect((7_600_000..<7_800_000).contains(bound))
    #expect(module.exitStatus == 1)
  }

  /// A writer of 20 ms in windows at 0 and 10 ms: begun with the second one its message is 24 ms old, and not 16.
  @Test func aMessagesAgeIsBoundedForEveryPeriodStart() throws {
    let module = try Self.analysed(
      Self.module(windows: [(0, 2), (10, 2)], writer: Self.process(capacity: "0.0001")))
    let age = try #require(module.ports[0].worstAgeNanoseconds)
    #expect(age >= 24_000_000)
    #expect(module.ports[0].holds == false && module.exitStatus == 1)
  }

  /// The drainer has no windows: it has no period, and none of 0 ms is shown.
  @Test func aPartitionWithoutWindowsHasNoPeriod() throws {
    let module = try Self.analysed(Self.module(windows: [(0, 2), (10, 2)], writer: Self.process(capacity: "0.0001")))
    let row = try #require(module.text.split(separator: "\n").first { $0.hasPrefix("Drainer") })
    #expect(row.contains("–") && !row.contains("0.000000"), "\(row)")
  }

  /// Who may still be busy when it is released again writes seldom, or never: nobody knows how long `open` computes.
  @Test func ofAPartitionThatMayBeLateNothingIsSaid() throws {
    let writer =
      "<Process Name=\"busy\" p:PeriodSeconds=\"0.01\" p:TimeCapacitySeconds=\"0.0015\"/>\n<Process Name=\"open\"/>"
    let module = try Self.analysed(
      Self.module(windows: [(0, 2), (10, 2)], writer: writer, refreshSeconds: 1))
    #expect(module.partitions[0].isLate)
    #expect(module.ports[0].worstAgeNanoseconds == nil && module.ports[0].isUnknown)
    #expect(module.exitStatus == 3)
  }

  /// Who is released every 40 ms sends every 40 ms, though its partition has a period of 10 ms. From the earliest
  /// taking to the latest of the next 40 ms three messages can come, and not six.
  @Test func aQueueIsFilledAtTheSendersPeriod() throws {
    func analysed(writer: String) throws -> AnalysedModule {
      var file = Self.module(windows: [(0, 2), (10, 2)], writer: writer)
      file.text = file.text.replacing("Sampling_Port", with: "Queuing_Port")
        .replacing("RefreshRateSeconds=\"0.02\"", with: "MaxNbMessages=\"3\"")
        .replacing("p:PeriodSeconds=\"0.02\"", with: "p:PeriodSeconds=\"0.04\"")
      return try Self.analysed(file)
    }
    let module = try analysed(writer: Self.process(capacity: "0.0001"))
    #expect(module.ports[0].mostWaiting == 3 && module.exitStatus == 0)
    // Without a process nobody knows how seldom it sends.
    let unknown = try analysed(writer: "")
    #expect(unknown.ports[0].mostWaiting == 6 && unknown.exitStatus == 1)
  }

  /// Under another schedule 40 ms are no whole number of the partition's periods of 30 ms, and `check` says that the
  /// processes are released with it: then 12 ms are asked for in each 30 ms, of which the partition has ten.
  @Test func aPeriodThatDoesNotFitAScheduleIsThatOfThePartition() throws {
    func schedule(_ identifier: Int, _ period: Int, _ window: Int) -> String {
      let window = "0.0\(window)"
      return ModuleFile.schedule(
        identifier, frameSeconds: "0.0\(period)",
        [
          ModuleFile.partition(
            1, periodSeconds: "0.0\(period)", durationSeconds: window, [("0", window, true)])
        ])
    }
    let processes = ["a", "b"].map { name in
      "<Process Name=\"\(name)\" p:PeriodSeconds=\"0.04\" p:TimeCapacitySeconds=\"0.006\" "
        + "p:DeadlineSeconds=\"0.04\"/>"
    }
    let schedules = try Self.schedules(
      ModuleFile(
        partitions: """
          <Partition PartitionIdentifier="1" PartitionName="Worker">\(processes.joined())</Partition>
          """, schedules: [schedule(0, 40, 20), schedule(1, 30, 10)]))
    #expect(schedules.map(\.exitStatus) == [0, 3])
    for process in schedules[1].partitions[0].processes {
      #expect(process.boundNanoseconds == nil && process.periodNanoseconds == 40_000_000)
      #expect(process.reason == "its partition is asked for more than its windows supply")
    }
  }
}

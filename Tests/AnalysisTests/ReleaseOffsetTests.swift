import Testing

@testable import Analysis

/// A process that is released later than its partition's period starts, as the module file says.
@Suite struct ReleaseOffsetTests {
  /// Two windows a period of 20 ms, [0, 4) and [10, 12) ms; `late` writes what a partition of one window reads.
  private static func analysed(offset: String) throws -> AnalysedModule {
    let partitions = """
      <Partition PartitionIdentifier="1" PartitionName="Writer">
        <Sampling_Port Name="DATA" MaxMessageSize="8" Direction="SOURCE" RefreshRateSeconds="1"/>
        <Process Name="late" p:PeriodSeconds="0.02" p:TimeCapacitySeconds="0.0004" p:DeadlineSeconds="0.002"
          p:ReleaseOffsetSeconds="\(offset)" p:Completion="TOLD"/>
      </Partition>
      <Partition PartitionIdentifier="2" PartitionName="Reader">
        <Sampling_Port Name="DATA" MaxMessageSize="8" Direction="DESTINATION" RefreshRateSeconds="1"/>
        <Process Name="read" p:PeriodSeconds="0.02" p:TimeCapacitySeconds="0.0001"/>
      </Partition>
      """
    let windows = [
      ModuleFile.partition(
        1, periodSeconds: "0.02", durationSeconds: "0.006", [("0", "0.004", true), ("0.01", "0.002", false)]),
      ModuleFile.partition(2, periodSeconds: "0.02", durationSeconds: "0.001", [("0.014", "0.001", true)]),
    ]
    let file = ModuleFile(
      partitions: partitions, schedules: [ModuleFile.schedule(frameSeconds: "0.02", windows)],
      connections: ModuleFile.dataFromOneToTwo)
    let analyst = ModuleAnalyst(try file.description(), scheduling: .preemptive, jobCost: 0)
    return try #require(analyst.analyse().first)
  }

  /// What it computes, and until the next window where it is released outside of one.
  @Test(arguments: [
    ("0", UInt64(400_000), Int32(0)), ("0.010", 400_000, 0), ("0.001", 400_000, 0), ("0.0085", 1_900_000, 0),
    ("0.005", 5_400_000, 1), ("0.012", 8_400_000, 1), ("0.0199", 500_000, 0),
  ]) func aResponseIsBoundedFromItsOwnRelease(offset: String, bound: UInt64, status: Int32) throws {
    let module = try Self.analysed(offset: offset)
    #expect(module.partitions[0].processes[0].boundNanoseconds == bound)
    #expect(module.exitStatus == status, "\(module.text)")
  }

  /// Released at 0 it has written by 12 ms, as early as 0; at 15 ms that is read when it is 15 ms old. Released at 5 ms
  /// it may be in the window at 10 ms, or in the next one at 20 ms: what is read at 35 ms may be of 10 ms.
  @Test func aMessagesAgeCountsFromTheRelease() throws {
    let ages = try ["0", "0.005"].map { try Self.analysed(offset: $0).ports[0].worstAgeNanoseconds }
    #expect(ages == [15_000_000, 25_000_000])
  }
}

import Testing

@testable import Analysis

/// Where a partition's scheduler tells of its processes each of their jobs costs an upcall and switches beside its
/// capacity.
@Suite struct JobCostTests {
  /// Two processes in a window of 4 ms, and what their bounds are.
  private func bounds(completion: String, jobCost: UInt64) throws -> [UInt64?] {
    let partition = """
      <Partition PartitionIdentifier="1" PartitionName="Pair">
        <Process Name="fast" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001" p:Priority="9" \(completion)/>
        <Process Name="slow" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001" p:Priority="3" \(completion)/>
      </Partition>
      """
    let windows = ModuleFile.partition(
      1, periodSeconds: "0.01", durationSeconds: "0.004", [("0", "0.004", true)])
    let file = ModuleFile(partitions: partition, schedules: [ModuleFile.schedule(frameSeconds: "0.01", [windows])])
    let analyst = ModuleAnalyst(try file.description(), scheduling: .preemptive, jobCost: jobCost)
    let analysed = try #require(analyst.analyse().first)
    #expect(analysed.partitions[0].processes.allSatisfy { $0.capacityNanoseconds == 1_000_000 })
    #expect(analysed.partitions[0].processes.allSatisfy { $0.completesWithOthers == completion.isEmpty })
    #expect(analysed.assumptions.contains { $0.contains("--job-cost") } == !completion.isEmpty)
    return analysed.partitions[0].processes.map(\.boundNanoseconds)
  }

  @Test func eachJobCostsWhatIsSaid() throws {
    let told = "p:Completion=\"TOLD\""
    let free = try bounds(completion: told, jobCost: 0)
    #expect(free == [1_000_000, 2_000_000])
    #expect(try bounds(completion: told, jobCost: 7_000) == [1_007_000, 2_014_000])
    #expect(try bounds(completion: "", jobCost: 7_000) == free)
  }
}

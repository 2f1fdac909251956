import Foundation
import ModuleCompiler
import Testing

@testable import Analysis

/// Where a partition's scheduler tells of its processes each of their jobs costs an upcall and switches beside its
/// capacity.
@Suite struct JobCostTests {
  /// Two processes in a window of 4 ms, and what their bounds are.
  private func bounds(completion: String, jobCost: UInt64) throws -> [UInt64?] {
    let text = """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Costs">
      <Partition PartitionIdentifier="1" PartitionName="Pair">
        <Process Name="fast" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001" p:Priority="9" \(completion)/>
        <Process Name="slow" p:PeriodSeconds="0.01" p:TimeCapacitySeconds="0.001" p:Priority="3" \(completion)/>
      </Partition>
      <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Drainer="true">
        <p:PortGrant First="0xE9" Count="1"/>
      </Partition>
      <Module_Schedule MajorFrameSeconds="0.01" ScheduleIdentifier="0" InitialModuleSchedule="true">
        <Partition_Schedule PartitionIdentifier="1" PeriodSeconds="0.01" PeriodDurationSeconds="0.004">
          <Window_Schedule WindowIdentifier="10" WindowStartSeconds="0" WindowDurationSeconds="0.004"
            PartitionPeriodStart="true"/>
        </Partition_Schedule>
      </Module_Schedule>
      </ARINC_653_Module>
      """
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("costs-\(UUID().uuidString).xml")
    try Data(text.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let report = ModuleCompiler.check(file: file.path)
    let description = try #require(report.description)
    try #require(report.exitStatus == 0, "\(report.errors.map(\.description))")
    let analysed = try #require(ModuleAnalyst(description, scheduling: .preemptive, jobCost: jobCost).analyse().first)
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

import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// What the health monitor makes of WARM_START where there is nothing to start warm from.
@Suite struct WarmStartActionTests {
  private static let first = PartitionIndex(0)

  /// Out of a cold start nobody comes to a warm one: nothing has been initialised that could be kept.
  @Test(arguments: [OperatingMode.coldStart, .warmStart, .normal])
  func aWarmStartOutOfAColdOneIsCold(_ mode: OperatingMode) throws {
    var description = ModuleDescription.standard
    description.healthActions = [SystemState.partitionInitialisation, .partitionExecution].map {
      HealthActionRecord(partition: Self.first, error: .memoryViolation, action: .warmStart, state: $0)
    }
    let bench = try Bench(description)
    bench.start()
    bench.core.partitions[0].mode = mode
    let events = bench.take(.exception(vector: 14, address: 0x1234, bench.snapshot), at: bench.now + 10)
    #expect(events.of(.healthAction).map(\.detail) == [PartitionRecoveryAction.warmStart.rawValue])
    let expected: OperatingMode = mode == .coldStart ? .coldStart : .warmStart
    #expect(events.of(.restart).map(\.detail) == [expected.rawValue])
    #expect(bench.core.partitions[0].mode == expected)
  }
}

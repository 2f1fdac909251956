import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// CPU exceptions of partitions: their names, the configured actions, and what becomes of the partition.
@Suite struct HealthMonitorTests {
  static let names: [(UInt8, ErrorCode)] = [
    (0, .numericError), (1, .illegalRequest), (3, .illegalRequest), (4, .numericError), (5, .illegalRequest),
    (6, .illegalRequest), (7, .illegalRequest), (10, .illegalRequest), (11, .illegalRequest), (12, .stackOverflow),
    (13, .illegalRequest), (14, .memoryViolation), (16, .numericError), (17, .illegalRequest), (18, .hardwareFault),
    (19, .numericError), (21, .illegalRequest), (31, .illegalRequest),
  ]

  private func fault(_ bench: Bench, _ vector: UInt8, _ address: UInt64 = 0) -> [TraceEvent] {
    bench.take(.exception(vector: vector, address: address, bench.snapshot), at: bench.now + 10)
  }

  @Test(arguments: names) func exceptionsHaveTheStandardsNames(_ vector: UInt8, _ error: ErrorCode) throws {
    let bench = try Bench(.standard)
    bench.start()
    let action = try #require(fault(bench, vector).of(.healthAction).first)
    #expect(action.operand == UInt32(error.rawValue))
    #expect(action.words.w0 == UInt64(vector) + 1)
    #expect(action.detail == PartitionRecoveryAction.idle.rawValue, "where the table is silent")
  }

  /// The page below the stack is never mapped: a fault there is a stack overflow.
  @Test func aFaultInTheGuardPageIsAStackOverflow() throws {
    let bottom = PartitionLayout.stackTop - ModuleDescription.stackBytes
    let cases: [(UInt64, ErrorCode)] = [
      (bottom - 1, .stackOverflow), (bottom - 4096, .stackOverflow), (bottom - 4097, .memoryViolation),
      (bottom, .memoryViolation), (0, .memoryViolation), (.max, .memoryViolation),
    ]
    for (address, error) in cases {
      let bench = try Bench(.standard)
      bench.start()
      #expect(fault(bench, 14, address).of(.healthAction).map(\.operand) == [UInt32(error.rawValue)])
      #expect(
        fault(try fresh(), 13, address).of(.healthAction).first?.operand == UInt32(ErrorCode.illegalRequest.rawValue))
    }
  }

  private func fresh() throws -> Bench {
    let bench = try Bench(.standard)
    bench.start()
    return bench
  }

  @Test func theConfiguredActionIsTaken() throws {
    var description = ModuleDescription.standard
    let first = PartitionIndex(0)
    description.healthActions = [
      HealthActionRecord(partition: first, error: .numericError, action: .ignore),
      HealthActionRecord(partition: PartitionIndex(1), error: .illegalRequest, action: .ignore),
      HealthActionRecord(partition: first, error: .memoryViolation, action: .coldStart),
    ]
    let bench = try Bench(description)
    bench.start()
    let ignored = fault(bench, 0)
    #expect(ignored.of(.healthAction).map(\.detail) == [PartitionRecoveryAction.ignore.rawValue])
    #expect(ignored.of(.modeChange).isEmpty)
    #expect(bench.core.current == first)
    // Another partition's record and another error's record are not this one's.
    #expect(fault(bench, 13).of(.healthAction).map(\.detail) == [PartitionRecoveryAction.idle.rawValue])
    #expect(bench.core.partitions[0].mode == .idle)
    bench.run(to: 1)
    #expect(fault(bench, 13).of(.healthAction).map(\.detail) == [PartitionRecoveryAction.ignore.rawValue])
    #expect(bench.core.partitions[1].mode == .normal)
  }

  // Contract 6.
  @Test func whoIsIdleLosesItsRegistrationsAndItsWindowsPassEmpty() throws {
    let bench = try Bench(.standard)
    bench.start()
    for vector in [36, 41, 47] as [UInt64] { bench.takeLine(vector) }
    bench.fire(9)
    let open = [0, 2, 4, 9, 15].reduce(UInt16(0)) { $0 | 1 << UInt16($1) }
    #expect(bench.mask == ~open)
    let events = fault(bench, 6)
    #expect(events.of(.modeChange).map(\.operand) == [UInt32(OperatingMode.normal.rawValue)])
    #expect(events.of(.modeChange).map(\.detail) == [OperatingMode.idle.rawValue])
    #expect(bench.core.vcpus.interrupts[0].registered == 0)
    #expect(bench.core.vcpus.interrupts[0].pending == 0)
    #expect(bench.mask == 0xFFFE, "only the kernel's own line is left")
    #expect(bench.core.current == PartitionIndex(3))
    #expect(bench.fire(9).of(.unclaimed).count == 1)
    var owners: Set<UInt8> = []
    for _ in 0..<40 {
      bench.fireTimer()
      bench.settle()
      owners.insert(bench.core.current.rawValue)
    }
    #expect(owners == [1, 2, 3])
    bench.run(to: 1)
    #expect(bench.call(.readStatistic, StatisticSelector.operatingMode.rawValue, 0).value == 0)
    #expect(bench.call(.readStatistic, StatisticSelector.operatingMode.rawValue, 2).value == 3)
  }

  /// A line that others own too stays open for them.
  @Test func aSharedLineOutlivesOneOwner() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, 36)
    bench.run(to: 1)
    bench.call(.registerVCPU, 36)
    _ = fault(bench, 6)
    #expect(bench.fire(4).of(.mark).map(\.partition) == [0])
  }

  @Test func anIdleDrainerLeavesTheIdleLoop() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.yield)
    #expect(bench.core.current == PartitionIndex(3))
    _ = fault(bench, 14)
    #expect(bench.core.current.isNone)
    #expect(bench.core.decision.successor == .idleLoop)
  }

  @Test func statisticsAnswerWhatTheyAreAskedFor() throws {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.call(.readStatistic, StatisticSelector.majorFrames.rawValue).value == 1)
    #expect(bench.call(.readStatistic, StatisticSelector.partitionCount.rawValue).value == 4)
    for argument in [4, 255, .max] as [UInt64] {
      let answer = bench.call(.readStatistic, StatisticSelector.operatingMode.rawValue, argument)
      #expect(answer.status == .invalidParameter)
    }
    for selector in [13, 255, .max] as [UInt64] {
      #expect(bench.call(.readStatistic, selector).status == .invalidParameter)
    }
    #expect(bench.call(.readTime).value == bench.now)
  }
}

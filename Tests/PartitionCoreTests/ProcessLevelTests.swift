import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Errors at process level (ARINC 653 Part 1, 2.4): the error handler's in NORMAL mode, where alone processes run.
@Suite struct ProcessLevelTests {
  @Test(arguments: [OperatingMode.coldStart, .warmStart, .normal])
  func theErrorHandlerWorksInNormalModeOnly(_ mode: OperatingMode) throws {
    var description = ModuleDescription.standard
    description.healthActions = [SystemState.partitionExecution, .partitionInitialisation].map { state in
      HealthActionRecord(
        partition: PartitionIndex(0), error: .numericError, action: .ignore, state: state, level: .process)
    }
    let bench = try Bench(description)
    bench.start()
    bench.core.partitions[0].mode = mode
    #expect(bench.call(.setExceptionEntry, ModuleDescription.entry).status == .noError)
    #expect(bench.call(.setExceptionHandler, 32, ModuleDescription.handler).status == .noError)
    bench.flags = .frameFits
    let events = bench.take(.exception(vector: 0, address: 0, bench.snapshot), at: bench.now + 10)
    let isHandled = mode == .normal
    #expect(events.of(.exceptionReflected).map(\.operand) == (isHandled ? [32] : []))
    let ignored = PartitionRecoveryAction.ignore.rawValue
    #expect(events.of(.healthAction).map(\.detail) == (isHandled ? [] : [ignored]), "its table says what is done else")
  }
}

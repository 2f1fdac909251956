import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Which of several errors counts, and what becomes of those that a callback makes.
extension HealthLevelTests {
  /// An error of the callback ends it, though the module ignores it: what was decided first follows, and the log says
  /// of the second error that it was ignored.
  @Test func anErrorThatTheModuleIgnoresEndsTheCallback() throws {
    let bench = try Self.started { module in
      module.partitions[0].callbackEntry = ModuleDescription.text + 0x300
      module.healthActions = [
        HealthActionRecord(partition: Self.first, error: .illegalRequest, action: .idle),
        HealthActionRecord(
          partition: Self.first, error: .numericError, action: .idle, state: .errorHandling, level: .module,
          moduleAction: .ignore),
      ]
    }
    #expect(fault(bench, 6).of(.callback).count == 1)
    let events = fault(bench, 0)
    #expect(events.of(.moduleAction).isEmpty)
    #expect(events.of(.healthAction).map(\.operand) == [UInt32(ErrorCode.illegalRequest.rawValue)])
    #expect(bench.core.partitions[0].mode == .idle)
    let second = bench.core.inspect(error: 1)
    let entry = try #require(second)
    #expect(UInt8(truncatingIfNeeded: entry.description >> 40) == ModuleRecoveryAction.ignore.rawValue)
  }

  /// Of two errors whose actions are as severe the first one's waits for the frame.
  @Test func theFirstOfTwoAsSevereIsTaken() throws {
    let bench = try Self.started { module in
      module.hasModuleCallback = true
      module.healthActions = [ErrorCode.hardwareFault, .numericError].map {
        HealthActionRecord(partition: Self.first, error: $0, action: .idle, level: .module, moduleAction: .reset)
      }
    }
    _ = (fault(bench, 18), fault(bench, 0))
    var later: [TraceEvent] = []
    while later.of(.majorFrameStart).isEmpty { later += bench.fireTimer() }
    #expect(later.of(.moduleAction).map(\.operand) == [UInt32(ErrorCode.hardwareFault.rawValue)])
  }

  /// What a scheduler of processes finds has no message: with one it is an application's, which may only raise its own.
  @Test(arguments: [ErrorCode.deadlineMissed, .stackOverflow, .applicationError])
  func onlyApplicationsHaveMessages(_ code: ErrorCode) throws {
    let bench = try Self.started {
      $0.healthActions = [HealthActionRecord(partition: Self.first, error: code, action: .ignore)]
    }
    let raised = UInt64(code.rawValue)
    #expect(bench.call(.raiseApplicationError, raised, 0, 0).status == .noError)
    let isAllowed = code == .applicationError
    for bytes in [1, UInt64(ModuleLimits.maximumErrorBytes)] {
      let status = bench.call(.raiseApplicationError, raised, ModuleDescription.data, bytes).status
      #expect(status == (isAllowed ? .noError : .invalidParameter))
    }
    let tooLong = UInt64(ModuleLimits.maximumErrorBytes) + 1
    #expect(bench.call(.raiseApplicationError, raised, ModuleDescription.data, tooLong).status == .invalidParameter)
  }

  /// The fault comes so late that the window ends in its step: the action is taken there, and the kernel must not set
  /// the partition's registers for a callback any more.
  @Test(arguments: [PartitionRecoveryAction.coldStart, .idle])
  func aCallbackWhoseWindowIsOverDoesNotBegin(_ action: PartitionRecoveryAction) throws {
    let bench = try Self.withCallback(action)
    let events = bench.take(.exception(vector: 6, address: 0, bench.snapshot), at: bench.armed)
    #expect(events.of(.callback).count == 1 && events.of(.windowEnd).count == 1)
    #expect(events.of(.healthAction).map(\.detail) == [action.rawValue])
    #expect(bench.core.decision.callback == nil)
    #expect(!bench.core.partitions[0].life.isInCallback)
    #expect(events.of(.restart).count == (action == .idle ? 0 : 1))
  }

  /// The same of an exception of the callback: its frame must not be laid for a partition that stops or starts anew.
  @Test(arguments: [PartitionRecoveryAction.warmStart, .idle])
  func anExceptionInACallbackThatIsOverIsNotWritten(_ action: PartitionRecoveryAction) throws {
    let bench = try Self.withCallback(action)
    bench.call(.setExceptionEntry, ModuleDescription.entry)
    bench.call(.setExceptionHandler, 6, ModuleDescription.handler)
    #expect(fault(bench, 14).of(.callback).count == 1)
    bench.flags = .frameFits
    let events = bench.take(.exception(vector: 6, address: 0, bench.snapshot), at: bench.armed)
    #expect(events.of(.exceptionReflected).count == 1 && events.of(.windowEnd).count == 1)
    #expect(events.of(.healthAction).map(\.detail) == [action.rawValue])
    #expect(bench.core.decision.exception == nil)
    #expect(!bench.core.decision.works.contains(.exception))
  }

  /// The drainer starts only once: what would start it again stops it.
  @Test(arguments: [PartitionRecoveryAction.warmStart, .coldStart])
  func theDrainerIsNotStartedAgain(_ action: PartitionRecoveryAction) throws {
    let drainer = PartitionIndex(3)
    let bench = try Self.started {
      $0.healthActions = [HealthActionRecord(partition: drainer, error: .numericError, action: action)]
    }
    bench.run(to: 3)
    let events = fault(bench, 0)
    #expect(events.of(.restart).isEmpty && bench.core.partitions[3].mode == .idle)
    #expect(events.of(.modeChange).map(\.detail) == [OperatingMode.idle.rawValue])
  }
}

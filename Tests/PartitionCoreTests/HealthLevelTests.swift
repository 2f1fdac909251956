import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Levels and rows of the health-monitor tables, callbacks, actions of the module, the log.
@Suite struct HealthLevelTests {
  static let first = PartitionIndex(0)

  static func started(_ change: (inout ModuleDescription) -> Void) throws -> Bench {
    var description = ModuleDescription.standard
    change(&description)
    let bench = try Bench(description)
    bench.start()
    return bench
  }

  private static func operand(level: UInt32, state: UInt32, cause: UInt32) -> UInt32 {
    level + 0x100 * state + 0x10000 * cause
  }

  func fault(_ bench: Bench, _ vector: UInt8, _ address: UInt64 = 0) -> [TraceEvent] {
    bench.take(.exception(vector: vector, address: address, bench.snapshot), at: bench.now + 10)
  }

  /// Each state has a row of its own.
  @Test func theRowIsTheSystemState() throws {
    let bench = try Self.started { module in
      module.partitions[0].callbackEntry = ModuleDescription.text + 0x300
      module.healthActions = [
        HealthActionRecord(partition: Self.first, error: .numericError, action: .ignore),
        HealthActionRecord(
          partition: Self.first, error: .numericError, action: .coldStart, state: .partitionInitialisation),
      ]
    }
    let normal = fault(bench, 0)
    #expect(normal.of(.healthError).map(\.operand) == [Self.operand(level: 1, state: 1, cause: 1)])
    #expect(normal.of(.healthAction).map(\.detail) == [0])
    bench.core.partitions[0].mode = .warmStart
    let initialising = fault(bench, 0)
    #expect(initialising.of(.healthError).map(\.operand) == [Self.operand(level: 1, state: 2, cause: 1)])
    #expect(initialising.of(.callback).map(\.words.w1) == [UInt64(PartitionRecoveryAction.coldStart.rawValue)])
    let handling = fault(bench, 6)
    #expect(handling.of(.healthError).map(\.operand) == [Self.operand(level: 1, state: 3, cause: 7)])
  }

  @Test(arguments: [PartitionRecoveryAction.warmStart, .coldStart])
  func restartsHaveTheirCondition(_ action: PartitionRecoveryAction) throws {
    let bench = try Self.started {
      $0.healthActions = [HealthActionRecord(partition: Self.first, error: .memoryViolation, action: action)]
    }
    let events = fault(bench, 14, 0x1234)
    #expect(events.of(.healthError).map(\.words.w0) == [0x1234])
    #expect(events.of(.healthAction).map(\.detail) == [action.rawValue])
    let mode: OperatingMode = action == .warmStart ? .warmStart : .coldStart
    #expect(events.of(.modeChange).map(\.operand) == [0x303])
    #expect(events.of(.restart).map(\.detail) == [mode.rawValue])
    #expect(events.of(.restart).map(\.words.w0) == [UInt64(StartCondition.healthPartitionRestart.rawValue)])
    #expect(bench.makeMemory().of(.initialised).count == 1)
  }

  // MARK: Callbacks

  static func withCallback(_ action: PartitionRecoveryAction) throws -> Bench {
    try started { module in
      module.partitions[0].callbackEntry = ModuleDescription.text + 0x300
      for error in [ErrorCode.illegalRequest, .memoryViolation] {
        module.healthActions.append(HealthActionRecord(partition: first, error: error, action: action))
      }
    }
  }

  @Test func theCallbackComesBeforeTheAction() throws {
    let bench = try Self.withCallback(.warmStart)
    let events = fault(bench, 14, 0x5678)
    #expect(events.of(.healthAction).isEmpty && events.of(.modeChange).isEmpty)
    let callback = try #require(events.of(.callback).first)
    #expect(callback.operand == UInt32(ErrorCode.memoryViolation.rawValue))
    #expect(callback.words.w0 == ModuleDescription.text + 0x300)
    let decision = try #require(bench.core.decision.callback)
    #expect(decision.address == 0x5678 && decision.action == .warmStart && decision.partition == Self.first)
    #expect(bench.core.current == Self.first)
    let done = bench.take(
      .hypercall(
        .init(number: UInt64(HypercallNumber.completeCallback.rawValue), arguments: (0, 0, 0, 0, 0, 0), operand: 0),
        bench.snapshot), at: bench.now + 10)
    #expect(done.of(.healthAction).map(\.detail) == [PartitionRecoveryAction.warmStart.rawValue])
    #expect(done.of(.healthAction).map(\.words.w0) == [15])
    #expect(done.of(.restart).count == 1)
  }

  @Test func aFaultOfTheCallbackEndsIt() throws {
    let bench = try Self.withCallback(.idle)
    _ = fault(bench, 6)
    let events = fault(bench, 14)
    #expect(events.of(.callback).isEmpty)
    #expect(events.of(.healthError).count == 1)
    #expect(events.of(.healthAction).map(\.operand) == [UInt32(ErrorCode.illegalRequest.rawValue)], "the first error's")
    #expect(bench.core.partitions[0].mode == .idle)
  }

  @Test func theWindowsEndEndsTheCallback() throws {
    let bench = try Self.withCallback(.coldStart)
    _ = fault(bench, 6)
    let events = bench.fireTimer()
    let kinds = events.map(\.knownKind)
    let end = try #require(kinds.firstIndex(of: .windowEnd))
    let action = try #require(kinds.firstIndex(of: .healthAction))
    #expect(end < action)
    #expect(events.of(.restart).map(\.partition) == [0])
  }

  /// Whoever could start anew there would never come to the action.
  @Test(arguments: 0...3 as ClosedRange<UInt64>) func theCallbackCannotChooseAnotherMode(_ mode: UInt64) throws {
    let bench = try Self.withCallback(.idle)
    _ = fault(bench, 6)
    #expect(bench.call(.setPartitionMode, mode).status == .invalidMode)
    _ = bench.fireTimer()
    #expect(bench.core.partitions[0].mode == .idle && bench.core.partitions[0].life.startCondition == .normalStart)
  }

  @Test func ignoringNeedsNoCallbackAndCompletingWithoutOneIsNoAction() throws {
    let bench = try Self.withCallback(.ignore)
    #expect(fault(bench, 6).of(.callback).isEmpty)
    #expect(bench.call(.completeCallback).status == .noAction)
  }

  // MARK: Process level

  /// Without a handler of its own the partition's action is taken.
  @Test func processLevelFallsBackToThePartition() throws {
    let bench = try Self.started {
      $0.healthActions = [
        HealthActionRecord(partition: Self.first, error: .applicationError, action: .ignore, level: .process)
      ]
    }
    #expect(bench.call(.raiseApplicationError, 1, ModuleDescription.data, 128).status == .noError)
    #expect(bench.log.events.of(.healthError).map(\.words.w0) == [ModuleDescription.data])
    #expect(bench.log.events.of(.healthAction).map(\.detail) == [0])
    #expect(bench.call(.raiseApplicationError, 1, 0, 0).status == .noError)
    let refused: [(UInt64, UInt64, UInt64)] = [
      (0, ModuleDescription.data, 1), (2, ModuleDescription.data, 1), (.max, ModuleDescription.data, 1),
      (1, ModuleDescription.data, 129), (1, ModuleDescription.dataEnd - 1, 2), (1, .max - 3, 8), (1, 0, 1),
    ]
    for (code, address, count) in refused {
      #expect(bench.call(.raiseApplicationError, code, address, count).status == .invalidParameter)
    }
    #expect(bench.call(.readStatistic, StatisticSelector.errorLogCount.rawValue).value == 2)
  }

  /// A deadline that was missed is an error of its own, with its own rule.
  @Test func aMissedDeadlineIsToldByThePartition() throws {
    let bench = try Self.started {
      $0.healthActions = [
        HealthActionRecord(partition: Self.first, error: .deadlineMissed, action: .ignore, level: .process),
        HealthActionRecord(partition: Self.first, error: .applicationError, action: .idle),
      ]
    }
    #expect(bench.call(.raiseApplicationError, 0, ModuleDescription.data, 0).status == .noError)
    #expect(bench.log.events.of(.healthError).map(\.detail) == [ErrorCode.deadlineMissed.rawValue])
    #expect(bench.log.events.of(.healthError).map(\.words.w0) == [0])
    #expect(bench.log.events.of(.healthAction).map(\.detail) == [0])
  }

  /// In NORMAL mode, outside the handler, where it fits: else the partition's action is taken. The log says who took
  /// it.
  @Test func processLevelGoesToTheErrorHandler() throws {
    let bench = try Self.started {
      for error in [ErrorCode.applicationError, .numericError] {
        $0.healthActions += [
          HealthActionRecord(partition: Self.first, error: error, action: .ignore, level: .process),
          HealthActionRecord(
            partition: Self.first, error: error, action: .ignore, state: .errorHandling, level: .process),
        ]
      }
    }
    bench.call(.setExceptionEntry, ModuleDescription.entry)
    bench.call(.setExceptionHandler, 32, ModuleDescription.handler)
    let fits: UInt64 = 1 << 32
    func raise(_ operand: UInt64) -> [TraceEvent] {
      #expect(bench.call(.raiseApplicationError, 1, ModuleDescription.data, 4, operand: operand).status == .noError)
      return bench.log.events
    }
    let raised = raise(fits)
    #expect(raised.of(.healthError).map(\.operand) == [Self.operand(level: 0, state: 1, cause: 0)])
    #expect(raised.of(.healthAction).isEmpty)
    #expect(raised.of(.exceptionReflected).map(\.operand) == [32])
    #expect(
      raised.of(.exceptionReflected).map(\.words) == [.init(ModuleDescription.handler, 1, ModuleDescription.data)])
    #expect(bench.core.decision.exception?.vector == 32)
    let own = raise(fits)
    #expect(own.of(.exceptionReflected).isEmpty, "inside the handler")
    #expect(own.of(.healthError).map(\.operand) == [Self.operand(level: 0, state: 3, cause: 0)])
    #expect(own.of(.healthAction).count == 1)
    #expect(raise(0 | 1).of(.exceptionReflected).isEmpty, "back, but no room for the frame")
    #expect(raise(fits | 1).of(.exceptionReflected).count == 1)
    // A CPU exception without a handler of its own takes the same way.
    bench.flags = .frameFits
    let divided = bench.fault(0, returned: 2)
    #expect(divided.of(.exceptionReflected).map(\.operand) == [32])
    #expect(divided.of(.exceptionReflected).map(\.words.w1) == [UInt64(ErrorCode.numericError.rawValue)])
    #expect(divided.of(.healthAction).isEmpty)
    bench.core.partitions[0].mode = .coldStart
    #expect(bench.fault(0, returned: 3).of(.exceptionReflected).isEmpty, "not in initialisation")
    bench.run(to: 1)
    let actions = (0..<5 as Range<UInt64>).map { bench.call(.readErrorLog, $0, 1).value >> 40 }
    #expect(actions == [0xFF, 0, 0, 0xFF, 0xFF])
  }

  // MARK: Module level

  private static func atModuleLevel(_ action: ModuleRecoveryAction, hasCallback: Bool = false) throws -> Bench {
    try started { module in
      module.hasModuleCallback = hasCallback
      module.healthActions = [
        HealthActionRecord(
          partition: first, error: .hardwareFault, action: .idle, level: .module, moduleAction: action),
        HealthActionRecord(
          partition: first, error: .numericError, action: .idle, level: .module, moduleAction: .shutdown),
      ]
    }
  }

  @Test func theModuleIgnores() throws {
    let bench = try Self.atModuleLevel(.ignore)
    let events = fault(bench, 18)
    #expect(events.of(.moduleAction).map(\.detail) == [0])
    #expect(events.of(.healthAction).isEmpty)
    #expect(bench.core.partitions[0].mode == .normal && !bench.hasStopped)
  }

  @Test func theModuleShutsDown() throws {
    let bench = try Self.atModuleLevel(.shutdown)
    let events = fault(bench, 18)
    #expect(events.of(.moduleAction).map(\.detail) == [1])
    #expect(events.of(.stop).map(\.detail) == [StopReason.healthMonitor.rawValue])
    #expect(bench.hasStopped)
  }

  @Test func aResetStartsAllButTheDrainerCold() throws {
    let bench = try Self.atModuleLevel(.reset)
    bench.core.partitions[2].mode = .idle
    let events = fault(bench, 18)
    #expect(events.of(.restart).map(\.partition) == [0, 1, 2])
    #expect(events.of(.restart).allSatisfy { $0.words.w0 == 2 && $0.detail == 1 })
    #expect(bench.core.partitions[3].mode == .normal)
    #expect(bench.core.decision.initialising == Self.first)
  }

  /// The system partition hears of it in its window, and the action comes with the next major frame.
  @Test func theModuleCallbackComesFirst() throws {
    let bench = try Self.atModuleLevel(.reset, hasCallback: true)
    bench.run(to: 1)
    bench.call(.registerVCPU, UInt64(VirtualInterrupt.health.vector))
    bench.run(to: 0)
    let events = fault(bench, 18)
    #expect(events.of(.mark).map(\.partition) == [1])
    #expect(events.of(.mark).map(\.operand) == [65])
    #expect(events.of(.moduleAction).isEmpty)
    // A more severe action takes the place of the one that waits.
    #expect(fault(bench, 0).of(.mark).count == 1)
    var later: [TraceEvent] = []
    while later.of(.majorFrameStart).isEmpty { later += bench.fireTimer() }
    let action = try #require(later.of(.moduleAction).first)
    #expect(action.detail == ModuleRecoveryAction.shutdown.rawValue && action.partition == 0)
    #expect(bench.hasStopped)
    #expect(later.of(.windowStart).filter { $0.words.w0 >= 10_000_000 }.isEmpty)
  }

  // MARK: The log

  @Test func theLogKeepsTheLastEntries() throws {
    let bench = try Self.started {
      $0.healthActions = [HealthActionRecord(partition: Self.first, error: .memoryViolation, action: .ignore)]
    }
    for index in 0..<40 as Range<UInt64> { _ = fault(bench, 14, index) }
    func field(_ number: UInt64, _ field: UInt64) -> HypercallAnswer { bench.call(.readErrorLog, number, field) }
    #expect(field(7, 2).status == .notAvailable)
    #expect(field(40, 2).status == .notAvailable)
    #expect(field(.max, 2).status == .notAvailable)
    #expect(field(39, 4).status == .invalidParameter)
    for index in 8..<40 as Range<UInt64> { #expect(field(index, 2).value == index) }
    // Ignored; vector 14; partition level; executing; memory violation; partition 0.
    #expect(field(39, 1).value == 0x00_0F01_0105_00)
    #expect(field(39, 0).value > 50_000 && field(39, 0).value < bench.now)
    #expect(bench.call(.readStatistic, StatisticSelector.errorLogCount.rawValue).value == 40)
    #expect(bench.call(.readStatistic, StatisticSelector.droppedErrorCount.rawValue).value == 8)
    // Another partition's errors are for system partitions.
    bench.run(to: 2)
    #expect(field(39, 2).status == .notAvailable)
    bench.run(to: 1)
    #expect(field(39, 2).value == 39)
  }
}

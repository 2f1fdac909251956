import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Operating modes and starts: the standard's transitions, and memory made anew piece by piece in the partition's time.
@Suite struct OperatingModeTests {
  private func mode(_ bench: Bench, _ partition: Int) -> OperatingMode { bench.core.partitions[partition].mode }

  private func request(_ bench: Bench, _ mode: UInt64) -> ReturnCode { bench.call(.setPartitionMode, mode).status }

  @Test func everyPartitionBeginsInColdStart() throws {
    let bench = try Bench(.standard)
    let events = bench.startCold()
    let restarts = events.of(.restart)
    #expect(restarts.map(\.partition) == [0, 1, 2, 3])
    #expect(
      restarts.allSatisfy { $0.detail == OperatingMode.coldStart.rawValue && $0.operand == 2 && $0.words.w0 == 0 })
    #expect(events.of(.modeChange).map(\.detail) == [1, 1, 1, 1])
    #expect(bench.core.decision.successor == .idleLoop)
    #expect(bench.core.decision.initialising == PartitionIndex(0))
    #expect(bench.core.decision.notBefore.nanoseconds == 50_000, "not before the window")
    #expect(events.of(.idle).isEmpty, "the window is not idle time")
  }

  @Test func theLastPieceLetsThePartitionRunAtOnce() throws {
    let bench = try Bench(.standard)
    bench.startCold()
    #expect(bench.makePiece().of(.initialised).isEmpty)
    #expect(bench.core.decision.restartedPartitions & 1 == 0 || !bench.core.decision.works.contains(.partitions))
    let last = bench.makePiece()
    #expect(last.of(.initialised).map(\.partition) == [0])
    #expect(last.of(.partitionSwitch).map(\.partition) == [0])
    #expect(bench.core.decision.works.contains(.partitions))
    #expect(bench.core.decision.restartedPartitions == 1)
    #expect(bench.core.decision.notBefore == .zero)
    #expect(bench.core.decision.initialising.isNone)
    #expect(mode(bench, 0) == .coldStart)
    #expect(bench.call(.null).status == .noError, "initialisation code runs and calls")
  }

  /// The window's end comes when it comes; the rest is made in the next window, and nobody else waits.
  @Test func piecesWaitForTheNextWindow() throws {
    let bench = try Bench(.standard)
    bench.startCold()
    bench.makePiece()
    let boundary = bench.fireTimer()
    #expect(boundary.of(.windowEnd).map(\.partition) == [0])
    #expect(bench.core.decision.initialising == PartitionIndex(1))
    bench.makeMemory()
    bench.call(.setPartitionMode, 3)
    // Idle time is the drainer's, whose memory is made in it.
    let idle = bench.fireTimer()
    #expect(idle.of(.idle).map(\.partition) == [3])
    #expect(bench.core.decision.initialising == PartitionIndex(3))
    bench.makeMemory()
    #expect(bench.core.current == PartitionIndex(3))
    bench.fireTimer()
    #expect(bench.core.decision.initialising == PartitionIndex(0))
    #expect(bench.core.partitions[0].life.nextPiece == 1)
    #expect(bench.makePiece().of(.initialised).count == 1)
  }

  /// Every mode asked for in every mode.
  @Test func transitionsAreTheStandards() throws {
    let inMode: [(OperatingMode, [ReturnCode])] = [
      // IDLE, COLD_START, WARM_START, NORMAL
      (.coldStart, [.noError, .noError, .invalidMode, .noError]),
      (.warmStart, [.noError, .noError, .noError, .noError]),
      (.normal, [.noError, .noError, .noError, .noAction]),
    ]
    for (from, answers) in inMode {
      for (wanted, answer) in answers.enumerated() {
        let bench = try Bench(.standard)
        bench.start()
        bench.core.partitions[0].mode = from
        #expect(request(bench, UInt64(wanted)) == answer, "\(from) to \(wanted)")
        let expected = answer == .noError ? OperatingMode(rawValue: UInt8(wanted)) : from
        #expect(mode(bench, 0) == expected)
        let isRestart = answer == .noError && (wanted == 1 || wanted == 2)
        #expect(bench.core.partitions[0].life.isInitialising == isRestart)
        #expect(bench.core.decision.initialising.isNone == !isRestart)
      }
    }
    for unknown in [4, 255, 256, 259, .max] as [UInt64] {
      let bench = try Bench(.standard)
      bench.start()
      #expect(request(bench, unknown) == .invalidParameter)
      #expect(mode(bench, 0) == .normal)
    }
  }

  @Test func aRestartForgetsAllButTheErrorLog() throws {
    var description = ModuleDescription.standard
    description.healthActions = [
      HealthActionRecord(partition: PartitionIndex(0), error: .numericError, action: .ignore)
    ]
    let bench = try Bench(description)
    bench.start()
    bench.call(.setUpcallEntry, ModuleDescription.entry, ModuleDescription.entry + 32, ModuleDescription.entry + 64)
    bench.takeLine(36)
    bench.fire(4)
    bench.take(.exception(vector: 0, address: 0, bench.snapshot), at: bench.now + 10)
    let events = bench.take(
      .hypercall(
        .init(number: UInt64(HypercallNumber.setPartitionMode.rawValue), arguments: (2, 0, 0, 0, 0, 0), operand: 0),
        bench.snapshot), at: bench.now + 10)
    #expect(events.of(.modeChange).map(\.operand) == [0x103])
    #expect(events.of(.restart).map(\.operand) == [2])
    #expect(events.of(.restart).map(\.words.w0) == [UInt64(StartCondition.partitionRestart.rawValue)])
    #expect(events.of(.lineMask).count == 1)
    #expect(bench.core.partitions[0].upcallEntry == 0)
    #expect(bench.core.vcpus.interrupts[0].registered == 0)
    #expect(bench.core.vcpus.interrupts[0].pending == 0)
    bench.makeMemory()
    #expect(bench.core.current == PartitionIndex(0), "its window is still on")
    #expect(bench.call(.readStatistic, StatisticSelector.errorLogCount.rawValue).value == 1)
    #expect(bench.call(.readErrorLog, 0, 0).status == .noError)
  }

  /// The vCPU of a partition that starts has no past: marks, upcalls and missed ticks begin anew. The health monitor's
  /// counts belong to the module and go on.
  // Contract 22, 28.
  @Test(arguments: [OperatingMode.warmStart, .coldStart])
  func aRestartBeginsTheCountsOfTheVCPUAnew(_ mode: OperatingMode) throws {
    var description = ModuleDescription.standard
    description.partitions[0].missedTickPolicy = .latestOnly
    description.healthActions = [
      HealthActionRecord(partition: PartitionIndex(0), error: .stackOverflow, action: .ignore)
    ]
    let bench = try Bench(description)
    bench.start()
    func statistic(_ selector: StatisticSelector) -> UInt64 { bench.call(.readStatistic, selector.rawValue).value }
    func live() -> [UInt64?] {
      bench.publishEntry()
      bench.takeLine(36)
      bench.fire(4)
      return [bench.core.decision.upcall?.ordinal, statistic(.marks)]
    }
    #expect(live() == [0, 1])
    bench.call(.setTimer, 1, 0)
    bench.call(.acknowledgeInterrupt, 36)
    bench.flags = .interruptsEnabled
    bench.fire(4)
    bench.fire(4)
    #expect(statistic(.missedTicks) == 1 && statistic(.repeatedErrorCount) > 0)
    let repetitions = statistic(.repeatedErrorCount)
    #expect(request(bench, UInt64(mode.rawValue)) == .noError)
    bench.makeMemory()
    bench.flags = []
    bench.upcallsReturned = 0
    #expect(statistic(.marks) == 0 && statistic(.missedTicks) == 0)
    #expect(statistic(.errorLogCount) == 1)
    #expect(statistic(.repeatedErrorCount) >= repetitions)
    #expect(live() == [0, 1])
  }

  /// A partition that restarts itself for ever takes its own windows and nothing else.
  @Test func aRestartLoopLeavesTheOthersTheirWindows() throws {
    let bench = try Bench(.standard)
    bench.start()
    var starts: [UInt8: [UInt64]] = [:]
    for _ in 0..<400 {
      var events: [TraceEvent] = []
      if bench.core.current == PartitionIndex(0) {
        _ = request(bench, 1)
        events = bench.log.events
      }
      let isOwn = bench.core.decision.initialising == PartitionIndex(0)
      events += isOwn && bench.now < bench.armed ? bench.makePiece() : bench.fireTimer()
      bench.now += 100_000
      for start in events.of(.windowStart) { starts[start.partition, default: []].append(start.words.w0) }
      if !isOwn { bench.settle() }
    }
    let others = try #require(starts[1])
    #expect(others.count > 3)
    for (index, start) in others.enumerated() { #expect(start == 2_050_000 + UInt64(index) * 10_000_000) }
  }

  @Test func theDrainerStartsOnce() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.yield)
    #expect(bench.core.current == bench.core.drainer)
    #expect(request(bench, 1) == .invalidConfiguration)
    #expect(request(bench, 2) == .invalidConfiguration)
    #expect(bench.core.current == bench.core.drainer)
    #expect(request(bench, 0) == .noError)
    #expect(bench.core.current.isNone)
  }

  /// What interrupts comes between two pieces, is recorded as an interrupt of the idle loop, and the piece is made
  /// after.
  @Test func interruptsComeBetweenPieces() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.run(to: 1)
    bench.takeLine(36)
    _ = request(bench, 1)
    bench.makePiece()
    #expect(bench.snapshot.partition == 0xFF)
    #expect(bench.fire(0).of(.kernelHandler).count == 1)
    #expect(bench.core.decision.initialising == PartitionIndex(1))
    #expect(bench.makePiece().of(.initialised).count == 1)
  }
}

import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Changes of the module schedule: who may ask, when it comes, and what each partition does then.
@Suite struct ModuleScheduleTests {
  /// Two schedules of frames of 10 and 6 ms; partition 1 may ask. In the second, identifier 7, the windows are: 2 in
  /// 1–2, 0 in 2–4.
  private static func description(_ actions: [ScheduleChangeAction] = []) -> ModuleDescription {
    var module = ModuleDescription.standard
    module.partitions[1].flags.insert(.mayChangeSchedule)
    module.otherSchedules = [
      .init(
        identifier: 7, frame: 6_000_000,
        windows: [
          ModuleDescription.window(1_000_000, 1_000_000, of: 2), ModuleDescription.window(2_000_000, 2_000_000, of: 0),
        ])
    ]
    for (index, action) in actions.enumerated() {
      module.scheduleActions.append(
        ScheduleActionRecord(schedule: 1, partition: PartitionIndex(UInt8(index)), action: action))
    }
    return module
  }

  private static func started(_ description: ModuleDescription) throws -> Bench {
    let bench = try Bench(description)
    bench.start()
    return bench
  }

  private func boundaries(_ bench: Bench, _ count: Int) -> [TraceEvent] {
    (0..<count).flatMap { _ -> [TraceEvent] in
      let events = bench.fireTimer()
      bench.settle()
      return events
    }
  }

  @Test func requestsAreAnsweredByTheStandard() throws {
    let bench = try Self.started(Self.description())
    #expect(bench.call(.setModuleSchedule, 7).status == .invalidConfiguration, "0 has no right")
    #expect(bench.call(.setModuleSchedule, 3).status == .invalidParameter)
    bench.run(to: 1)
    #expect(bench.call(.setModuleSchedule, 1).status == .invalidParameter, "an index is no identifier")
    #expect(bench.call(.setModuleSchedule, .max).status == .invalidParameter)
    #expect(bench.call(.setModuleSchedule, 0).status == .noAction)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError, "it does not run yet")
    #expect(bench.call(.readStatistic, StatisticSelector.currentSchedule.rawValue).value == 0)
    #expect(bench.call(.readStatistic, StatisticSelector.nextSchedule.rawValue).value == 7)
    #expect(bench.call(.readStatistic, StatisticSelector.lastScheduleChange.rawValue).value == 0)
    // Asked back before the frame is over: the change does not come.
    #expect(bench.call(.setModuleSchedule, 0).status == .noError)
    #expect(bench.call(.setModuleSchedule, 0).status == .noAction)
    #expect(boundaries(bench, 10).of(.scheduleChange).isEmpty)
  }

  /// With the frame the kernel shows partitions what the new schedule promises them; and only then.
  @Test func promisesChangeWithTheSchedule() throws {
    let bench = try Self.started(Self.description())
    bench.run(to: 1)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError)
    var shown: [UInt64] = []
    for _ in 0..<20 {
      let frames = bench.fireTimer().of(.majorFrameStart)
      if bench.core.decision.works.contains(.promises) { shown += frames.map(\.words.w0) }
      bench.settle()
    }
    #expect(shown == [10_050_000])
  }

  /// Whoever is starting when its first window of the new schedule comes goes on with that.
  @Test func whoStartsAlreadyIsNotStartedAgain() throws {
    let bench = try Self.started(Self.description([.warmStart]))
    bench.run(to: 1)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError)
    bench.core.partitions[0].life.isInitialising = true
    let events = boundaries(bench, 14)
    #expect(events.of(.scheduleChange).map(\.detail) == [1])
    #expect(events.of(.windowStart).contains { $0.partition == 0 && $0.words.w0 > 10_050_000 })
    #expect(events.of(.restart).isEmpty)
  }

  /// GET_MODULE_SCHEDULE_ID: anybody may ask, by a name in memory of its own.
  @Test func aScheduleIsFoundByItsName() throws {
    let bench = try Self.started(Self.description())
    func find(_ name: UInt64, _ place: UInt64) -> HypercallAnswer {
      bench.call(.findModuleSchedule, name, operand: place)
    }
    #expect(find(ModuleDescription.constants, 1).value == 0)
    let second = find(ModuleDescription.dataEnd - 32, 2)
    #expect(second.status == .noError && second.value == 7)
    #expect(find(ModuleDescription.constants, 0).status == .invalidConfiguration, "no such name")
    for place in [3, UInt64.max] { #expect(find(ModuleDescription.constants, place).status == .invalidConfiguration) }
    for name in [0, ModuleDescription.text - 1, ModuleDescription.dataEnd - 31, .max - 8] as [UInt64] {
      #expect(find(name, 2).status == .invalidParameter)
    }
    #expect(bench.log.events.of(.scheduleChange).isEmpty)
  }

  @Test func theChangeComesWithTheNextMajorFrame() throws {
    let bench = try Self.started(Self.description())
    bench.run(to: 1)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError)
    #expect(bench.call(.yield).value == .max, "the new schedule has no window for it")
    let events = boundaries(bench, 14)
    let change = try #require(events.of(.scheduleChange).first)
    #expect(change.detail == 1 && change.operand == 1 && change.partition == 1)
    let frames = events.of(.majorFrameStart)
    #expect(frames.map(\.words.w0).prefix(3) == [10_050_000, 16_050_000, 22_050_000])
    #expect(frames.map(\.detail).prefix(3) == [1, 1, 1])
    let order = events.filter { [.scheduleChange, .majorFrameStart].contains($0.knownKind) }.map(\.kind)
    #expect(order.first == EventKind.scheduleChange.rawValue, "before the frame that it holds for")
    let windows = events.of(.windowStart).filter { $0.words.w0 > 10_000_000 }
    #expect(windows.map(\.operand).prefix(4) == [4, 5, 4, 5], "indices of the module table")
    #expect(windows.map(\.partition).prefix(4) == [2, 0, 2, 0])
    #expect(windows.map(\.words.w0).prefix(3) == [11_050_000, 12_050_000, 17_050_000])
    #expect(bench.core.schedule.lastChange == 10_050_000)
  }

  @Test func whoYieldsIsToldOfTheNewSchedule() throws {
    var description = Self.description()
    description.partitions[0].flags.insert(.mayChangeSchedule)
    let bench = try Self.started(description)
    #expect(bench.call(.setModuleSchedule, 7).status == .noError)
    #expect(bench.call(.yield).value == 5_050_000, "a window in the frame that runs")
    bench.run(to: 1)
    bench.run(to: 0)
    #expect(bench.call(.yield).value == 12_050_000)
  }

  @Test func eachPartitionActsAtItsFirstWindow() throws {
    let bench = try Self.started(Self.description([.coldStart, .ignore, .warmStart]))
    bench.run(to: 1)
    bench.call(.setModuleSchedule, 7)
    var restarts: [TraceEvent] = []
    for _ in 0..<12 {
      let events = bench.fireTimer()
      for restart in events.of(.restart) {
        let window = try #require(events.of(.windowStart).first)
        #expect(window.partition == restart.partition && restart.words.w0 == 1)
        restarts.append(restart)
      }
      bench.makeMemory()
      bench.settle()
    }
    #expect(restarts.map(\.partition) == [2, 0], "once each")
    #expect(restarts.map(\.detail) == [OperatingMode.warmStart.rawValue, OperatingMode.coldStart.rawValue])
    #expect(bench.core.partitions[1].mode == .normal)
  }

  /// An idle partition is started again; one that is starting goes on with that; out of COLD_START there is no warm
  /// one.
  @Test func whatHasNothingToKeepStartsCold() throws {
    let bench = try Self.started(Self.description([.warmStart, .ignore, .warmStart]))
    bench.run(to: 1)
    bench.call(.setModuleSchedule, 7)
    bench.core.partitions[0].mode = .idle
    bench.core.partitions[2].mode = .coldStart
    var restarts: [TraceEvent] = []
    for _ in 0..<12 {
      restarts += bench.fireTimer().of(.restart)
      bench.makeMemory()
      bench.settle()
    }
    #expect(restarts.map(\.partition) == [2, 0])
    #expect(restarts.map(\.detail) == [OperatingMode.coldStart.rawValue, OperatingMode.warmStart.rawValue])
  }

  /// Its start is under way when the window begins: a warm one gives way to a cold one, and to nothing else.
  @Test(arguments: [OperatingMode.warmStart, .coldStart], [ScheduleChangeAction.ignore, .warmStart, .coldStart])
  func aStartThatIsUnderWay(_ mode: OperatingMode, _ action: ScheduleChangeAction) throws {
    let bench = try Self.started(Self.description([action]))
    bench.call(.setPartitionMode, UInt64(mode.rawValue))
    bench.makePiece()
    bench.run(to: 1)
    bench.call(.setModuleSchedule, 7)
    var events: [TraceEvent] = []
    while bench.core.schedule.scheduleIndex == 0 || bench.core.schedule.owner != PartitionIndex(0) {
      events += bench.fireTimer()
    }
    let isBegunAgain = mode == .warmStart && action == .coldStart
    #expect(events.of(.restart).filter { $0.partition == 0 }.count == (isBegunAgain ? 1 : 0))
    #expect(bench.core.partitions[0].mode == (isBegunAgain ? .coldStart : mode))
    #expect(bench.core.partitions[0].life.nextPiece == (isBegunAgain ? 0 : 1))
    #expect(bench.core.partitions[0].life.isInitialising)
    #expect(bench.makePiece().of(.initialised).count == (isBegunAgain ? 0 : 1))
  }
}

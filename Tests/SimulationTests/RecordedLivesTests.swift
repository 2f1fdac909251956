import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Simulation

/// A recorded run's demand is kept life by life: what a restart cuts off is no part of the next life.
@Suite struct RecordedLivesTests {
  private struct UnfitDeed: Error {}
  private static func event(
    _ kind: EventKind, at time: UInt64, _ operand: UInt32 = 0, detail: UInt8 = 0, _ w0: UInt64 = 0, _ w1: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(
      time: time, kind: kind.rawValue, partition: 0, detail: detail, operand: operand, words: .init(w0, w1))
  }
  private static func start(at time: UInt64, _ mode: OperatingMode, _ condition: StartCondition) -> TraceEvent {
    event(.restart, at: time, 8, detail: mode.rawValue, UInt64(condition.rawValue))
  }
  private static func call(_ number: HypercallNumber, at time: UInt64, resumed: UInt64 = 0) -> TraceEvent {
    event(.hypercall, at: time, UInt32(number.rawValue), 0, resumed)
  }
  private static let beginning = [
    event(.start, at: 1000, 0, .max), start(at: 1010, .coldStart, .normalStart), call(.readTime, at: 2000),
    event(.hypercallResult, at: 2010),
  ]

  private static func reader(_ events: [TraceEvent]) -> DemandReader {
    var rest = (beginning + events)[...]
    return DemandReader(partitionCount: 1, takesPulses: false) { rest.popFirst() }
  }

  private static func lives(_ events: [TraceEvent]) -> [RecordedLife] {
    let reader = reader(events)
    var lives: [RecordedLife] = []
    while let life = reader.nextLife(of: 0) {
      lives.append(life)
      reader.removeLife(of: 0)
    }
    return lives
  }

  @Test func whatARestartCutsOffEndsItsLife() throws {
    let lives = Self.lives([
      Self.event(.timer, at: 5000, 0, 0, 20), Self.start(at: 5010, .warmStart, .partitionRestart),
      Self.call(.yield, at: 6000, resumed: 90), Self.event(.timer, at: 7000),
    ])
    try #require(lives.count == 2)
    #expect(lives[0].main.count == 1 && lives[0].main.end == .cut)
    #expect(lives[0].main.deed(0)?.computation == 990 && lives[0].main.computation == 2970)
    #expect(lives[1].main.count == 1 && lives[1].main.end == .open)
    #expect(lives[1].main.deed(0)?.computation == 900)
    #expect(lives[1].start == PartitionStart(mode: OperatingMode.warmStart.rawValue, condition: 1, change: 0))
  }

  /// Though what the kernel made of it is known only when somebody runs again.
  @Test func theCallThatAsksForARestartBelongsToTheOldLife() throws {
    let lives = Self.lives([
      Self.call(.setPartitionMode, at: 3000), Self.start(at: 3010, .warmStart, .partitionRestart),
      Self.event(.timer, at: 4000, 0, 0, 90),
    ])
    try #require(lives.count == 2)
    #expect(lives[0].main.count == 2 && lives[0].main.deed(1)?.kernelTime == nil)
    #expect(lives[0].main.computation == 0 && lives[1].start?.change == nil)
    #expect(lives[1].main.count == 0 && lives[1].main.computation == 900)
  }

  /// Whether a frame fits decides whose matter an exception is, so it belongs to what was recorded of one.
  @Test(arguments: [EntrySnapshot.Flags(), .frameFits, .inReturnTail, .inReturnTail.union(.frameFits)])
  func anExceptionFindsTheStackThatItFound(_ flags: EntrySnapshot.Flags) throws {
    let lives = Self.lives([
      Self.event(.exception, at: 3000, 14, detail: flags.rawValue), Self.event(.timer, at: 4000),
    ])
    let deed = try #require(lives.first?.main.deed(1))
    guard case .fault(let fault) = deed.act else { throw UnfitDeed() }
    #expect(fault.vector == 14)
    #expect(fault.frameFits == flags.contains(.frameFits))
    #expect(fault.isInReturnTail == flags.contains(.inReturnTail))
  }

  @Test func aHandlerThatIsCutOffIsKept() throws {
    let lives = Self.lives([
      Self.event(.upcall, at: 2100, 48), Self.call(.acknowledgeInterrupt, at: 3000),
      Self.event(.timer, at: 4000), Self.start(at: 4010, .warmStart, .partitionRestart),
      Self.event(.upcall, at: 4100, 48), Self.event(.timer, at: 5000),
    ])
    try #require(lives.count == 2)
    let handlers = lives.map { $0.takeHandler(of: 48) }
    #expect(handlers[0]?.end == .cut && handlers[0]?.count == 1 && handlers[0]?.computation == 1000)
    #expect(handlers[1]?.end == .open && handlers[1]?.count == 0)
    #expect(lives.allSatisfy { $0.takeHandler(of: 48) == nil })
  }

  /// What a handler computes before it returns goes on in what it interrupted, but not where it is much.
  @Test(arguments: [1_000_000, 12_200_000] as [UInt64]) func aLongHandlerComputesItself(span: UInt64) throws {
    let lives = Self.lives([
      Self.event(.upcall, at: 2100, 48), Self.event(.timer, at: span), Self.event(.timer, at: span + 100_000, 0, 1),
    ])
    let handler = try #require(lives.first?.takeHandler(of: 48))
    #expect(handler.end == .returned && handler.count == 0)
    let isLong = span > RecordedDemand.longComputation
    #expect(handler.computation == (isLong ? span - 2100 : 0))
    #expect(lives[0].main.computation == (isLong ? 0 : span - 2100) + 99_940)
  }

  /// Deeds are forgotten once they are done, but for the first ones.
  @Test func theBeginningOfALifeStays() {
    let strand = RecordedStrand()
    let deed = RecordedDeed(
      computation: 1, act: .call(GuestCall(.yield)), wasOn: false, isOn: false, instant: 0, kernelTime: nil, status: nil
    )
    for _ in 0..<10_000 { strand.append(deed) }
    for number in 0..<9000 {
      #expect(strand.deed(number) != nil)
      strand.pass(number)
    }
    #expect(strand.deed(0) != nil && strand.deed(4095) != nil && strand.deed(4096) == nil)
    #expect(strand.deed(9000) != nil)
    strand.forsake()
    #expect(strand.deed(0) != nil && strand.deed(9000) == nil && strand.count == 10_000)
  }

  private static let warm = PartitionStart(
    mode: OperatingMode.warmStart.rawValue, condition: StartCondition.partitionRestart.rawValue)
  private static let cold = PartitionStart(
    mode: OperatingMode.coldStart.rawValue, condition: StartCondition.normalStart.rawValue)

  @Test func aStartMovesOnToTheNextRecordedLife() {
    let reader = Self.reader([
      Self.start(at: 5010, .warmStart, .partitionRestart), Self.start(at: 9010, .warmStart, .partitionRestart),
    ])
    let behaviour = RecordedBehaviour(partitionCount: 1, reader, extraPercent: 0, tolerance: 0)
    behaviour.restart(PartitionIndex(0), as: Self.cold, at: 10)
    behaviour.restart(PartitionIndex(0), as: Self.warm, at: 20)
    #expect(behaviour.weakness(of: 0).since == nil)
    // Of another kind than the one that comes next, and once more than recorded.
    behaviour.restart(PartitionIndex(0), as: Self.cold, at: 30)
    #expect(behaviour.weakness(of: 0).unrecordedStart == 30)
    behaviour.restart(PartitionIndex(0), as: Self.warm, at: 40)
    #expect(reader.nextLife(of: 0) == nil)
    behaviour.restart(PartitionIndex(0), as: Self.warm, at: 50)
    #expect(behaviour.weakness(of: 0).unrecordedStart == 30)
  }

  /// Recorded are starts at the second and the fourth change of schedules.
  @Test(arguments: [[2, 4], [1, 2, 4], [4], [2, 3]])
  func aStartAtOneChangeOfSchedulesIsNoneAtAnother(_ starts: [Int]) {
    let change = Self.event(.scheduleChange, at: 5000, detail: 1)
    let start = Self.start(at: 5000, .warmStart, .partitionRestart)
    let reader = Self.reader([change, change, start, change, change, start])
    let behaviour = RecordedBehaviour(partitionCount: 1, reader, extraPercent: 0, tolerance: 0)
    behaviour.restart(PartitionIndex(0), as: Self.cold, at: 10)
    for number in 1...4 {
      behaviour.changeSchedule()
      if starts.contains(number) { behaviour.restart(PartitionIndex(0), as: Self.warm, at: UInt64(number)) }
    }
    let expected: UInt64? = starts == [2, 4] ? nil : UInt64(starts == [2, 3] ? 3 : starts[0])
    #expect(behaviour.weakness(of: 0).since == expected)
    #expect((reader.nextLife(of: 0) == nil) == (starts != [2, 3]))
  }
}

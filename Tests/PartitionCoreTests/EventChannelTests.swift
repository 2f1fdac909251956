import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L4: one partition raises a virtual interrupt of another.
@Suite struct EventChannelTests {
  /// Channels 10: 0 → 1 at vector 50, 11: 1 → 0 at 63, 12: 0 → 0 at 48.
  static var module: ModuleDescription {
    var description = ModuleDescription.standard
    let ends: [(UInt8, UInt8, UInt8)] = [(0, 1, 50), (1, 0, 63), (0, 0, 48)]
    for (index, end) in ends.enumerated() {
      description.eventChannels.append(
        EventChannelRecord(
          identifier: 10 + UInt64(index), source: PartitionIndex(end.0), destination: PartitionIndex(end.1),
          vector: end.2))
    }
    return description
  }

  private func bind(_ bench: Bench, _ channel: UInt64, _ vector: UInt64) {
    #expect(
      bench.call(.bindEvent, channel) == HypercallAnswer(caller: bench.core.current, status: .noError, value: vector))
    bench.call(.registerHandler, vector, ModuleDescription.handler)
    bench.call(.enableInterrupt, vector)
  }

  // Contract 22, 68, 69, 70.
  @Test func anEventComesInTheDestinationsWindow() throws {
    let bench = try Bench(Self.module)
    bench.start()
    #expect(bench.call(.raiseEvent, 10).status == .noAction, "nobody has bound it")
    bench.run(to: 1)
    bind(bench, 10, 50)
    bench.publishEntry()
    bench.run(to: 0)
    for count in 1...4 as ClosedRange<UInt64> {
      bench.now += 10
      let call = Hypercall(number: 78, arguments: (10, 0, 0, 0, 0, 0), operand: 0)
      let events = bench.take(.hypercall(call, bench.snapshot), at: bench.now)
      #expect(bench.core.decision.answer?.status == .noError)
      #expect(events.of(.eventRaised).map(\.words) == [.init(1, 50)])
      #expect(events.of(.eventRaised).map(\.partition) == [0] && events.of(.eventRaised).map(\.operand) == [0])
      #expect(events.of(.mark).map(\.partition) == [1] && events.of(.mark).map(\.operand) == [50])
      #expect(events.of(.mark).map(\.words.w0) == [count])
      #expect(bench.core.decision.upcall == nil)
    }
    bench.run(to: 1)
    #expect(bench.core.decision.upcall?.vector == 50)
    #expect(bench.core.decision.upcall?.markCount == 4)
    #expect(bench.call(.acknowledgeInterrupt, 50).value == 4)
    #expect(bench.call(.readStatistic, StatisticSelector.marks.rawValue).value == 4)
  }

  // Contract 68.
  @Test func anEventToOneselfComesAtOnce() throws {
    let bench = try Bench(Self.module)
    bench.start()
    bind(bench, 12, 48)
    bench.publishEntry()
    bench.call(.raiseEvent, 12)
    #expect(bench.core.decision.upcall?.vector == 48)
  }

  // Contract 10, 70.
  @Test func anEndIsMaskedAsALineIs() throws {
    let bench = try Bench(Self.module)
    bench.start()
    bind(bench, 12, 48)
    bench.publishEntry()
    #expect(bench.call(.disableInterrupt, 48).status == .noError)
    bench.call(.raiseEvent, 12)
    bench.call(.raiseEvent, 12)
    #expect(bench.core.decision.upcall == nil)
    bench.call(.enableInterrupt, 48)
    #expect(bench.core.decision.upcall?.markCount == 2)
  }

  // Contract 67.
  @Test func misuseIsTold() throws {
    let bench = try Bench(Self.module)
    bench.start()
    for channel in [0, 9, 13, .max] as [UInt64] {
      #expect(bench.call(.bindEvent, channel).status == .invalidParameter)
      #expect(bench.call(.raiseEvent, channel).status == .invalidParameter)
    }
    #expect(bench.call(.bindEvent, 10).status == .invalidConfiguration, "the source")
    #expect(bench.call(.raiseEvent, 11).status == .invalidConfiguration, "the destination")
    #expect(bench.call(.registerVCPU, 50).status == .invalidConfiguration, "no end of the caller's")
    #expect(bench.call(.bindEvent, 12).status == .noError)
    #expect(bench.call(.bindEvent, 12).status == .noAction, "twice bound")
    #expect(bench.call(.unregisterVCPU, 48).status == .noError)
    #expect(bench.call(.registerVCPU, 48).status == .noError, "binding is registering")
  }

  // Contract 69.
  @Test func aStoppedDestinationIsTracedAndNotMarked() throws {
    let bench = try Bench(Self.module)
    bench.start()
    bench.run(to: 1)
    bind(bench, 10, 50)
    bench.fault(6)
    #expect(bench.core.partitions[1].mode == .idle)
    bench.run(to: 0)
    bench.now += 10
    let call = Hypercall(number: 78, arguments: (10, 0, 0, 0, 0, 0), operand: 0)
    let events = bench.take(.hypercall(call, bench.snapshot), at: bench.now)
    #expect(bench.core.decision.answer?.status == .noAction)
    #expect(events.of(.eventRaised).count == 1 && events.of(.mark).isEmpty)
  }
}

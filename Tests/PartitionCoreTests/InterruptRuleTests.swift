import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Sentences of the virtual-interrupt contract that belong to no one row of the lineage.
@Suite struct InterruptRuleTests {
  private static let unmasked: EntrySnapshot.Flags = [.interruptsEnabled, .frameFits]

  // Contract 7, 19.
  @Test func marksOfAMaskedPartitionAreCounted() throws {
    let bench = try DeliveryTests.ready([36, 38])
    bench.flags = .frameFits
    for count in 1...5 as ClosedRange<UInt64> {
      #expect(bench.fire(4).of(.mark).map(\.words.w0) == [count])
      #expect(bench.core.decision.upcall == nil && bench.core.decision.hasPendingMarks)
    }
    bench.fire(6)
    bench.flags = Self.unmasked
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 36 && bench.core.decision.upcall?.markCount == 5)
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 38 && bench.core.decision.upcall?.markCount == 1)
  }

  // Contract 11.
  @Test func anUpcallBeginsMasked() throws {
    let bench = try DeliveryTests.ready([36])
    #expect(bench.call(.null).status == .noError)
    #expect(bench.core.partitions[0].interruptsEnabled)
    bench.fire(4)
    #expect(bench.core.decision.upcall != nil)
    #expect(!bench.core.partitions[0].interruptsEnabled, "as the kernel writes it to the shared page")
  }

  // Contract 14.
  @Test func marksComeBeforeTheHandler() throws {
    let bench = try Bench(.standard)
    bench.start()
    bench.call(.registerVCPU, 36)
    bench.publishEntry()
    for _ in 0..<3 { #expect(bench.fire(4).of(.mark).count == 1) }
    #expect(!bench.core.decision.hasPendingMarks, "nobody waits for them yet")
    bench.call(.enableInterrupt, 36)
    #expect(bench.core.decision.upcall == nil)
    bench.call(.registerHandler, 36, ModuleDescription.handler)
    #expect(bench.core.decision.upcall?.markCount == 3)
  }

  /// All sixteen ways in which registration, readiness, handler and service may stand.
  // Contract 17.
  @Test(arguments: 0..<16) func thePendingWordTellsWhatWaits(_ ways: Int) throws {
    let bench = try DeliveryTests.ready([36])
    let (isRegistered, isReady) = (ways & 1 != 0, ways & 2 != 0)
    let (isHandled, isAcknowledged) = (ways & 4 != 0, ways & 8 != 0)
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
    bench.flags = .frameFits
    if isAcknowledged { bench.call(.acknowledgeInterrupt, 36) }
    bench.fire(4)
    if !isReady { bench.call(.disableInterrupt, 36) }
    if !isHandled { bench.call(.unregisterHandler, 36) }
    if !isRegistered { bench.call(.unregisterVCPU, 36) }
    bench.call(.null)
    #expect(bench.core.decision.hasPendingMarks == (ways == 15))
  }

  // Contract 18.
  @Test func onlyUnregisteringForgetsMarks() throws {
    let bench = try DeliveryTests.ready([36])
    bench.flags = .frameFits
    bench.fire(4)
    bench.fire(4)
    bench.call(.unregisterHandler, 36)
    bench.call(.disableInterrupt, 36)
    bench.flags = Self.unmasked
    bench.call(.registerHandler, 36, ModuleDescription.handler + 8)
    bench.call(.enableInterrupt, 36)
    #expect(bench.core.decision.upcall?.markCount == 2)
    #expect(bench.core.decision.upcall?.handler == ModuleDescription.handler + 8)
    bench.call(.acknowledgeInterrupt, 36)
    bench.flags = .frameFits
    bench.fire(4)
    #expect(bench.call(.unregisterVCPU, 36).status == .noError)
    bench.flags = Self.unmasked
    bench.call(.registerVCPU, 36)
    #expect(bench.core.decision.upcall == nil && !bench.core.decision.hasPendingMarks)
    bench.fire(4)
    #expect(bench.core.decision.upcall?.markCount == 1)
  }

  // Contract 48.
  @Test func unregisteringEndsTheService() throws {
    let bench = try DeliveryTests.ready([36])
    bench.fire(4)
    bench.call(.unregisterVCPU, 36)
    #expect(bench.call(.acknowledgeInterrupt, 36).status == .noAction)
    bench.call(.registerVCPU, 36)
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
  }

  // Contract 26.
  @Test func linesComeBeforeEventsAndEventsBeforeTheTimer() throws {
    let bench = try DeliveryTests.ready([47, 64], EventChannelTests.module)
    bench.call(.bindEvent, 12)
    bench.call(.registerHandler, 48, ModuleDescription.handler)
    bench.call(.enableInterrupt, 48)
    bench.flags = .frameFits
    bench.call(.setTimer, 1, 0)
    bench.call(.raiseEvent, 12)
    bench.fire(15, extra: .lineInService)
    bench.flags = Self.unmasked
    var order: [UInt8] = []
    for _ in 0..<4 {
      bench.call(.null)
      if let upcall = bench.core.decision.upcall { order.append(upcall.vector) }
    }
    #expect(order == [47, 48, 64])
  }

  // Contract 40.
  @Test func anExceptionNeedsNoDepth() throws {
    let bench = try DeliveryTests.ready([36], NestingTests.module(depth: 1))
    bench.call(.setExceptionEntry, ModuleDescription.entry)
    bench.call(.setExceptionHandler, 6, ModuleDescription.handler)
    bench.fire(4)
    #expect(bench.core.decision.upcall != nil)
    bench.flags = .frameFits
    let events = bench.fault(6)
    #expect(events.of(.exceptionReflected).count == 1 && events.of(.healthAction).isEmpty)
    let hasDepth = bench.core.hasDepth(0)
    #expect(!hasDepth, "and gives none back")
  }

  private static func ignoringStackErrors() throws -> Bench {
    var description = ModuleDescription.standard
    description.healthActions = [
      HealthActionRecord(partition: PartitionIndex(0), error: .stackOverflow, action: .ignore)
    ]
    return try DeliveryTests.ready([36, 37], description)
  }

  /// The repetitions are counted, and flood neither log nor trace; when a frame has fitted it is told again.
  // Contract 43.
  @Test func aStackErrorIsToldOnceUntilAFrameFits() throws {
    let bench = try Self.ignoringStackErrors()
    func repetitions() -> UInt64 {
      bench.flags = .frameFits
      defer { bench.flags = .interruptsEnabled }
      return bench.call(.readStatistic, StatisticSelector.repeatedErrorCount.rawValue).value
    }
    for round in 0..<2 as Range<UInt64> {
      bench.flags = .interruptsEnabled
      for turn in 0..<100 {
        let events = bench.fire(turn % 2 == 0 ? 4 : 5)
        #expect(events.of(.healthError).map(\.detail) == (turn == 0 ? [ErrorCode.stackOverflow.rawValue] : []))
        #expect(events.of(.healthAction).count == (turn == 0 ? 1 : 0))
        #expect(bench.core.decision.upcall == nil && bench.core.decision.hasPendingMarks)
      }
      #expect(repetitions() == 99 * (round + 1))
      bench.flags = Self.unmasked
      for vector in [36, 37] as [UInt8] {
        bench.call(.null)
        #expect(bench.core.decision.upcall?.vector == vector && bench.core.decision.upcall?.markCount == 50)
        bench.flags = .frameFits
        bench.call(.acknowledgeInterrupt, UInt64(vector))
        bench.upcallsReturned += 1
        bench.flags = Self.unmasked
      }
    }
    #expect(bench.call(.readStatistic, StatisticSelector.errorLogCount.rawValue).value == 2)
  }

  /// Marks that are forgotten take the telling along; marks of which some are left do not.
  // Contract 43.
  @Test func forgottenMarksEndAStackError() throws {
    let bench = try Self.ignoringStackErrors()
    bench.flags = .interruptsEnabled
    #expect(bench.fire(4).of(.healthError).count == 1)
    #expect(bench.fire(5).of(.healthError).isEmpty)
    bench.call(.unregisterVCPU, 37)
    #expect(bench.log.events.of(.healthError).isEmpty, "36 still waits")
    bench.call(.unregisterVCPU, 36)
    bench.call(.registerVCPU, 36)
    #expect(bench.fire(4).of(.healthError).count == 1)
  }
}

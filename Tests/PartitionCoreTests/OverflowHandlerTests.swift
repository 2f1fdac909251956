import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Marks that find no depth or room while an error handler is at work, and after it has come back: nothing else tells
/// the core which of both it is.
@Suite struct OverflowHandlerTests {
  private static let first = PartitionIndex(0)

  /// A partition in NORMAL mode whose overflows go to its error handler; one upcall at a time.
  private static func ready() throws -> Bench {
    var description = NestingTests.module(depth: 1, ignores: false)
    description.healthActions = [SystemState.partitionExecution, .errorHandling].map {
      HealthActionRecord(partition: first, error: .stackOverflow, action: .ignore, state: $0, level: .process)
    }
    let bench = try DeliveryTests.ready([36, 37], description)
    bench.call(.setExceptionEntry, ModuleDescription.entry)
    bench.call(.setExceptionHandler, 32, ModuleDescription.handler)
    bench.call(.setPartitionMode, UInt64(OperatingMode.normal.rawValue))
    bench.fire(4)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.fire(5).of(.exceptionReflected).map(\.operand) == [32])
    return bench
  }

  /// The partition's counts, of the first three, that say that its handler is over.
  private static func countsThatTell(_ bench: Bench) -> [UInt32] {
    (0...2).filter { bench.core.isHandlerOver(first, exceptionsReturned: $0) }
  }

  /// The states in which errors were told.
  private static func states(_ events: [TraceEvent]) -> [UInt32] {
    events.of(.healthError).map { $0.operand >> 8 & 0xFF }
  }

  /// The upcall returns, the mark that has waited comes, and the next one overflows again.
  private static func overflowAgain(_ bench: Bench, _ flags: EntrySnapshot.Flags) -> [TraceEvent] {
    bench.flags = flags
    bench.upcallsReturned += 1
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 37)
    bench.call(.acknowledgeInterrupt, 37)
    return bench.fire(5)
  }

  @Test func aHandlerThatHasComeBackGetsTheNextOverflowToo() throws {
    let bench = try Self.ready()
    #expect(Self.countsThatTell(bench) == [1, 2], "what the next snapshot tells of")
    let events = Self.overflowAgain(bench, [.interruptsEnabled, .frameFits, .isHandlerOver])
    #expect(Self.states(events) == [UInt32(SystemState.partitionExecution.rawValue)])
    #expect(events.of(.exceptionReflected).map(\.operand) == [32])
    #expect(events.of(.healthAction).isEmpty)
    // It is at work again, though the core was told of its return by a flag only.
    #expect(Self.countsThatTell(bench) == [0, 2])
  }

  @Test func aHandlerAtWorkDoesNotGetItsOwnOverflow() throws {
    let events = Self.overflowAgain(try Self.ready(), [.interruptsEnabled, .frameFits])
    #expect(Self.states(events) == [UInt32(SystemState.errorHandling.rawValue)])
    #expect(events.of(.exceptionReflected).isEmpty)
    #expect(events.of(.healthAction).count == 1)
  }

  /// A frame that holds no room for another is left in the kernel, where the mark of another window finds it.
  @Test(arguments: [true, false]) func aReturnThroughTheKernelTellsOfTheHandlerToo(_ isOver: Bool) throws {
    let bench = try Self.ready()
    bench.flags = .init()
    bench.upcallsReturned += 1
    bench.call(.disableInterrupt, 37)
    bench.call(.acknowledgeInterrupt, 36)
    // Its window ends in the same entry.
    bench.now = 2_050_000 - 50_000 - 5
    bench.call(.returnFromUpcall, operand: isOver ? 1 | 4 : 1)
    #expect(bench.core.current == PartitionIndex(1))
    bench.fire(4)
    bench.run(to: 0)
    let state = isOver ? SystemState.partitionExecution : .errorHandling
    #expect(Self.states(bench.log.events) == [UInt32(state.rawValue)])
  }
}

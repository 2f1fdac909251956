import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Frames: those that are given back, and those that the stack cannot hold.
extension DeliveryTests {
  // MARK: returnFromUpcall's operand

  // Contract 54.
  @Test(arguments: [0, 2] as [UInt64]) func aFrameThatCannotBeUsedIsRefused(_ operand: UInt64) throws {
    let bench = try Self.ready([36])
    bench.flags = .frameFits
    bench.fire(4)
    #expect(bench.call(.returnFromUpcall, operand: operand).status == .invalidParameter)
    #expect(bench.core.decision.effect == .none)
    #expect(bench.core.decision.upcall == nil)
  }

  /// With bit 1 off another frame would not fit; where none is wanted that is no matter.
  @Test func noRoomForAnotherFrameMattersOnlyWithAMark() throws {
    let bench = try Self.ready([36])
    bench.flags = .init()
    #expect(bench.call(.returnFromUpcall, operand: 1).status == .noError)
    #expect(bench.core.decision.effect == .restoreUpcallFrame)
    bench.fire(4)
    // The same frame serves the next mark: it need not fit anew.
    #expect(bench.call(.returnFromUpcall, operand: 1).status == .noError)
    #expect(bench.core.decision.upcall?.reusesFrame == true)
    #expect(bench.core.current == PartitionIndex(0))
  }

  /// A tick that falls due with the return is no mark that the return has found: it wants a frame of its own, below the
  /// one that is given back, if there is room.
  @Test(arguments: [true, false]) func aTickAtTheReturnHasAFrameOfItsOwn(_ hasRoom: Bool) throws {
    let bench = try Self.ready([64])
    bench.call(.setTimer, 600_000, 0)
    bench.flags = .frameFits
    bench.now = 600_000 - 10
    #expect(bench.call(.returnFromUpcall, operand: hasRoom ? 3 : 1).status == .noError && bench.now == 600_000)
    #expect(bench.core.decision.effect == .restoreUpcallFrame)
    #expect(bench.core.decision.upcall.map(\.vector) == (hasRoom ? 64 : nil))
    #expect(bench.core.decision.upcall?.reusesFrame != true)
    #expect(bench.log.events.of(.healthError).map(\.detail) == (hasRoom ? [] : [ErrorCode.stackOverflow.rawValue]))
  }

  /// What raising an error tells of the room below the stack pointer says nothing of the frame in use, above it.
  @Test(arguments: [true, false]) func anErrorInTheTailSaysNothingOfTheFrameInUse(_ isUsable: Bool) throws {
    var description = ModuleDescription.standard
    description.healthActions = [ErrorCode.applicationError, .stackOverflow].map {
      HealthActionRecord(partition: PartitionIndex(0), error: $0, action: .ignore)
    }
    let bench = try Self.ready([36], description)
    bench.flags = .init()
    bench.fire(4)
    bench.flags = isUsable ? [.interruptsEnabled, .inReturnTail, .frameFits] : [.interruptsEnabled, .inReturnTail]
    #expect(bench.call(.raiseApplicationError, 1, 0, 0, operand: isUsable ? 0 : 1 << 32).status == .noError)
    #expect(bench.core.decision.upcall?.reusesFrame == (isUsable ? true : nil))
  }

  /// Upcalls come in windows: in idle time the drainer's return gives its frame back, whatever waits.
  @Test func aReturnInIdleTimeIsAReturn() throws {
    var description = ModuleDescription.standard
    description.eventChannels = [
      EventChannelRecord(identifier: 1, source: PartitionIndex(0), destination: PartitionIndex(3), vector: 50)
    ]
    let bench = try Bench(description)
    bench.start()
    bench.run(to: 3)
    #expect(bench.call(.bindEvent, 1).status == .noError)
    bench.call(.registerHandler, 50, ModuleDescription.handler)
    bench.call(.enableInterrupt, 50)
    bench.publishEntry()
    bench.run(to: 0)
    bench.flags = .init()
    #expect(bench.call(.raiseEvent, 1).status == .noError)
    bench.run(to: 3)
    bench.flags = .frameFits
    #expect(bench.call(.returnFromUpcall, operand: 3).status == .noError)
    #expect(bench.core.decision.effect == .restoreUpcallFrame && bench.core.decision.upcall == nil)
    #expect(bench.core.decision.hasPendingMarks)
  }

  /// A return whose window ends in the same entry is delivered on its frame when the next window begins.
  // Contract 55.
  @Test func aReturnAtTheWindowsEndIsKept() throws {
    let bench = try Self.ready([36])
    bench.flags = .frameFits
    bench.fire(4)
    bench.now = 2_050_000 - 50_000 - 5
    bench.call(.returnFromUpcall, operand: 3)
    #expect(bench.core.current == PartitionIndex(1))
    #expect(bench.core.decision.upcall == nil)
    #expect(bench.core.decision.effect == .none)
    bench.flags = .init()
    bench.run(to: 0)
    #expect(bench.core.decision.upcall?.vector == 36)
    #expect(bench.core.decision.upcall?.reusesFrame == true)
  }

  // MARK: The stack cannot hold the frame

  /// L2: a partition's stack pointer was trusted blindly.
  // Contract 41.
  @Test func aStackThatCannotHoldTheFrameIsTheHealthMonitors() throws {
    let bench = try Self.ready([36])
    bench.flags = .interruptsEnabled
    let events = bench.fire(4)
    #expect(events.of(.upcall).isEmpty)
    let action = try #require(events.of(.healthAction).first)
    #expect(action.partition == 0)
    #expect(action.operand == UInt32(ErrorCode.stackOverflow.rawValue))
    #expect(action.detail == PartitionRecoveryAction.idle.rawValue)
    #expect(action.words.w0 == 0, "no CPU exception")
    #expect(events.of(.modeChange).count == 1)
    #expect(bench.core.current == PartitionIndex(3), "the drainer has the rest of the window")
    #expect(bench.core.decision.successor == .partition(PartitionIndex(3)))
    #expect(!bench.core.decision.hasPendingMarks)
    #expect(bench.core.decision.lineMask ?? bench.mask == 0xFFFE, "nobody takes line 4 any more")
  }

  // Contract 42.
  @Test func withoutAMarkTheStackIsNobodysBusiness() throws {
    let bench = try Self.ready([36])
    bench.flags = .interruptsEnabled
    #expect(bench.call(.null).status == .noError)
    #expect(bench.core.current == PartitionIndex(0))
  }

  // Contract 43.
  @Test func anIgnoredStackErrorLeavesTheMarkWaiting() throws {
    var description = ModuleDescription.standard
    description.healthActions = [
      HealthActionRecord(partition: PartitionIndex(0), error: .stackOverflow, action: .ignore)
    ]
    let bench = try Self.ready([36], description)
    bench.flags = .interruptsEnabled
    let events = bench.fire(4)
    #expect(events.of(.healthAction).map(\.detail) == [PartitionRecoveryAction.ignore.rawValue])
    #expect(bench.core.decision.hasPendingMarks)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.markCount == 1)
  }
}

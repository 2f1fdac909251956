import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Lineage L4 and L5: CPU exceptions go to the partition's own handler, and a fault inside it to the health monitor.
@Suite struct ReflectionTests {
  private func bench(_ vectors: [UInt64]) throws -> Bench {
    let bench = try Bench(.standard)
    bench.start()
    #expect(bench.call(.setExceptionEntry, ModuleDescription.entry).status == .noError)
    for vector in vectors {
      #expect(bench.call(.setExceptionHandler, vector, ModuleDescription.handler + vector).status == .noError)
    }
    bench.flags = .frameFits
    return bench
  }

  // Contract 76.
  @Test func anExceptionComesWithAllThatItsHandlerNeeds() throws {
    let bench = try bench([14])
    bench.flags = [.interruptsEnabled, .frameFits]
    let events = bench.fault(14, errorCode: 6, address: 0x1234_5678)
    #expect(
      bench.core.decision.exception
        == ExceptionDecision(
          partition: PartitionIndex(0), vector: 14, handler: ModuleDescription.handler + 14,
          entry: ModuleDescription.entry, errorCode: 6, address: 0x1234_5678, interruptsWereEnabled: true))
    #expect(events.of(.exceptionReflected).map(\.operand) == [14])
    #expect(
      events.of(.exceptionReflected).map(\.words) == [.init(ModuleDescription.handler + 14, 6, 0x1234_5678)])
    #expect(events.of(.healthAction).isEmpty)
    #expect(bench.core.decision.successor == .partition(PartitionIndex(0)), "in the same entry")
  }

  // Contract 12, 27.
  @Test func theHandlerBeginsMasked() throws {
    let bench = try bench([6])
    bench.takeLine(36)
    bench.publishEntry()
    bench.fire(5)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.take(.interrupt(InterruptLine(4), EntrySnapshot(flags: .isPulse)), at: bench.now + 5)
    bench.upcallsReturned += 1
    bench.call(.acknowledgeInterrupt, 36)
    bench.flags = .frameFits
    bench.fire(4)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.fault(6)
    #expect(bench.core.decision.exception != nil)
    #expect(bench.core.decision.upcall == nil, "never both in one entry")
    #expect(bench.core.decision.hasPendingMarks)
    // What comes meanwhile waits too, until the handler is back.
    bench.flags = .frameFits
    bench.fire(4)
    #expect(bench.core.decision.upcall == nil)
    bench.flags = [.interruptsEnabled, .frameFits]
    bench.call(.null)
    #expect(bench.core.decision.upcall?.vector == 36 && bench.core.decision.upcall?.markCount == 2)
  }

  // Contract 77.
  @Test func withoutHandlerOrEntryItIsTheHealthMonitors() throws {
    for (hasEntry, hasHandler) in [(false, true), (true, false)] {
      let bench = try Bench(.standard)
      bench.start()
      if hasEntry { bench.call(.setExceptionEntry, ModuleDescription.entry) }
      if hasHandler { bench.call(.setExceptionHandler, 6, ModuleDescription.handler) }
      bench.flags = .frameFits
      let events = bench.fault(6)
      #expect(events.of(.healthAction).count == 1 && bench.core.decision.exception == nil)
    }
  }

  // Contract 78.
  @Test func aFaultInsideTheHandlerIsTheHealthMonitors() throws {
    let bench = try bench([6, 14])
    #expect(bench.fault(6, returned: 9).of(.exceptionReflected).count == 1)
    let events = bench.fault(14, returned: 9)
    #expect(events.of(.exceptionReflected).isEmpty)
    #expect(events.of(.healthAction).map(\.words.w0) == [15])
  }

  // Contract 78.
  @Test func afterTheReturnTheNextExceptionIsReflected() throws {
    let bench = try bench([6])
    for returned in [.max, 0, 1, 7] as [UInt32] {
      #expect(bench.fault(6, returned: returned).of(.exceptionReflected).count == 1)
    }
  }

  // Contract 41.
  @Test func aStackThatCannotTakeTheFrameIsTheHealthMonitors() throws {
    let bench = try bench([14])
    bench.flags = .interruptsEnabled
    let events = bench.fault(14)
    #expect(events.of(.exceptionReflected).isEmpty && events.of(.healthAction).count == 1)
  }

  // Contract 78.
  @Test func aFaultInTheReturnsTailIsTheHealthMonitors() throws {
    let bench = try bench([6])
    bench.flags = [.frameFits, .inReturnTail]
    #expect(bench.fault(6).of(.exceptionReflected).isEmpty)
  }

  /// L1: every gate is closed to ring 3, so a breakpoint arrives as a protection fault that names its gate.
  // Contract 75.
  @Test func closedGatesAreTheExceptionsTheyMean() throws {
    let bench = try bench([3, 4, 13])
    for (code, vector) in [(26, 3), (34, 4), (0x20 << 3 | 2, 13), (0, 13)] as [(UInt64, UInt32)] {
      let events = bench.fault(13, errorCode: code, returned: UInt32(code))
      #expect(events.of(.exceptionReflected).map(\.operand) == [vector])
      #expect(events.of(.exceptionReflected).map(\.words.w1) == [vector == 13 ? code : 0])
    }
    // Without a handler of its own it is a protection fault like others.
    let other = try self.bench([13])
    #expect(other.fault(13, errorCode: 26).of(.exceptionReflected).map(\.operand) == [13])
    let none = try self.bench([3])
    #expect(none.fault(13, errorCode: 34).of(.healthAction).count == 1)
  }

  // Contract 79.
  @Test func handlersAndEntriesAreChecked() throws {
    let bench = try Bench(.standard)
    bench.start()
    for vector in [2, 8, 18, 33, 255, .max] as [UInt64] {
      #expect(bench.call(.setExceptionHandler, vector, ModuleDescription.handler).status == .invalidParameter)
    }
    for vector in (0...32).filter({ ![2, 8, 18].contains($0) }) as [UInt64] {
      for bad in [1, ModuleDescription.data, ModuleDescription.constants, .max] as [UInt64] {
        #expect(bench.call(.setExceptionHandler, vector, bad).status == .invalidParameter)
      }
      #expect(bench.call(.setExceptionHandler, vector, 0).status == .noAction)
      #expect(bench.call(.setExceptionHandler, vector, ModuleDescription.handler).status == .noError)
      #expect(bench.call(.setExceptionHandler, vector, ModuleDescription.handler + 8).status == .noError, "replaced")
      #expect(bench.call(.setExceptionHandler, vector, 0).status == .noError)
    }
    for bad in [0, 1, ModuleDescription.data, ModuleDescription.constants, .max] as [UInt64] {
      #expect(bench.call(.setExceptionEntry, bad).status == .invalidParameter)
    }
  }

  /// The window may end with the very entry: the frame is its owner's all the same.
  @Test func anExceptionAtTheWindowsEndIsKept() throws {
    let bench = try bench([6])
    bench.now = 2_000_000 - 5
    bench.fault(6)
    #expect(bench.core.current == PartitionIndex(1))
    #expect(bench.core.decision.exception?.partition == PartitionIndex(0))
  }

  // Contract 6.
  @Test func aStoppedPartitionForgetsItsHandlers() throws {
    let bench = try bench([6])
    bench.call(.setTimer, 600_000, 50_000)
    bench.takeLine(36)
    bench.publishEntry()
    bench.fault(7)
    #expect(bench.core.guests.states[0].exceptionEntry == 0)
    #expect(bench.core.guests.handler(PartitionIndex(0), 6) == 0)
    #expect(bench.core.guests.states[0].packed == GuestState().packed)
    let interrupts = bench.core.vcpus.interrupts[0]
    #expect(interrupts.inUse == 0 && interrupts.ready == 0 && bench.core.partitions[0].upcallEntry == 0)
    #expect(bench.core.vcpus.handlers[bench.core.vcpus.slot(PartitionIndex(0), VirtualInterrupt(4))] == 0)
  }
}

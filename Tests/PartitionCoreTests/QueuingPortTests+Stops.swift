import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Stops and restarts, and the marks that queues give.
extension QueuingPortTests {
  /// A partition stops in the middle of everything: what it was sent is gone, what it has sent is not.
  @Test func aStoppedPartitionHoldsNobodyBackAndLosesWhatItHeld() throws {
    let bench = try connected()
    send(bench, 1)
    send(bench, 2)
    #expect(send(bench, 3) == .notAvailable)
    bench.run(to: 1)
    bench.take(.exception(vector: 0, address: 0, bench.snapshot), at: bench.now + 10)
    #expect(bench.core.partitions[1].mode == .idle)
    bench.run(to: 0)
    #expect(send(bench, 3) == .noError, "the stopped destination holds nobody back")
    bench.take(.exception(vector: 0, address: 0, bench.snapshot), at: bench.now + 10)
    #expect(bench.core.partitions[0].mode == .idle)
    bench.run(to: 2)
    #expect(drain(bench, 5) == [1, 2, 3], "the messages of a stopped sender stay")
  }

  @Test func aRestartedPartitionCreatesItsPortsAgainAndFindsThemEmpty() throws {
    let bench = try connected()
    var log = EventLog()
    send(bench, 1)
    bench.core.forgetPorts(of: PartitionIndex(1), into: &log)
    bench.core.forgetPorts(of: PartitionIndex(0), into: &log)
    #expect(send(bench, 2) == .invalidParameter)
    #expect(create(bench, 3, count: 3, direction: 0) == .noError)
    #expect(send(bench, 2) == .noError)
    bench.run(to: 1)
    #expect(receive(bench, 4).status == .invalidParameter)
    #expect(create(bench, 4, count: 2, direction: 1) == .noError)
    #expect(receive(bench, 4).status == .notAvailable)
    bench.run(to: 2)
    #expect(drain(bench, 5) == [1, 2], "another's queue is none of it")
    bench.run(to: 0)
    #expect(send(bench, 3) == .noError)
    bench.run(to: 1)
    #expect(drain(bench, 4) == [3])
  }

  // MARK: Marks

  private func register(_ bench: Bench) {
    #expect(bench.call(.registerVCPU, UInt64(VirtualInterrupt.queuingPort.vector)).status == .noError)
  }

  @Test func aQueueThatStopsBeingEmptyMarksItsPartition() throws {
    let bench = try connected()
    bench.run(to: 1)
    register(bench)
    bench.run(to: 0)
    let call = Hypercall(number: 88, arguments: (3, Module.data, 8, 0, 0, 0), operand: 0)
    let first = bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10).of(.mark)
    #expect(first.map(\.partition) == [1], "partition 2 has not registered the interrupt")
    #expect(first.first?.operand == 66 && first.first?.words.w0 == 1)
    #expect(bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10).of(.mark).isEmpty, "it was not empty")
  }

  @Test func aFullQueueThatGetsRoomMarksTheSource() throws {
    let bench = try connected()
    register(bench)
    send(bench, 1)
    send(bench, 2)
    bench.run(to: 1)
    let call = Hypercall(number: 89, arguments: (4, Module.data, Self.bytes, 0, 0, 0), operand: 0)
    let marks = bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10).of(.mark)
    #expect(marks.map(\.partition) == [0])
    #expect(marks.first?.operand == 66)
    #expect(bench.take(.hypercall(call, bench.snapshot), at: bench.now + 10).of(.mark).isEmpty, "it was not full")
    bench.run(to: 2)
    for _ in 0..<2 {
      let other = Hypercall(number: 89, arguments: (5, Module.data, Self.bytes, 0, 0, 0), operand: 0)
      #expect(
        bench.take(.hypercall(other, bench.snapshot), at: bench.now + 10).of(.mark).isEmpty, "it holds nobody back")
    }
    var log = EventLog()
    bench.run(to: 0)
    send(bench, 3)
    // Who clears a queue with room in it lets nobody go on.
    for isFull in [false, true] {
      if isFull { send(bench, 4) }
      bench.run(to: 1)
      let clear = Hypercall(number: 91, arguments: (4, 0, 0, 0, 0, 0), operand: 0)
      let cleared = bench.take(.hypercall(clear, bench.snapshot), at: bench.now + 10)
      #expect(bench.core.decision.answer?.status == .noError)
      #expect(cleared.of(.mark).map(\.partition) == (isFull ? [0] : []))
      bench.run(to: 0)
      send(bench, 3)
    }
    send(bench, 4)
    bench.core.forgetPorts(of: PartitionIndex(1), into: &log)
    #expect(log.events.of(.mark).map(\.partition) == [0], "a full destination that stops gives room too")
  }

  /// A destination that discards holds nobody back: room in it is no news.
  @Test func aFullQueueThatDiscardsMarksNobody() throws {
    let bench = try connected()
    register(bench)
    for number in 1...3 as ClosedRange<UInt64> {
      #expect(send(bench, number) == .noError)
      bench.run(to: 1)
      #expect(drain(bench, 4) == [number])
      bench.run(to: 0)
    }
    bench.run(to: 2)
    #expect(bench.call(.readQueuingStatus, 5).value == 3, "it is full")
    #expect(receive(bench, 5).status == .noError && bench.log.events.of(.mark).isEmpty)
    bench.run(to: 0)
    #expect(send(bench, 4) == .noError)
    bench.run(to: 2)
    #expect(bench.call(.clearQueuingPort, 5).status == .noError && bench.log.events.of(.mark).isEmpty)
  }
}

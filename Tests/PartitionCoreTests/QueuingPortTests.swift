import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Queuing ports (ARINC 653 Part 1, 3.6.2): partition 0 sends through port 3 to ports 4 of partition 1, which holds two
/// messages and holds the sender back, and 5 of partition 2, which holds three and discards. Partition 2 sends through
/// port 6 to port 7 of partition 0, which holds one.
@Suite struct QueuingPortTests {
  typealias Module = ModuleDescription
  static let bytes: UInt64 = 48

  static func module() -> ModuleDescription {
    var module = ModuleDescription.standard
    module.addQueuingChannel(from: 0, to: [.init(1, count: 2), .init(2, count: 3, discards: true)], bytes: bytes)
    module.addQueuingChannel(from: 2, to: [.init(0, count: 1)], bytes: 16)
    return module
  }

  func bench() throws -> Bench {
    let bench = try Bench(Self.module())
    bench.start()
    return bench
  }

  @discardableResult func create(
    _ bench: Bench, _ port: UInt64, bytes: UInt64 = bytes, count: UInt64, direction: UInt64, discipline: UInt64 = 0,
    name: UInt64 = Module.constants
  ) -> ReturnCode {
    bench.initialising {
      bench.call(.createQueuingPort, name, bytes, count, direction | discipline << 8, operand: port).status
    }
  }

  /// The first channel's three ends created, partition 0 running.
  func connected() throws -> Bench {
    let bench = try bench()
    #expect(create(bench, 3, count: 3, direction: 0) == .noError)
    bench.run(to: 1)
    #expect(create(bench, 4, count: 2, direction: 1, discipline: 1) == .noError)
    bench.run(to: 2)
    #expect(create(bench, 5, count: 3, direction: 1) == .noError)
    bench.run(to: 0)
    return bench
  }

  @discardableResult func send(_ bench: Bench, _ count: UInt64, port: UInt64 = 3) -> ReturnCode {
    bench.call(.sendQueuingMessage, port, Module.data, count).status
  }

  func receive(_ bench: Bench, _ port: UInt64) -> HypercallAnswer {
    bench.call(.receiveQueuingMessage, port, Module.data, Self.bytes)
  }

  @Test(arguments: [OperatingMode.coldStart, .warmStart, .normal])
  func portsAreCreatedInInitialisationOnly(_ mode: OperatingMode) throws {
    let bench = try bench()
    bench.core.partitions[0].mode = mode
    let status = bench.call(.createQueuingPort, Module.constants, Self.bytes, 3, 0, operand: 3).status
    #expect(status == (mode == .normal ? .invalidMode : .noError))
    #expect(bench.log.events.of(.portOperation).count == (mode == .normal ? 0 : 1))
    #expect((send(bench, 8) == .noError) == (mode != .normal))
  }

  /// The lengths of all that waits in a port of the running partition.
  func drain(_ bench: Bench, _ port: UInt64) -> [UInt64] {
    var lengths: [UInt64] = []
    while case let answer = receive(bench, port), answer.status == .noError { lengths.append(answer.value) }
    return lengths
  }

  @Test func parametersAreThoseOfTheConfiguration() throws {
    let bench = try bench()
    #expect(create(bench, 0, count: 3, direction: 0) == .invalidConfiguration, "no such name")
    #expect(create(bench, 8, count: 3, direction: 0) == .invalidConfiguration, "no such port")
    #expect(create(bench, 4, count: 2, direction: 1) == .invalidConfiguration, "another's")
    #expect(create(bench, 1, bytes: 64, count: 0, direction: 0) == .invalidConfiguration, "a sampling port")
    #expect(create(bench, 3, bytes: 47, count: 3, direction: 0) == .invalidConfiguration)
    #expect(create(bench, 3, count: 2, direction: 0) == .invalidConfiguration)
    #expect(create(bench, 3, count: 4, direction: 0) == .invalidConfiguration)
    #expect(create(bench, 3, count: 3, direction: 1) == .invalidConfiguration)
    #expect(create(bench, 3, count: 3, direction: 0, discipline: 2) == .invalidConfiguration)
    #expect(create(bench, 3, count: 3, direction: 0, discipline: 1 << 40) == .invalidConfiguration)
    #expect(
      bench.call(.createSamplingPort, Module.constants, Self.bytes, 0, 0, operand: 3).status == .invalidConfiguration)
    for name in [0, Module.text - 1, Module.dataEnd - 31, PartitionLayout.sharedPage, .max - 8] as [UInt64] {
      #expect(create(bench, 3, count: 3, direction: 0, name: name) == .invalidParameter)
    }
    #expect(send(bench, 8) == .invalidParameter, "not created yet")
    #expect(
      bench.initialising { bench.call(.createQueuingPort, Module.constants, Self.bytes, 3, 0, operand: 3) }
        == HypercallAnswer(caller: PartitionIndex(0), status: .noError, value: 3))
    #expect(create(bench, 3, count: 3, direction: 0) == .noAction, "twice")
    #expect(bench.call(.writeSamplingMessage, 3, Module.data, 8).status == .invalidParameter, "another kind of port")
    #expect(bench.call(.readSamplingMessage, 3, Module.data, 8).status == .invalidParameter)
  }

  @Test func messagesComeInOrderAndExactlyAsLongAsTheyWere() throws {
    let bench = try connected()
    var sent: UInt64 = 0
    // More than once around each queue.
    for round in 0..<7 as Range<UInt64> {
      for _ in 0..<(round % 2 + 1) {
        sent += 1
        #expect(send(bench, sent) == .noError)
        #expect(bench.core.channels[1].sequence == sent)
      }
      bench.run(to: 1)
      #expect(drain(bench, 4) == Array((sent - round % 2)...sent))
      bench.run(to: 2)
      #expect(drain(bench, 5) == Array((sent - round % 2)...sent))
      bench.run(to: 0)
    }
  }

  @Test func lengthsAndDirectionsAreKept() throws {
    let bench = try connected()
    for bytes in [0, Self.bytes + 1, 1 << 32, .max] as [UInt64] { #expect(send(bench, bytes) == .invalidParameter) }
    #expect(send(bench, Self.bytes) == .noError)
    #expect(receive(bench, 3).status == .invalidMode)
    #expect(bench.call(.clearQueuingPort, 3).status == .invalidMode)
    for port in [0, 1, 4, 5, 7, 8, 1 << 32 + 3, .max] as [UInt64] {
      #expect(send(bench, 8, port: port) == .invalidParameter, "port \(port)")
      #expect(receive(bench, port).status == .invalidParameter)
      #expect(bench.call(.readQueuingStatus, port).status == .invalidParameter)
      #expect(bench.call(.clearQueuingPort, port).status == .invalidParameter)
    }
    bench.run(to: 1)
    #expect(send(bench, 8, port: 4) == .invalidMode)
    #expect(bench.call(.receiveQueuingMessage, 4, Module.data, Self.bytes - 1).status == .invalidParameter, "no room")
    #expect(receive(bench, 4).value == Self.bytes, "and it waits still")
    #expect(receive(bench, 4).status == .notAvailable)
  }

  @Test func aFullDestinationHoldsTheSenderBack() throws {
    let bench = try connected()
    #expect(send(bench, 1) == .noError)
    #expect(send(bench, 2) == .noError)
    #expect(bench.call(.readQueuingStatus, 3).value == 2)
    #expect(send(bench, 3) == .notAvailable)
    #expect(bench.core.channels[1].sequence == 2, "a refused message counts for nothing")
    bench.run(to: 2)
    #expect(bench.call(.readQueuingStatus, 5).value == 2, "and nobody got it")
    bench.run(to: 0)
    #expect(send(bench, 3) == .notAvailable)
    bench.run(to: 1)
    #expect(receive(bench, 4).value == 1)
    bench.run(to: 0)
    #expect(send(bench, 3) == .noError)
  }

  @Test func aDestinationThatDiscardsLosesTheNewMessageAndIsTold() throws {
    let bench = try connected()
    for length in 1...6 as ClosedRange<UInt64> {
      bench.now += 10
      let call = Hypercall(number: 88, arguments: (3, Module.data, length, 0, 0, 0), operand: 0)
      let events = bench.take(.hypercall(call, bench.snapshot), at: bench.now).of(.portOperation)
      #expect(events.first?.detail == PortOperation.send.rawValue)
      #expect(events.first?.words == .init(length, length, min(length, 3)), "the fullest holds three at most")
      #expect(events.count == (length > 3 ? 2 : 1))
      if length > 3 {
        #expect(events[1].detail == PortOperation.overflow.rawValue)
        #expect(events[1].partition == 2 && events[1].operand == 4)
        #expect(events[1].words == .init(length, length, 0))
      }
      bench.run(to: 1)
      #expect(drain(bench, 4) == [length], "the other destination gets it all the same")
      bench.run(to: 0)
    }
    bench.run(to: 2)
    let told: UInt64 = 1 << 32
    #expect(drain(bench, 5) == [told | 1, 2, 3], "told once")
    bench.run(to: 0)
    #expect(send(bench, 7) == .noError)
    bench.run(to: 2)
    #expect(drain(bench, 5) == [7])
  }

  @Test func aDestinationNotCreatedNeitherReceivesNorHoldsBack() throws {
    let bench = try bench()
    create(bench, 3, count: 3, direction: 0)
    for length in 1...9 as ClosedRange<UInt64> { #expect(send(bench, length) == .noError) }
    #expect(bench.call(.readQueuingStatus, 3).value == 0)
    bench.run(to: 1)
    #expect(receive(bench, 4).status == .invalidParameter)
    create(bench, 4, count: 2, direction: 1)
    #expect(receive(bench, 4).status == .notAvailable)
    bench.run(to: 0)
    #expect(send(bench, 10) == .noError)
    bench.run(to: 1)
    #expect(drain(bench, 4) == [10])
  }

  @Test func clearingEmptiesOneDestination() throws {
    let bench = try connected()
    send(bench, 1)
    send(bench, 2)
    bench.run(to: 1)
    #expect(bench.call(.clearQueuingPort, 4).status == .noError)
    #expect(receive(bench, 4).status == .notAvailable)
    bench.run(to: 2)
    #expect(drain(bench, 5) == [1, 2])
    bench.run(to: 0)
    #expect(send(bench, 3) == .noError)
    bench.run(to: 1)
    #expect(drain(bench, 4) == [3])
  }

  // MARK: Pointers

  /// A destination that its partition has not created holds nothing, and the fullest of none nothing either.
  @Test func aMessageToNobodyIsHeldByNobody() throws {
    let bench = try bench()
    #expect(create(bench, 3, count: 3, direction: 0) == .noError)
    for number in [1, 2] as [UInt64] {
      #expect(send(bench, 5) == .noError)
      #expect(bench.log.events.of(.portOperation).map(\.words) == [.init(5, number, 0)])
    }
    bench.run(to: 2)
    #expect(create(bench, 5, count: 3, direction: 1) == .noError)
    bench.run(to: 0)
    #expect(send(bench, 5) == .noError)
    #expect(bench.log.events.of(.portOperation).map(\.words) == [.init(5, 3, 1)])
  }

  @Test func messagesLieInOnePieceOfMemoryWithTheRightAccess() throws {
    let bench = try connected()
    for (address, isReadable, _) in SamplingPortTests.places(40) {
      bench.core.ports[3].empty()
      let status = bench.call(.sendQueuingMessage, 3, address, 40).status
      #expect(status == (isReadable ? .noError : .invalidParameter), "sent from \(address)")
      let isCopied = if case .sendMessage = bench.core.decision.effect { true } else { false }
      #expect(isCopied == isReadable)
    }
    bench.core.ports[3].empty()
    bench.run(to: 0)
    for (address, _, isWritable) in SamplingPortTests.places(40) {
      bench.core.ports[3].empty()
      bench.run(to: 0)
      #expect(send(bench, 40) == .noError)
      bench.run(to: 1)
      let status = bench.call(.receiveQueuingMessage, 4, address, Self.bytes).status
      #expect(status == (isWritable ? .noError : .invalidParameter), "received at \(address)")
      #expect(bench.core.ports[3].count == (isWritable ? 0 : 1), "what could not be received waits")
    }
  }
}

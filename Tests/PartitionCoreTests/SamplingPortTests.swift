import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

@testable import PartitionCore

/// Sampling ports (ARINC 653 Part 1, 3.6.2): source of partition 0 is port 1, destination of partition 1 is port 2.
@Suite struct SamplingPortTests {
  typealias Module = ModuleDescription
  static let refresh: UInt64 = 6_000_000

  private func bench() throws -> Bench {
    let bench = try Bench(.standard)
    bench.start()
    return bench
  }

  @discardableResult private func create(
    _ bench: Bench, _ port: UInt64, bytes: UInt64 = 64, direction: UInt64, refresh: UInt64,
    name: UInt64 = Module.constants
  ) -> HypercallAnswer {
    bench.initialising { bench.call(.createSamplingPort, name, bytes, direction, refresh, operand: port) }
  }

  /// Both ends created, partition 0 running.
  private func connected() throws -> Bench {
    let bench = try bench()
    create(bench, 1, direction: 0, refresh: 0)
    bench.run(to: 1)
    create(bench, 2, direction: 1, refresh: Self.refresh)
    bench.run(to: 0)
    return bench
  }

  @Test func parametersAreThoseOfTheConfiguration() throws {
    let bench = try bench()
    #expect(create(bench, 0, direction: 0, refresh: 0).status == .invalidConfiguration, "no such name")
    #expect(create(bench, 3, direction: 0, refresh: 0).status == .invalidConfiguration, "no such port")
    #expect(create(bench, .max, direction: 0, refresh: 0).status == .invalidConfiguration)
    #expect(create(bench, 2, direction: 1, refresh: Self.refresh).status == .invalidConfiguration, "another's")
    #expect(create(bench, 1, bytes: 63, direction: 0, refresh: 0).status == .invalidConfiguration)
    #expect(create(bench, 1, bytes: 65, direction: 0, refresh: 0).status == .invalidConfiguration)
    #expect(create(bench, 1, direction: 1, refresh: 0).status == .invalidConfiguration)
    #expect(create(bench, 1, direction: 256, refresh: 0).status == .invalidConfiguration)
    #expect(create(bench, 1, direction: 0, refresh: 1).status == .invalidConfiguration)
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 8).status == .invalidParameter, "not created yet")
    #expect(
      create(bench, 1, direction: 0, refresh: 0)
        == HypercallAnswer(caller: PartitionIndex(0), status: .noError, value: 1))
    #expect(create(bench, 1, direction: 0, refresh: 0).status == .noAction, "twice")
  }

  /// In NORMAL mode nothing is created; what is wrong beside that is told first, as the standard orders it.
  @Test(arguments: [OperatingMode.coldStart, .warmStart, .normal])
  func portsAreCreatedInInitialisationOnly(_ mode: OperatingMode) throws {
    let bench = try bench()
    bench.core.partitions[0].mode = mode
    func create(_ direction: UInt64) -> ReturnCode {
      bench.call(.createSamplingPort, Module.constants, 64, direction, 0, operand: 1).status
    }
    #expect(create(1) == .invalidConfiguration)
    #expect(create(0) == (mode == .normal ? .invalidMode : .noError))
    #expect(bench.core.ports[0].isCreated == (mode != .normal))
    guard mode != .normal else { return }
    bench.call(.setPartitionMode, 3)
    #expect(create(0) == .noAction, "it is there")
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 8).status == .noError)
  }

  @Test func theNameLiesInReadableMemory() throws {
    let bench = try bench()
    for name in [0, Module.text - 1, Module.dataEnd - 31, PartitionLayout.stackTop - 31, .max - 8] as [UInt64] {
      #expect(create(bench, 1, direction: 0, refresh: 0, name: name).status == .invalidParameter)
    }
    #expect(create(bench, 1, direction: 0, refresh: 0, name: Module.dataEnd - 32).status == .noError)
  }

  @Test func sequenceNumbersCountTheMessages() throws {
    let bench = try connected()
    for sequence in 1...5 as ClosedRange<UInt64> {
      bench.now += 10
      let call = Hypercall(number: 69, arguments: (1, Module.data, 10 + sequence, 0, 0, 0), operand: 0)
      let event = try #require(bench.take(.hypercall(call, bench.snapshot), at: bench.now).of(.portOperation).first)
      #expect(event.detail == PortOperation.write.rawValue)
      #expect(event.operand == 0)
      #expect(event.words == .init(10 + sequence, sequence, 0))
      #expect(
        bench.core.decision.effect
          == .writeMessage(port: 0, channel: 0, address: Module.data, byteCount: 10 + sequence))
    }
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 65).status == .invalidParameter)
    #expect(bench.core.channels[0].sequence == 5, "a refused message counts for nothing")
  }

  @Test func readingBeforeTheFirstMessageIsNoAction() throws {
    let bench = try connected()
    bench.run(to: 1)
    #expect(bench.call(.readSamplingMessage, 2, Module.data, 64).status == .noAction)
  }

  /// Who reads is told when the message was written: that of its port, not one from before the port was created.
  @Test func theInstantOfWritingIsTold() throws {
    let bench = try bench()
    create(bench, 1, direction: 0, refresh: 0)
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 8).status == .noError)
    #expect(bench.call(.readSamplingTime, 1).status == .invalidMode, "a source")
    bench.run(to: 1)
    create(bench, 2, direction: 1, refresh: Self.refresh)
    #expect(bench.call(.readSamplingTime, 2).status == .noAction, "nothing since it was created")
    for port in [0, 1, 3, 99, .max] as [UInt64] {
      #expect(bench.call(.readSamplingTime, port).status == .invalidParameter, "\(port)")
    }
    for _ in 0..<3 {
      bench.run(to: 0)
      bench.now += 777
      #expect(bench.call(.writeSamplingMessage, 1, Module.data, 8).status == .noError)
      let written = bench.core.channels[0].writtenNanoseconds
      #expect(written >= 777 && written <= bench.now)
      bench.run(to: 1)
      bench.now += 999
      let told = bench.call(.readSamplingTime, 2)
      #expect(told.status == .noError && told.value == written)
    }
  }

  /// A destination sees what is written after its creation, and nothing older; each of several for itself.
  @Test func aDestinationIsEmptyWhenItIsCreated() throws {
    var module = Module.standard
    module.addChannel(from: 0, to: [1, 2], bytes: 32, refresh: Self.refresh)
    let bench = try Bench(module)
    bench.start()
    create(bench, 3, bytes: 32, direction: 0, refresh: 0)
    #expect(bench.call(.writeSamplingMessage, 3, Module.data, 11).status == .noError)
    bench.run(to: 1)
    create(bench, 4, bytes: 32, direction: 1, refresh: Self.refresh)
    #expect(bench.call(.readSamplingMessage, 4, Module.data, 32).status == .noAction)
    bench.run(to: 0)
    #expect(bench.call(.writeSamplingMessage, 3, Module.data, 12).status == .noError)
    bench.run(to: 2)
    create(bench, 5, bytes: 32, direction: 1, refresh: Self.refresh)
    #expect(bench.call(.readSamplingMessage, 5, Module.data, 32).status == .noAction)
    bench.run(to: 1)
    #expect(bench.call(.readSamplingMessage, 4, Module.data, 32).value & 0xFFFF == 12)
    bench.run(to: 0)
    #expect(bench.call(.writeSamplingMessage, 3, Module.data, 13).status == .noError)
    for (partition, port) in [(2, 5), (1, 4), (2, 5)] as [(UInt8, UInt64)] {
      bench.run(to: partition)
      #expect(bench.call(.readSamplingMessage, port, Module.data, 32).value & 0xFFFF == 13)
    }
    // A restart: the message is still there for others, not for the port that begins again.
    var log = EventLog()
    bench.core.forgetPorts(of: PartitionIndex(2), into: &log)
    #expect(bench.call(.readSamplingMessage, 5, Module.data, 32).status == .invalidParameter)
    create(bench, 5, bytes: 32, direction: 1, refresh: Self.refresh)
    #expect(bench.call(.readSamplingMessage, 5, Module.data, 32).status == .noAction)
    bench.run(to: 1)
    #expect(bench.call(.readSamplingMessage, 4, Module.data, 32).value & 0xFFFF == 13)
  }

  /// Valid while the message is no older than the refresh period, to the nanosecond.
  @Test(arguments: [0, 1, refresh - 1, refresh, refresh + 1, 3 * refresh]) func validityIsByAge(_ age: UInt64) throws {
    let bench = try connected()
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 24).status == .noError)
    let written = bench.core.channels[0].writtenNanoseconds
    #expect(written == bench.now)
    for partition in [1, 2, 1, 2, 1] as [UInt8] { bench.run(to: partition) }
    // Windows come when they come: the age is set by hand.
    bench.core.channels[0].writtenNanoseconds = bench.now + 10 - age
    let answer = bench.call(.readSamplingMessage, 2, Module.data, 64)
    #expect(answer.status == .noError)
    #expect(answer.value == 24 | (age <= Self.refresh ? 1 << 32 : 0))
    #expect(bench.core.decision.effect == .readMessage(port: 1, channel: 0, address: Module.data, byteCount: 24))
  }

  /// What a partition has written before it stopped is there until it grows old; started again, it has to create its
  /// port before it writes, and does not see its own destinations' past.
  @Test(arguments: [false, true]) func aStoppedPartitionsMessageAges(_ isRestart: Bool) throws {
    let bench = try connected()
    // To the frame's start: partition 1 has its window 2 ms later.
    bench.run(to: 2)
    bench.run(to: 0)
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 9).status == .noError)
    let written = bench.now
    #expect(bench.call(.setPartitionMode, isRestart ? 1 : 0).status == .noError)
    bench.run(to: 1)
    func read(at instant: UInt64) -> UInt64 {
      bench.now = instant - 10
      return bench.call(.readSamplingMessage, 2, Module.data, 64).value
    }
    #expect(read(at: bench.now + 20) == 9 | 1 << 32, "valid still")
    bench.run(to: 0)
    bench.run(to: 1)
    #expect(read(at: bench.now + 20) == 9 && bench.now - written > Self.refresh, "and old")
    guard isRestart else { return }
    bench.run(to: 0)
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 9).status == .invalidParameter, "not created again")
    #expect(create(bench, 1, direction: 0, refresh: 0).status == .noError)
    #expect(bench.call(.writeSamplingMessage, 1, Module.data, 7).status == .noError)
    bench.run(to: 1)
    #expect(read(at: bench.now + 20) & 0xFFFF_FFFF == 7)
  }

  @Test func directionsAreKept() throws {
    let bench = try connected()
    #expect(bench.call(.readSamplingMessage, 1, Module.data, 64).status == .invalidMode)
    bench.run(to: 1)
    #expect(bench.call(.writeSamplingMessage, 2, Module.data, 8).status == .invalidMode)
  }

  @Test func portsOfOthersDoNotExist() throws {
    let bench = try connected()
    for port in [0, 2, 3, 1 << 32 + 1, .max] as [UInt64] {
      #expect(bench.call(.writeSamplingMessage, port, Module.data, 8).status == .invalidParameter)
      #expect(bench.call(.readSamplingMessage, port, Module.data, 64).status == .invalidParameter)
    }
  }

  /// Addresses of `count` bytes, and whether they may be read and written.
  static func places(_ count: UInt64) -> [(UInt64, Bool, Bool)] {
    let stackBottom = PartitionLayout.stackTop - Module.stackBytes
    return [
      (Module.text, true, false), (Module.constants, true, false), (Module.constants + 0x1000 - count, true, false),
      (Module.constants + 0x1000 - count + 1, false, false), (Module.data, true, true),
      (Module.dataEnd - count, true, true), (Module.dataEnd - count + 1, false, false), (Module.data - 1, false, false),
      (Module.text - 1, false, false), (stackBottom, true, true), (stackBottom - 1, false, false),
      (PartitionLayout.stackTop - count, true, true), (PartitionLayout.stackTop - count + 1, false, false),
      (PartitionLayout.stackTop, false, false), (PartitionLayout.sharedPage, false, false),
      (PartitionLayout.informationPage, false, false), (PartitionLayout.ring, false, false), (0, false, false),
      (.max - count + 1, false, false), (.max - count, false, false), (.max, false, false),
      (0xFFFF_8000_0000_0000, false, false),
    ]
  }

  @Test func messagesLieInOnePieceOfMemoryWithTheRightAccess() throws {
    let bench = try connected()
    bench.call(.writeSamplingMessage, 1, Module.data, 40)
    for (address, isReadable, _) in Self.places(40) {
      let status = bench.call(.writeSamplingMessage, 1, address, 40).status
      #expect(status == (isReadable ? .noError : .invalidParameter), "write from \(address)")
    }
    for bytes in [0, 65, .max] as [UInt64] {
      #expect(bench.call(.writeSamplingMessage, 1, Module.data, bytes).status == .invalidParameter)
    }
    bench.run(to: 1)
    for (address, _, isWritable) in Self.places(40) {
      let status = bench.call(.readSamplingMessage, 2, address, 64).status
      #expect(status == (isWritable ? .noError : .invalidParameter), "read to \(address)")
    }
    #expect(bench.call(.readSamplingMessage, 2, Module.data, 39).status == .invalidParameter, "no room for it")
    #expect(bench.call(.readSamplingMessage, 2, Module.data, 40).status == .noError)
  }

  @Test func consoleBytesAreBoundedToo() throws {
    let bench = try bench()
    for (address, isReadable, _) in Self.places(40) {
      let answer = bench.call(.writeConsole, address, 40, operand: 16)
      #expect(answer.status == (isReadable ? .noError : .invalidParameter))
      if isReadable { #expect(bench.core.decision.effect == .console(address: address, byteCount: 16)) }
    }
    #expect(bench.call(.writeConsole, Module.data, 40, operand: 7).value == 7)
    #expect(bench.call(.writeConsole, Module.data, 5, operand: 16).value == 5)
    #expect(bench.call(.writeConsole, Module.data, 40, operand: 200).value == 16)
    #expect(bench.call(.writeConsole, Module.data, 40, operand: 0).status == .notAvailable)
    #expect(bench.call(.writeConsole, Module.data, 0, operand: 16).status == .invalidParameter)
  }

  @Test func notedWordsLieInOnePieceOfMemoryToo() throws {
    let bench = try bench()
    let most = UInt64(ModuleLimits.maximumNoteWords)
    for count in [1, 5, 8, 9, most] {
      for (address, isReadable, _) in Self.places(count * 8) {
        let answer = bench.call(.noteWords, address, count)
        let isGranted = isReadable && address % 8 == 0
        #expect(answer.status == (isGranted ? .noError : .invalidParameter), "\(count) words at \(address)")
        #expect(bench.core.decision.effect == (isGranted ? .noteWords(address: address, count: count) : .none))
      }
    }
    for count in [0, most + 1, 1 << 61, 1 << 61 + 1, .max] {
      #expect(bench.call(.noteWords, Module.data, count).status == .invalidParameter)
    }
    for crooked in 1...7 as ClosedRange<UInt64> {
      #expect(bench.call(.noteWords, Module.data + crooked, 1).status == .invalidParameter)
    }
  }

  @Test func segmentBasesStayBelowTheKernelsAddresses() throws {
    let bench = try bench()
    #expect(bench.call(.setSegmentBase, Module.data).status == .noError)
    #expect(bench.core.decision.effect == .segmentBase(Module.data))
    for address in [PartitionLayout.ring, 0x8000_0000_0000, .max] as [UInt64] {
      #expect(bench.call(.setSegmentBase, address).status == .invalidParameter)
      #expect(bench.core.decision.effect == .none)
    }
  }
}

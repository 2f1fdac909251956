import Foundation
import GuestRing
import ModuleConfiguration
import PartitionCore
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// Rings, and traces to be continued, whose numbers no run can reach: the answer is an error or a trace, never a crash.
@Suite struct ExtremeRingTests {
  // Where a fake machine has what is written to here.
  private static let page: UInt64 = 0x20_3000
  private static let drainer: UInt64 = 0x3F_0000
  private static let kernel: UInt64 = 0x1F_0008
  private static let publishedEvents = page + UInt64(RingControl.events)
  private static let kernelEvents = kernel + 16
  private static let drainedBlocks = drainer + UInt64(SharedPage.drainedBlocks)
  private static let historyPositions: [UInt64] = (0..<SharedPage.drainHistoryCount).map {
    drainer + UInt64(SharedPage.drainHistory + $0 * 16)
  }
  private static let historyCounts: [UInt64] = historyPositions.map { $0 + 8 }

  private static let module = Result {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    return try SimulatedModule(description)
  }
  private static let run = Result {
    RecordedWorld<OwnersMarked>.run(try module.get(), after: TestSeed.draw(), inputs: 12_000) { $0.count >= 9_000 }
  }
  private static var seed: UInt64 { (try? run.get().seed) ?? 0 }

  /// A machine that has gone round its ring and stopped within a batch.
  private static func machine(stoppedAfter count: Int) throws -> FakeMachine {
    let machine = FakeMachine(try module.get(), eventsPerBlock: 100)
    for (index, event) in try run.get().events[..<count].enumerated() {
      machine.record(event)
      if index + 3 < count { machine.publish() }
      if index + 63 < count { machine.drain() }
    }
    return machine
  }

  /// A file that goes with the test, and whose words can be changed.
  private final class WordFile {
    let path: String
    private let folder: TemporaryFolder
    private let descriptor: Int32

    init(_ bytes: [UInt8]) throws {
      folder = try TemporaryFolder()
      path = try folder.write(bytes, to: "words")
      descriptor = open(path, O_RDWR | O_CLOEXEC)
    }

    deinit { close(descriptor) }

    func word(at address: UInt64) -> UInt64 {
      var word: UInt64 = 0
      _ = pread(descriptor, &word, 8, off_t(address))
      return UInt64(littleEndian: word)
    }

    func put(_ value: UInt64, at address: UInt64) {
      var word = value.littleEndian
      _ = pwrite(descriptor, &word, 8, off_t(address))
    }
  }

  private static func rescue(_ memory: WordFile, continuing cut: WordFile? = nil) throws -> TraceRescue {
    try TraceRescue(GuestMemory(ramFile: memory.path), at: page, continuing: cut?.path)
  }

  /// Reads all that a rescue tells, and writes its trace.
  private static func exhaust(_ rescue: TraceRescue, _ note: String) throws {
    #expect(rescue.missingEvents <= rescue.firstEvent, "\(note), seed \(seed)")
    #expect(rescue.endEvent >= rescue.firstEvent + UInt64(rescue.eventCount), "\(note), seed \(seed)")
    for records in rescue.spoilt { #expect(records.firstEvent <= UInt64.max - records.count, "\(note), seed \(seed)") }
    var byteCount = 0
    try rescue.write { byteCount += $0.count }
    #expect(byteCount > 0, "\(note), seed \(seed)")
  }

  private static let values: [UInt64] = [
    0, 1, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 0x0FFF_FFFF_FFFF_FFFF, 0x1000_0000_0000_0000,
    0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFE, 0xFFFF_FFFF_FFFF_FFFF,
    // As far as the kernel's next address may be.
    0xFFFF_FFFF_A000_0000, 0xFFFF_FFFF_A001_FFF8,
  ]

  /// What the values are written to, one after the other: single words, and those that only together are believed.
  private static let places: [(name: String, addresses: [UInt64])] = {
    var places: [(name: String, addresses: [UInt64])] = [
      ("head", [page + UInt64(RingControl.head)]), ("events", [publishedEvents]),
      ("lost", [page + UInt64(RingControl.lost)]), ("drained blocks", [drainedBlocks]), ("next", [kernel]),
      ("words before", [kernel + 8]), ("the kernel's events", [kernelEvents]), ("unreported", [kernel + 24]),
    ]
    for address in historyPositions { places.append(("a block's end", [address])) }
    for address in historyCounts { places.append(("a block's events", [address])) }
    places.append(("all ends", historyPositions))
    places.append(("the drainer's counts", historyCounts))
    places.append(("the kernel's counts", [publishedEvents, kernelEvents]))
    places.append(("all counts", historyCounts + [publishedEvents, kernelEvents]))
    return places
  }()

  @Test(arguments: [false, true]) func extremeValuesAreAnswered(isContinuing: Bool) throws {
    let machine = try Self.machine(stoppedAfter: 6_400)
    let memory = try WordFile(machine.memory)
    let cut = try WordFile(machine.trace)
    var (refused, answered) = (0, 0)
    for (name, addresses) in Self.places {
      let before = addresses.map { memory.word(at: $0) }
      for value in Self.values {
        for address in addresses { memory.put(value, at: address) }
        do {
          try Self.exhaust(try Self.rescue(memory, continuing: isContinuing ? cut : nil), "\(name): \(value)")
          answered += 1
        } catch is RescueError {
          refused += 1
        }
      }
      for (address, word) in zip(addresses, before) { memory.put(word, at: address) }
    }
    #expect(refused > 0 && answered > 0, "seed \(Self.seed)")
  }

  /// The drainer's only statement left is of the last block that has a number.
  @Test func numbersOfBlocksThatRunOutAreNotBelieved() throws {
    let memory = try WordFile(Self.machine(stoppedAfter: 6_400).memory)
    for age in UInt64(0)...33 {
      memory.put(UInt64(UInt32.max) + age, at: Self.drainedBlocks)
      #expect(throws: RescueError.ringDamaged(reason: "the drainer does not tell where records begin")) {
        try Self.rescue(memory)
      }
    }
  }

  /// Nobody but the drainer counts, and it counts more than there are words.
  @Test func moreEventsThanWordsAreNotBelieved() throws {
    let memory = try WordFile(Self.machine(stoppedAfter: 6_400).memory)
    for address in [Self.publishedEvents, Self.kernelEvents] { memory.put(0, at: address) }
    for address in Self.historyCounts { memory.put(.max, at: address) }
    #expect(throws: RescueError.ringDamaged(reason: "its counts of events contradict its records")) {
      try Self.exhaust(try Self.rescue(memory), "counts")
    }
  }

  /// All counts agree, and the trace to be continued has more events before those of the ring.
  @Test func fewerEventsThanTheTraceHasAreNotBelieved() throws {
    let memory = try WordFile(Self.machine(stoppedAfter: 6_400).memory)
    let cut = try WordFile(Self.machine(stoppedAfter: 1_000).trace)
    let first = try Self.rescue(memory, continuing: cut).firstEvent
    try #require(first > 1_000, "seed \(Self.seed)")
    for address in Self.historyCounts + [Self.publishedEvents, Self.kernelEvents] {
      let count = memory.word(at: address)
      memory.put(count > first - 10 ? count - (first - 10) : 0, at: address)
    }
    let reason = "it counts fewer events than the trace to be continued has"
    #expect(throws: RescueError.ringDamaged(reason: reason)) {
      try Self.exhaust(try Self.rescue(memory, continuing: cut), "counts")
    }
  }

  /// A trace may say that more events were lost than a word can count.
  @Test func lossesBeyondCountingAreContinued() throws {
    let memory = try WordFile(Self.machine(stoppedAfter: 6_400).memory)
    let events = try Self.run.get().events
    var writer = TraceWriter(moduleTable: Array(try Self.module.get().table.bytes), eventsPerBlock: 100)
    for event in events[..<50] { writer.append(event) }
    for _ in 0..<2 { writer.append(TraceEvent(time: events[49].time, .loss, words: .init(0x8000_0000_0000_0000))) }
    writer.flush()
    let cut = try WordFile(writer.bytes)
    defer { withExtendedLifetime(cut) {} }
    let rescue = try Self.rescue(memory, continuing: cut)
    #expect(rescue.continuedEvents == 52, "seed \(Self.seed)")
    try Self.exhaust(rescue, "losses")
  }
}

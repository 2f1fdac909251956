import GuestRing
import PartitionCore
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// Rings that something else has written to: what is intact is rescued, the rest is told and not believed.
@Suite struct SpoiltRingTests {
  private let module: SimulatedModule
  private let seed: UInt64
  private let events: [TraceEvent]

  init() throws {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    let module = try SimulatedModule(description)
    let run = RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), inputs: 5_000) { $0.count >= 3_000 }
    (self.module, seed, events) = (module, run.seed, Array(run.events.prefix(3_000)))
  }

  private func machine(stoppedAfter count: Int, unpublished: Int = 0) -> FakeMachine {
    let machine = FakeMachine(module, eventsPerBlock: 100)
    for (index, event) in events[..<count].enumerated() {
      machine.record(event)
      if index + unpublished < count { machine.publish() }
      if index + unpublished + 60 < count { machine.drain() }
    }
    return machine
  }

  private struct Answer {
    var rescue: TraceRescue
    var items: [(position: UInt64, event: TraceEvent)]
    var condition: TraceCondition
  }

  private func rescue(_ memory: [UInt8], continuing trace: [UInt8]? = nil) throws -> Answer {
    let (rescue, bytes) = try Rescued.trace(from: memory, continuing: trace)
    let (items, condition) = try Rescued.items(of: bytes)
    return Answer(rescue: rescue, items: items, condition: condition)
  }

  /// Every event is the run's own at its number, none of `missing` is there, and all others from `first` on are.
  private func expect(
    _ answer: Answer, missing: Range<Int>, of count: Int, from first: Int = 0, _ note: String = ""
  ) {
    let wanted = (first..<count).filter { !missing.contains($0) }
    #expect(answer.items.map { Int($0.position) } == wanted, "seed \(seed) \(note)")
    #expect(answer.items.allSatisfy { events[Int($0.position)] == $0.event }, "seed \(seed) \(note)")
    #expect(!answer.condition.isContradictory && !answer.condition.isComplete, "seed \(seed) \(note)")
    let all = SpoiltRecords(firstEvent: UInt64(missing.lowerBound), count: UInt64(missing.count))
    let told = missing.isEmpty ? [] : [all]
    #expect(answer.rescue.spoilt == told && answer.rescue.isSpoilt == !missing.isEmpty, "seed \(seed) \(note)")
    #expect(answer.rescue.eventCount == wanted.count, "seed \(seed) \(note)")
  }

  /// A page written over from a record on: what lies before it and what begins behind it is rescued.
  @Test(arguments: [
    ("zeros", 700, 300), ("ones", 700, 650), ("noise", 900, 420), ("noise", 900, 0), ("zeros", 900, 899),
  ])
  func aSpoiltPageTakesItsOwnRecordsOnly(fill: String, count: Int, from first: Int) throws {
    let machine = machine(stoppedAfter: count, unpublished: 3)
    var memory = machine.memory
    var generator = SeededGenerator(seed: seed)
    let start = machine.places[first]
    // As much of a page as the ring has filled: what lies behind is nobody's.
    var end = min(start + 512, (machine.places.last ?? 0) + 2)
    // The rest of a record that is half spoilt may look like one, for the ring has no checksums: none is.
    if let whole = machine.places[..<count].first(where: { $0 >= end }) { end = whole }
    for byte in machine.address(ofWord: start)..<machine.address(ofWord: start) + Int(end - start) * 8 {
      memory[byte] = fill == "zeros" ? 0 : fill == "ones" ? 0xFF : UInt8(truncatingIfNeeded: generator.next())
    }
    let next = machine.places[..<count].firstIndex { $0 >= start + 512 } ?? count
    expect(try rescue(memory), missing: first..<next, of: count, "\(fill) \(first)")
  }

  /// Behind events that a trace has already: it goes on behind the gap.
  @Test func aTraceIsContinuedPastSpoiltRecords() throws {
    let machine = machine(stoppedAfter: 900)
    var memory = machine.memory
    let drained = machine.drainedEvents
    let first = drained + 20
    let byte = machine.address(ofWord: machine.places[first])
    for offset in 0..<256 { memory[byte + offset] = 0 }
    let next = try #require(machine.places.firstIndex { $0 >= machine.places[first] + 32 })
    let answer = try rescue(memory, continuing: machine.trace)
    #expect(answer.items.map { Int($0.position) } == Array(0..<first) + Array(next..<900), "seed \(seed)")
    #expect(answer.items.allSatisfy { events[Int($0.position)] == $0.event }, "seed \(seed)")
    #expect(answer.rescue.spoilt == [.init(firstEvent: UInt64(first), count: UInt64(next - first))], "seed \(seed)")
    #expect(answer.rescue.isSpoilt && !answer.condition.isContradictory, "\(answer.condition)")
  }

  /// One bit of a kind makes an event of another kind, or of none: that one is left out, and no other.
  @Test func anotherKindIsNotBelieved() throws {
    let machine = machine(stoppedAfter: 700, unpublished: 3)
    var generator = SeededGenerator(seed: seed)
    var places = Set((0..<25).map { _ in Int(generator.number(1...697)) })
    for kind in EventKind.allCases {
      if let place = (1..<698).first(where: { events[$0].knownKind == kind }) { places.insert(place) }
    }
    for place in places.sorted() + [699] {
      var memory = machine.memory
      memory[machine.address(ofWord: machine.places[place] + 1)] ^= 0x40
      expect(try rescue(memory), missing: place..<place + 1, of: 700, "event \(place)")
    }
  }

  /// A time that the run's order contradicts, or that is beyond all that can pass without a record.
  @Test func impossibleTimesAreNotBelieved() throws {
    let machine = machine(stoppedAfter: 700, unpublished: 2)
    for (place, time) in [(699, UInt64.max), (699, 1 << 60), (350, .max), (350, 0), (1, .max), (697, 1 << 50)] {
      var memory = machine.memory
      let byte = machine.address(ofWord: machine.places[place])
      withUnsafeBytes(of: time.littleEndian) { memory.replaceSubrange(byte..<byte + 8, with: $0) }
      expect(try rescue(memory), missing: place..<place + 1, of: 700, "event \(place), time \(time)")
    }
  }

  /// A partition that the module does not have, and lengths that are not the record's.
  @Test func impossibleHeadsAreNotBelieved() throws {
    let machine = machine(stoppedAfter: 700)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<25 {
      let place = Int(generator.number(1...697))
      var memory = machine.memory
      let byte = machine.address(ofWord: machine.places[place] + 1)
      memory[byte + 1] = UInt8(module.table.partitionCount)
      expect(try rescue(memory), missing: place..<place + 1, of: 700, "partition of \(place)")
      memory = machine.memory
      memory[byte + 3] = 200
      expect(try rescue(memory), missing: place..<place + 1, of: 700, "length of \(place)")
    }
  }

  @Test func anIntactRingIsNotSpoilt() throws {
    for count in [150, 700, 2_999] {
      let answer = try rescue(machine(stoppedAfter: count, unpublished: 2).memory)
      let first = Int(answer.rescue.firstEvent)
      #expect(answer.items.count == count - first && answer.rescue.spoilt.isEmpty, "seed \(seed)")
      #expect(!answer.rescue.isSpoilt, "seed \(seed)")
    }
  }

  /// A trace that was rescued from the same memory has all that the ring has.
  @Test func nothingIsAddedToWhatWasRescuedBefore() throws {
    let machine = machine(stoppedAfter: 700, unpublished: 4)
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    var first: [UInt8] = []
    try TraceRescue(GuestMemory(ramFile: folder.write(machine.memory, to: "ram"))).write { first += $0 }
    let answer = try rescue(machine.memory, continuing: first)
    #expect(answer.items.map(\.event) == Array(events[..<700]), "seed \(seed)")
    #expect(answer.rescue.eventCount == 0 && answer.rescue.missingEvents == 0 && !answer.rescue.isSpoilt)
    #expect(answer.rescue.remarks.contains { $0.contains("nothing beyond") }, "\(answer.rescue.remarks)")
  }
}

import ModuleConfiguration
import PartitionCore
import GuestRing
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat
import TraceReading

/// Rings of machines that stopped anywhere, read from outside.
@Suite struct RescueTests {
  private static let module = Result {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    return try SimulatedModule(description)
  }
  /// A run long enough to go round the ring several times, and another.
  private static let runs = Result {
    let one = try run(after: TestSeed.draw())
    return (seed: one.seed, events: one.events, other: try run(after: one.seed).events)
  }
  private static var seed: UInt64 { (try? runs.get().seed) ?? 0 }
  private static var events: [TraceEvent] { get throws { try runs.get().events } }

  private static func run(after seed: UInt64) throws -> (seed: UInt64, events: [TraceEvent]) {
    let run = RecordedWorld<OwnersMarked>.run(try module.get(), after: seed, inputs: 12_000) { $0.count >= 9_000 }
    return (run.seed, Array(run.events.prefix(9_000)))
  }

  /// A file that goes with the test.
  final class File {
    private let folder: TemporaryFolder
    let path: String

    init(_ bytes: [UInt8]) throws {
      folder = try TemporaryFolder()
      path = try folder.write(bytes, to: "file")
    }
  }

  /// A machine that has recorded so many events and stopped: `unpublished` of them were not shown to the drainer.
  static func machine(
    stoppedAfter count: Int, unpublished: Int = 0, lastBlockBytes: Int = .max, eventsPerBlock: Int = 100
  ) throws -> FakeMachine {
    let machine = FakeMachine(try module.get(), eventsPerBlock: eventsPerBlock)
    for (index, event) in try events[..<count].enumerated() {
      machine.record(event)
      if index + unpublished < count { machine.publish() }
      if index + unpublished + 60 < count { machine.drain() }
    }
    machine.drain(bytes: lastBlockBytes)
    return machine
  }

  @Test(arguments: [(8_999, 0, Int.max), (7_131, 5, 100), (6_400, 1, 40), (2_950, 0, 0), (150, 3, 10)])
  func aCutTraceGoesOnWithoutAGap(count: Int, unpublished: Int, lastBlockBytes: Int) throws {
    let machine = try Self.machine(stoppedAfter: count, unpublished: unpublished, lastBlockBytes: lastBlockBytes)
    let (rescue, bytes) = try Rescued.trace(from: machine.memory, continuing: machine.trace)
    let (events, first, condition) = try Rescued.read(bytes)
    #expect(first == 0, "seed \(Self.seed)")
    #expect(events == Array(try Self.events[..<count]), "seed \(Self.seed)")
    #expect(condition == .truncated(atByte: UInt64(bytes.count)))
    #expect(rescue.missingEvents == 0 && rescue.firstEvent == UInt64(machine.drainedEvents))
    #expect(rescue.eventCount == count - machine.drainedEvents)
  }

  /// All events had been written, the end among them: the seal alone is missing, and it follows from them.
  @Test func whatLacksItsSealAloneIsSealed() throws {
    let machine = FakeMachine(try Self.module.get(), eventsPerBlock: 100)
    let before = try Self.events[..<199]
    let lost = before.filter { $0.kind == EventKind.loss.rawValue }.reduce(0) { $0 + $1.words.w0 }
    let end = TraceEvent(time: before[198].time, .end, words: .init(199, lost))
    for event in before + [end] {
      machine.record(event)
      machine.publish()
      machine.drain()
    }
    #expect(machine.drainedEvents == 200)
    let (rescue, bytes) = try Rescued.trace(from: machine.memory, continuing: machine.trace)
    #expect(rescue.isEnded && rescue.eventCount == 0)
    #expect(bytes.starts(with: machine.trace))
    let (events, _, condition) = try Rescued.read(bytes)
    #expect(events == Array(before + [end]) && condition == .complete)
  }

  @Test func aloneTheRingGivesItsYoungestEvents() throws {
    let all = try Self.events
    for count in [8_999, 6_421, 4_000] {
      let machine = try Self.machine(stoppedAfter: count, unpublished: 2)
      let (rescue, bytes) = try Rescued.trace(from: machine.memory)
      let (events, first, condition) = try Rescued.read(bytes)
      #expect(first == rescue.firstEvent && Int(first) + events.count == count, "seed \(Self.seed)")
      #expect(events == Array(all[Int(first)..<count]), "seed \(Self.seed)")
      // More than what the drainer had not taken yet: whole blocks that were not overwritten.
      #expect(events.count > count - machine.drainedEvents + 200, "seed \(Self.seed)")
      guard case .damaged(let defects) = condition else {
        Issue.record("the trace hides that its beginning is missing: \(condition)")
        continue
      }
      #expect(!condition.isContradictory)
      #expect(defects.map(\.kind) == [.blocksMissing(count: first / 100), .truncated])
    }
  }

  /// The drainer had no time yet: nothing can be overwritten, however full the ring is.
  @Test func aFullRingOfWhichNothingIsTakenGivesTheWholeRun() throws {
    let machine = FakeMachine(try Self.module.get(), eventsPerBlock: 100)
    for event in try Self.events {
      guard machine.places.last ?? 0 < 8_150 else { break }
      machine.record(event)
      machine.publish()
    }
    let count = machine.places.count
    for cut in [nil, machine.trace] {
      let (rescue, bytes) = try Rescued.trace(from: machine.memory, continuing: cut)
      let (events, first, _) = try Rescued.read(bytes)
      #expect(first == 0 && rescue.missingEvents == 0 && rescue.spoilt.isEmpty, "seed \(Self.seed)")
      #expect(events == Array(try Self.events[..<count]), "seed \(Self.seed)")
    }
  }

  @Test func aRingThatNeverWrappedGivesTheWholeRun() throws {
    let machine = try Self.machine(stoppedAfter: 700, unpublished: 0)
    let (rescue, bytes) = try Rescued.trace(from: machine.memory)
    let (events, first, condition) = try Rescued.read(bytes)
    #expect(first == 0 && rescue.missingEvents == 0)
    #expect(events == Array(try Self.events[..<700]))
    #expect(condition == .truncated(atByte: UInt64(bytes.count)))
  }

  @Test func aStopBetweenTwoStoresChangesNoNumber() throws {
    let machine = try Self.machine(stoppedAfter: 5_000, unpublished: 7)
    machine.publishHalf()
    let (rescue, bytes) = try Rescued.trace(from: machine.memory)
    #expect(rescue.firstEvent + UInt64(rescue.eventCount) == 5_000, "seed \(Self.seed)")
    #expect(try Rescued.read(bytes).events.last == Self.events[4_999])
    #expect(try Rescued.trace(from: machine.memory, continuing: machine.trace).0.missingEvents == 0)
  }

  @Test func aTraceThatTheRingHasLeftBehindGetsAGap() throws {
    let early = try Self.machine(stoppedAfter: 1_000)
    let late = try Self.machine(stoppedAfter: 8_000)
    let (rescue, bytes) = try Rescued.trace(from: late.memory, continuing: early.trace)
    let (events, _, condition) = try Rescued.read(bytes)
    let all = try Self.events
    #expect(rescue.missingEvents > 1_000, "seed \(Self.seed)")
    #expect(events == Array(all[..<early.drainedEvents]) + Array(all[Int(rescue.firstEvent)..<8_000]))
    #expect(!condition.isContradictory && !condition.isComplete)
  }

  @Test func anotherRunIsNotContinued() throws {
    let machine = try Self.machine(stoppedAfter: 3_000)
    let other = FakeMachine(try Self.module.get(), eventsPerBlock: 100)
    for event in try Self.runs.get().other.prefix(3_000) {
      other.record(event)
      other.publish()
      other.drain()
    }
    #expect { try Rescued.trace(from: other.memory, continuing: machine.trace) } throws: {
      guard case .otherRun = $0 as? RescueError else { return false }
      return true
    }
  }

  /// A run that is the same but for one bit of one event: as long in words, with the same numbers and times.
  @Test func anEventThatDiffersShowsTheOtherRun() throws {
    let machine = try Self.machine(stoppedAfter: 3_000)
    let other = FakeMachine(try Self.module.get(), eventsPerBlock: 100)
    for (index, event) in try Self.events[..<3_000].enumerated() {
      var event = event
      if index == machine.drainedEvents - 3 { event.operand ^= 1 }
      other.record(event)
      other.publish()
      if index < 2_940 { other.drain() }
    }
    #expect(throws: Never.self) { try Rescued.trace(from: machine.memory, continuing: machine.trace) }
    #expect {
      try Rescued.trace(from: other.memory, continuing: machine.trace)
    } throws: {
      guard case .otherRun(_, "its last events are not those in the ring") = $0 as? RescueError else { return false }
      return true
    }
  }

  /// A run that was asked to stop at another instant, and is the same for the rest.
  @Test func aBeginningThatDiffersShowsTheOtherRun() throws {
    let machine = try Self.machine(stoppedAfter: 700)
    let other = FakeMachine(try Self.module.get(), eventsPerBlock: 100)
    for (index, event) in try Self.events[..<700].enumerated() {
      var event = event
      if index == 3 { event.operand ^= 1 }
      other.record(event)
      other.publish()
    }
    #expect(throws: Never.self) { try Rescued.trace(from: machine.memory, continuing: machine.trace) }
    #expect {
      try Rescued.trace(from: other.memory, continuing: machine.trace)
    } throws: {
      guard case .otherRun(_, "its first events are not those in the ring") = $0 as? RescueError else { return false }
      return true
    }
  }

  @Test func copiesOfTheControlPageAreNoRings() throws {
    let machine = try Self.machine(stoppedAfter: 900)
    machine.copyControlPage(to: 0x3A_0000)
    #expect(try Rescued.trace(from: machine.memory).0.eventCount == 900)
  }

  @Test func foreignMemoryIsRefused() throws {
    #expect(throws: RescueError.noRing(end: 1 << 20)) { try Rescued.trace(from: [UInt8](repeating: 0, count: 1 << 20)) }
    #expect(throws: RescueError.noRing(end: 0)) { try Rescued.trace(from: []) }
    // Cut off behind the control page: the module table is missing, which lies behind the ring.
    let cut = Array(try Self.machine(stoppedAfter: 900).memory.prefix(0x30_0000))
    #expect {
      try Rescued.trace(from: cut)
    } throws: {
      guard case .cutOff(end: 0x30_0000, part: "module table", let needed) = $0 as? RescueError else { return false }
      return needed > 0x30_0000 && "\($0)".contains("ends at byte 3145728")
    }
    #expect(throws: RescueError.ringEmpty) {
      try Rescued.trace(from: FakeMachine(Self.module.get(), eventsPerBlock: 100).memory)
    }
    let core = try File([0x7F, 0x45, 0x4C, 0x46] + [UInt8](repeating: 2, count: 200))
    #expect(throws: RescueError.isACore(path: core.path)) { try GuestMemory(ramFile: core.path) }
    #expect {
      try GuestMemory(coreFile: core.path)
    } throws: {
      guard case .notACore = $0 as? RescueError else { return false }
      return true
    }
  }

  /// Wherever an interruption comes, the answer is that it came; and it is asked for in search, walk, reading and
  /// writing.
  @Test func everyStageCanBeInterrupted() throws {
    let machine = try Self.machine(stoppedAfter: 6_000, unpublished: 3)
    let memory = try File(machine.memory)
    let cut = try File(machine.trace)
    // Without a search, and with one: that asks at each of four MiB.
    for (address, searches) in [(UInt64(0x20_3000), 0), (nil, 4)] as [(UInt64?, Int)] {
      var (patience, beforeWriting, isWhole) = (0, 0, false)
      while !isWhole {
        var asked = 0
        let isInterrupted = { () -> Bool in
          asked += 1
          return asked > patience
        }
        do {
          let rescue = try TraceRescue(
            GuestMemory(ramFile: memory.path), at: address, continuing: cut.path, isInterrupted: isInterrupted)
          if beforeWriting == 0 { beforeWriting = asked }
          try rescue.write { _ in }
          isWhole = true
        } catch RescueError.interrupted {
          patience += 1
        }
      }
      // A question at each block of the trace that is continued, and one of the walk; then of those written.
      #expect(beforeWriting >= searches + machine.drainedEvents / 100 + 1, "seed \(Self.seed)")
      #expect(patience >= beforeWriting + 2, "seed \(Self.seed)")
    }
  }

  /// Whatever stands in memory, the answer is an error or a trace that reads: never a crash, never a contradiction.
  @Test func damagedMemoryNeverMakesAContradiction() throws {
    let machine = try Self.machine(stoppedAfter: 6_000, unpublished: 3)
    var generator = SeededGenerator(seed: Self.seed)
    var refused = 0
    for _ in 0..<60 {
      var memory = machine.memory
      // Control page and ring, the drainer's page, the kernel's variables.
      for range in [(0x20_3000, 0x400), (0x21_1000, 0x1_0000), (0x3F_0000, 0x300), (0x1F_0008, 32)] {
        guard generator.oneIn(2) else { continue }
        for _ in 0..<Int(generator.number(1...3)) {
          memory[range.0 + Int(generator.number(0...UInt64(range.1 - 1)))] ^= UInt8(generator.number(1...255))
        }
      }
      do {
        let condition = try Rescued.read(Rescued.trace(from: memory).bytes).condition
        if case .damaged(let defects) = condition {
          let contradictions = defects.filter(\.isContradiction)
          #expect(contradictions.isEmpty, "seed \(Self.seed): \(contradictions.map(\.description))")
        }
      } catch is RescueError {
        refused += 1
      }
    }
    #expect(refused > 0 && refused < 60, "seed \(Self.seed)")
  }
}

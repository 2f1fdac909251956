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

/// Rings of flight recorders, read from outside: nobody has followed them, and what is oldest is overwritten.
@Suite struct RecorderTests {
  private struct Run {
    var module: SimulatedModule
    var seed: UInt64
    var events: [TraceEvent]
  }
  private static let run = Result {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    description.drainer = .none
    description.ringPolicy = .flightRecorder
    let module = try SimulatedModule(description)
    let run = RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), inputs: 12_000) { $0.count >= 9_000 }
    return Run(module: module, seed: run.seed, events: Array(run.events.prefix(9_000)))
  }

  private static func machine(stoppedAfter count: Int) throws -> FakeMachine {
    let machine = FakeMachine(try run.get().module, eventsPerBlock: 100)
    for event in try run.get().events[..<count] { machine.record(event) }
    return machine
  }

  private static func trace(of memory: [UInt8]) throws -> (bytes: [UInt8], isSpoilt: Bool) {
    let folder = try TemporaryFolder()
    let rescue = try TraceRescue(GuestMemory(ramFile: folder.write(memory, to: "memory")))
    var bytes: [UInt8] = []
    try rescue.write { bytes += $0 }
    return (bytes, rescue.isSpoilt)
  }

  /// The first event of what a machine has kept, after it is seen that all from there to its stop is right.
  private static func firstKept(_ machine: FakeMachine, stoppedAfter count: Int) throws -> Int {
    let (bytes, isSpoilt) = try trace(of: machine.memory)
    let reader = try TraceReader(bytes: bytes)
    var events: [TraceEvent] = []
    var first: Int?
    while let item = reader.next() {
      guard case .event(let position, let event) = item else { continue }
      first = first ?? Int(position)
      events.append(event)
    }
    let begin = try #require(first)
    let whole = try run.get()
    let isRight = events == Array(whole.events[begin..<count])
    #expect(isRight && !isSpoilt, "seed \(whole.seed), stopped after \(count)")
    #expect(reader.condition == .truncated(atByte: UInt64(bytes.count)), "its beginning is no damage")
    return begin
  }

  /// Wherever it stops, all is kept but what is overwritten, a batch's length, and a mark's distance.
  @Test func whatIsNotOverwrittenIsKept() throws {
    let (events, seed) = try (Self.run.get().events, Self.run.get().seed)
    for count in stride(from: 100, to: events.count, by: 97) {
      let machine = try Self.machine(stoppedAfter: count)
      let first = try Self.firstKept(machine, stoppedAfter: count)
      let end = machine.places[count - 1] + 10
      let capacity: UInt64 = 8192
      let surely = 3072 + capacity / UInt64(RingControl.marksPerRing) + 20
      if first > 0 {
        #expect(end - machine.places[first] + surely >= capacity, "seed \(seed), after \(count)")
      } else {
        #expect(end <= capacity, "after \(count)")
      }
    }
  }

  /// Words that are laid down and not counted yet are over the oldest records; a mark may be made by half.
  @Test func aStopWithinABatchOrAMarkChangesNothing() throws {
    for count in [1_500, 4_000, 8_321] {
      let machine = try Self.machine(stoppedAfter: count)
      let first = try Self.firstKept(machine, stoppedAfter: count)
      machine.layDown(words: 3000)
      #expect(try Self.firstKept(machine, stoppedAfter: count) == first)
      machine.markHalf()
      #expect(try Self.firstKept(machine, stoppedAfter: count) == first)
    }
  }

  /// Who asks for all that there is misses nothing; who asks for a part of which the beginning may be overwritten does.
  @Test func whatIsOverwrittenIsMissingWhereItIsAskedFor() throws {
    let bytes = try Self.trace(of: Self.machine(stoppedAfter: 8_000).memory).bytes
    func follow(from place: TracePlace?) throws -> (coverage: SpanCoverage, first: UInt64) {
      let reader = try TraceReader(bytes: bytes)
      var coverage = SpanCoverage(TraceSpan(from: place, to: .event(7_990)))
      var first: UInt64?
      while !coverage.isOver, let item = reader.next() {
        switch item {
        case .gap(let gap): coverage.note(gap)
        case .event(let position, let event):
          first = first ?? position
          _ = coverage.side(of: event, position: position, defectCount: reader.defectCount)
        }
      }
      #expect(coverage.isOver)
      return (coverage, try #require(first))
    }
    let (whole, first) = try follow(from: nil)
    #expect(first > 100 && whole.gap == nil && whole.overwrittenBefore == first)
    #expect(whole.note?.contains("before number \(first) are overwritten") == true)
    // The last frame of which the start is overwritten.
    let run = try Self.run.get()
    let frame = try #require(run.events[..<Int(first)].last { $0.knownKind == .majorFrameStart }?.operand)
    for place in [TracePlace.instant(0), .event(first - 1), .event(0), .frame(frame)] {
      let part = try follow(from: place).coverage
      #expect(part.gap?.nextPosition == first && part.note == nil, "from \(place), seed \(run.seed)")
    }
    #expect(try follow(from: .event(first)).coverage.gap == nil)
  }

  /// A trace that begins late is damaged if nothing says that this is how it must be.
  @Test func onlyAFlightRecordersTraceMayBeginLate() throws {
    let machine = try Self.machine(stoppedAfter: 8_000)
    var bytes = try Self.trace(of: machine.memory).bytes
    let table = try TraceReader(bytes: bytes).moduleTable
    let late = try #require(try TraceReader(bytes: bytes).makeIndex()?.entries.first?.header)
    #expect(late.sequence > 1 && table.module.ringPolicy == .flightRecorder)
    // Where something else stands before it, it is damage that hides the beginning.
    let index = try #require(try TraceReader(bytes: bytes).makeIndex())
    bytes.insert(contentsOf: [UInt8](repeating: 0x55, count: 80), at: Int(index.entries[0].offset))
    let reader = try TraceReader(bytes: bytes)
    while reader.next() != nil {}
    guard case .damaged(let defects) = reader.condition else {
      Issue.record("what stands before the first block is not told: \(reader.condition)")
      return
    }
    #expect(defects.first?.kind == .foreignBytes(count: 80))
  }

  /// Nothing can be taken out of such a ring by a drainer.
  @Test func aTableWithADrainerIsRefused() throws {
    var description = ModuleDescription.lively
    description.ringPolicy = .flightRecorder
    #expect(throws: (any Error).self) { try SimulatedModule(description) }
    description.drainer = .none
    #expect(throws: Never.self) { try SimulatedModule(description) }
  }
}

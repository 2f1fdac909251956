import PartitionCore
import SimulatedModule
import TemporaryFolder
import TestSeeds
import Testing
import TraceFormat

@testable import GuestRing

/// What becomes of a trace that is made while a machine runs, where it cannot be made.
@Suite struct ChunkEncoderTests {
  /// A record of so many words beside its head.
  private func record(_ time: UInt64, words: Int) -> [UInt64] {
    let packed = RingRecord.packed(
      kind: EventKind.mark.rawValue, partition: 0, detail: 0, wordCount: words, operand: 32)
    return [time, packed] + [UInt64](repeating: 7, count: words)
  }

  @Test func nothingIsWrittenBehindAFailure() {
    var pieces = 0
    var isBroken = false
    let encoder = ChunkEncoder(eventsPerBlock: 4) { _ -> Bool in
      pieces += 1
      return !isBroken
    }
    encoder.begin([1, 2, 3, 4])
    let begun = pieces
    isBroken = true
    let chunk = (UInt64(1)...50).flatMap { record($0, words: 1) }
    encoder.append(chunk, isFlush: true)
    #expect(encoder.failure == .unwritten && encoder.hasFailed)
    // The disk has room again, and the trace a hole: it is left at that.
    isBroken = false
    encoder.append(chunk, isFlush: true)
    encoder.seal()
    #expect(begun > 0 && pieces == begun + 1)
  }

  @Test func wordsThatAreNoRecordsDoNotWaitForEver() {
    let encoder = ChunkEncoder(eventsPerBlock: 4) { _ in true }
    encoder.begin([1, 2, 3, 4])
    encoder.append(Array(record(1, words: 200).prefix(50)), isFlush: false)
    #expect(encoder.failure == .ringDamaged(reason: "what the drainer's bell tells of are no records"))
  }

  @Test func aRecordThatIsCutWaitsForItsRest() {
    var pieces = 0
    let encoder = ChunkEncoder(eventsPerBlock: 4) { _ -> Bool in
      pieces += 1
      return true
    }
    encoder.begin([1, 2, 3, 4])
    let begun = pieces
    let record = record(1, words: 8)
    encoder.append(Array(record.prefix(9)), isFlush: true)
    #expect(pieces == begun && !encoder.hasFailed)
    encoder.append(Array(record.dropFirst(9)), isFlush: true)
    #expect(pieces == begun + 1 && encoder.failure == nil)
  }

  /// The next stroke of the bell tells, and so does the end.
  @Test func aTraceThatCannotBeWrittenIsTold() throws {
    let module = try SimulatedModule(.lively)
    let run = RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), inputs: 1_000) { $0.count >= 500 }
    let machine = FakeMachine(module, eventsPerBlock: 100)
    for event in run.events.prefix(500) {
      machine.record(event)
      machine.publish()
      machine.drain()
    }
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let ring = try LiveRing(GuestMemory(ramFile: folder.write(machine.memory, to: "ram"))) { _ in false }
    #expect(throws: RescueError.unwritten, "seed \(run.seed)") { try ring.take(1) }
    #expect(throws: RescueError.unwritten, "seed \(run.seed)") { try ring.finish() }
  }
}

import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// Headers that say what no recorder would: checksums and chain are right, and each field is held against the blocks
/// before.
@Suite("Contradictions")
struct ContradictionTests {
  private static let perBlock = 48
  private static let events = EventStreams.whole(EventStreams.periodic(frames: 4, seed: 78))

  /// The trace with one header changed; all blocks from there on name the one before as it is then.
  private static func trace(_ place: Int, _ change: (inout BlockHeader) -> Void) -> [UInt8] {
    var surgery = BlockSurgery(EventStreams.trace(events, eventsPerBlock: perBlock))
    let first = place < 0 ? surgery.blocks.count + place : place
    for index in first..<surgery.blocks.count {
      var header = surgery.blocks[index].withUnsafeBytes { BlockHeader($0)! }
      if index > first { header.chain = surgery.blocks[index - 1].withUnsafeBytes { BlockHeader($0)!.checksum } }
      if index == first { change(&header) }
      surgery.blocks[index].withUnsafeMutableBytes { header.write(to: $0) }
      surgery.repairChecksum(index)
    }
    return surgery.bytes
  }

  private func defects(_ bytes: [UInt8]) throws -> [TraceDefect.Kind] {
    guard case .damaged(let defects) = try TraceContents(bytes).condition else { return [] }
    let areContradictions = defects.allSatisfy { $0.isContradiction }
    #expect(areContradictions)
    return defects.map(\.kind)
  }

  @Test("What is left as it was is a good trace")
  func unchanged() throws {
    for place in [0, 3, -1] {
      let found = try defects(Self.trace(place) { _ in })
      #expect(found.isEmpty)
    }
  }

  @Test("A block of another CPU is named")
  func processor() throws {
    #expect(try defects(Self.trace(3) { $0.cpu ^= 1 }) == [.cpuChanged])
    #expect(try defects(Self.trace(-1) { $0.cpu ^= 1 }) == [.cpuChanged])
  }

  @Test("A loss that no event tells of is named, and that the next block does not know it")
  func losses() throws {
    let kinds: [TraceDefect.Kind] = [.lossCount(expected: 0, found: 5), .lossCount(expected: 5, found: 0)]
    #expect(try defects(Self.trace(3) { $0.eventsLostBefore = 5 }) == kinds)
  }

  @Test("A block that was written after another one is named")
  func chain() throws {
    #expect(try defects(Self.trace(3) { $0.chain ^= 1 }) == [.chainBroken])
  }

  @Test("A block whose events are others than those that follow is named")
  func index() throws {
    let (third, fourth) = (UInt64(2 * Self.perBlock), UInt64(3 * Self.perBlock))
    let kinds: [TraceDefect.Kind] = [
      .eventIndex(expected: third, found: third + 1), .eventIndex(expected: fourth + 1, found: fourth),
    ]
    #expect(try defects(Self.trace(3) { $0.firstEventIndex += 1 }) == kinds)
  }

  @Test("The last block is of the last event's instant")
  func seal() throws {
    #expect(try defects(Self.trace(-1) { $0.baseTime += 1 }) == [.sealFields])
    let end = UInt64(Self.events.count)
    #expect(try defects(Self.trace(-1) { $0.baseTime -= 1 }) == [.timeWentBackwards(position: end), .sealFields])
  }

  @Test("Whole blocks behind the end are named")
  func behindTheEnd() throws {
    let extra = TraceEvent(time: Self.events.last!.time, .drained, words: .init(1 << 40))
    let bytes = EventStreams.trace(Self.events + [extra], eventsPerBlock: Self.events.count)
    #expect(try defects(bytes) == [.eventsAfterEnd(position: UInt64(Self.events.count))])
  }

  @Test("A first block that follows another one is none")
  func first() {
    #expect(throws: TraceOpenError.moduleTableDamaged("its header is not that of a trace's first block")) {
      try TraceReader(bytes: Self.trace(0) { $0.chain ^= 1 })
    }
  }
}

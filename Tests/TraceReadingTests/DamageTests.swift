import TemporaryFolder
import Testing
import TraceDamage
import TraceFormat
import TraceReading

@Suite("Damage")
struct DamageTests {
  static let events = EventStreams.whole(EventStreams.periodic(frames: 4, seed: 77))
  static let trace = EventStreams.trace(events, eventsPerBlock: 48)

  @Test("A file cut at any byte opens to its last whole block and is inconclusive")
  func everyCut() throws {
    var ends: [Int] = []
    var counts: [Int] = []
    for block in BlockSurgery(Self.trace).blocks {
      ends.append((ends.last ?? 0) + block.count)
      counts.append((counts.last ?? 0) + Int(block.withUnsafeBytes { BlockHeader($0)!.eventCount }))
    }
    for cut in 0..<Self.trace.count {
      let bytes = Array(Self.trace[0..<cut])
      guard cut >= ends[0] else {
        #expect(throws: TraceOpenError.cutInModuleTable(atByte: UInt64(cut))) { try TraceReader(bytes: bytes) }
        continue
      }
      let read = try TraceContents(bytes)
      let whole = counts[ends.lastIndex { $0 <= cut }!]
      #expect(read.events.count == whole && read.events[...] == Self.events[0..<whole], "cut at \(cut)")
      #expect(read.condition == .truncated(atByte: UInt64(cut)), "cut at \(cut)")
    }
    #expect(try TraceContents(Self.trace).condition == .complete)
  }

  @Test("Every seeded corruption is noticed", arguments: 0..<8)
  func corruptions(batch: Int) throws {
    for number in 0..<400 {
      let seed = UInt64(batch * 400 + number)
      var corruption = Corruption(seed: seed)
      let bytes = corruption.apply(to: BlockSurgery(Self.trace))
      guard bytes != Self.trace else { continue }
      do {
        let read = try TraceContents(bytes)
        #expect(!read.condition.isComplete, "seed \(seed): \(corruption.description)")
        #expect(read.condition != .unread)
        #expect(read.events.count <= Self.events.count + 48)
      } catch {
        #expect(error is TraceOpenError, "seed \(seed): \(corruption.description)")
      }
    }
  }

  @Test("A damaged block in the middle costs its own events and no others")
  func damagedMiddle() throws {
    var surgery = BlockSurgery(Self.trace)
    surgery.blocks[3][BlockHeader.byteCount + 5] ^= 0x10
    let read = try TraceContents(surgery.bytes)
    #expect(read.events.count == Self.events.count - 48)
    #expect(read.gaps.count == 1)
    #expect(read.gaps.first?.eventsMissing == 48)
    #expect(read.gaps.first?.nextPosition == 3 * 48)
    guard case .damaged(let defects) = read.condition else {
      Issue.record("\(read.condition)")
      return
    }
    #expect(defects.map(\.kind) == [.checksum])
    #expect(!read.condition.isContradictory)
  }

  @Test("A block that was changed and given a right checksum breaks the chain")
  func forgedBlock() throws {
    for index in 1..<BlockSurgery(Self.trace).blocks.count - 1 {
      var surgery = BlockSurgery(Self.trace)
      surgery.blocks[index][32] ^= 1
      surgery.repairChecksum(index)
      let read = try TraceContents(surgery.bytes)
      #expect(read.condition.isContradictory, "block \(index)")
    }
  }

  @Test("Bytes after the last block, and a trace closed without its end, are named")
  func tail() throws {
    let appended = try TraceContents(Self.trace + [0])
    #expect(
      appended.condition
        == .damaged([
          TraceDefect(kind: .bytesAfterSeal, byteOffset: UInt64(Self.trace.count))
        ]))
    // The trace is all there: what follows it makes nobody a liar.
    #expect(!appended.condition.isContradictory)
    let doubled = try TraceContents(Self.trace + Self.trace)
    #expect(!doubled.condition.isComplete)
    let open = EventStreams.trace(Array(Self.events.dropLast()), eventsPerBlock: 48)
    let read = try TraceContents(open)
    guard case .damaged(let defects) = read.condition else {
      Issue.record("\(read.condition)")
      return
    }
    #expect(defects.map(\.kind) == [.sealWithoutEnd])
    #expect(read.condition.isContradictory)
  }

  @Test("Where the block with the end is damaged or missing, its absence is no contradiction")
  func lostEnd() throws {
    func defects(_ bytes: [UInt8]) throws -> [TraceDefect.Kind] {
      let read = try TraceContents(bytes)
      #expect(!read.condition.isContradictory, "\(read.condition)")
      guard case .damaged(let defects) = read.condition else { return [] }
      return defects.map(\.kind)
    }
    var surgery = BlockSurgery(Self.trace)
    let last = surgery.blocks.count - 2
    surgery.blocks[last][BlockHeader.byteCount + 2] ^= 0x11
    #expect(try defects(surgery.bytes) == [.checksum])
    surgery.blocks.remove(at: last)
    #expect(try defects(surgery.bytes) == [.blocksMissing(count: 1)])
    // Damage elsewhere excuses nothing: the block before the seal is there, and has no end.
    var open = BlockSurgery(EventStreams.trace(Array(Self.events.dropLast()), eventsPerBlock: 48))
    open.blocks[2][BlockHeader.byteCount + 2] ^= 0x11
    #expect(try TraceContents(open.bytes).condition.isContradictory)
  }

  @Test("Contradictions of events are named")
  func contradictions() throws {
    func kinds(_ events: [TraceEvent]) throws -> [TraceDefect.Kind] {
      let read = try TraceContents(EventStreams.trace(events, eventsPerBlock: 48))
      guard case .damaged(let defects) = read.condition else { return [] }
      return defects.map(\.kind)
    }
    var wrongTotal = Self.events
    wrongTotal[wrongTotal.count - 1].words.w0 += 1
    #expect(try kinds(wrongTotal) == [.endTotals])
    var wrongLoss = Self.events
    wrongLoss[10] = TraceEvent(time: wrongLoss[10].time, .loss, words: .init(3))
    #expect(try kinds(wrongLoss) == [.endTotals])
    var backwards = Self.events
    backwards[20].time = backwards[21].time + 5
    #expect(try kinds(backwards) == [.timeWentBackwards(position: 21)])
    var otherTable = Self.events
    otherTable[0].words.w0 ^= 1
    #expect(try kinds(otherTable) == [.moduleTable])
    #expect(try kinds(Array(Self.events.dropFirst())) == [.bootPlace(position: 0), .endTotals])
    let end = Self.events[Self.events.count - 1]
    #expect(try kinds(Self.events + [end]).contains(.eventsAfterEnd(position: UInt64(Self.events.count))))
  }

  @Test("Files that are no traces are refused with a reason")
  func refusals() {
    #expect(throws: TraceOpenError.cutInModuleTable(atByte: 0)) { try TraceReader(bytes: []) }
    #expect(throws: TraceOpenError.notATrace) { try TraceReader(bytes: Array("hello, world".utf8)) }
    var later = Self.trace
    for version in [UInt8(0), 4] {
      later[8] = version
      let refusal = TraceOpenError.unsupportedVersion(UInt16(version))
      #expect(throws: refusal) { try TraceReader(bytes: later) }
      #expect("\(refusal)".contains("has format version \(version); this partita reads versions 1 to 3: use the one"))
    }
    #expect(throws: TraceOpenError.self) { try TraceReader(path: "/nonexistent/trace.partita") }
  }

  /// Its tellings have no starts and no moved deadlines; whoever knows only that version refuses a trace of this one.
  @Test("A trace of the version before is read", arguments: [0, 3])
  func theVersionBefore(threads: Int) throws {
    #expect(Self.trace[8] == 2)
    var surgery = BlockSurgery(Self.trace)
    for index in surgery.blocks.indices { surgery.blocks[index][8] = 1 }
    surgery.renumber()
    #expect(surgery.bytes != Self.trace)
    let read = try TraceContents(surgery.bytes)
    #expect(read.events == Self.events && read.condition == .complete)
    let folder = try TemporaryFolder()
    let reader = try TraceReader(path: try folder.write(surgery.bytes, to: "earlier"))
    #expect(reader.makeIndex()?.entries.count == surgery.blocks.count - 2)
    reader.decodeAhead(threads: threads)
    var count = 0
    while reader.nextPresentEvent() != nil { count += 1 }
    #expect(count == Self.events.count && reader.condition == .complete)
  }

  @Test("A module table that was changed and given a right checksum is refused or read, and never believed blindly")
  func hostileTables() {
    for seed in 0..<4000 {
      let table = ForgedTable(SampleModule.bytes, seed: UInt64(seed))?.bytes ?? SampleModule.bytes
      guard let reader = try? TraceReader(bytes: TraceWriter(moduleTable: table).finish()) else { continue }
      let vocabulary = TraceVocabulary(reader.moduleTable)
      #expect(vocabulary.partitions.count <= 32, "seed \(seed)")
      while reader.next() != nil {}
      #expect(!reader.condition.isComplete)
    }
  }

  @Test("A file full of things that look like blocks is read to its end")
  func lookalikes() throws {
    var header = BlockHeader(type: .events)
    header.eventCount = 1
    header.rawByteCount = UInt32(TraceLimits.maximumEventPayloadBytes)
    header.storedByteCount = header.rawByteCount
    var fake = [UInt8](repeating: 0, count: BlockHeader.byteCount)
    fake.withUnsafeMutableBytes { header.write(to: $0) }
    let table = BlockSurgery(Self.trace).blocks[0]
    let many = [[UInt8]](repeating: fake, count: 400_000).flatMap { $0 }
    let read = try TraceContents(table + many)
    #expect(!read.condition.isComplete)
    #expect(read.events.isEmpty)
  }
}

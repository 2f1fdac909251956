import ModuleConfiguration
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

/// Whether all of a part of a trace was there, against what is known to have been taken out.
@Suite("Span coverage")
struct SpanCoverageTests {
  static let events = EventStreams.whole(EventStreams.periodic(frames: 40, seed: 11))
  static let perBlock = 50
  static let trace = EventStreams.trace(events, eventsPerBlock: perBlock)

  /// Reads up to the end of a part, as commands do.
  private static func read(_ bytes: [UInt8], _ span: TraceSpan) throws -> (coverage: SpanCoverage, doubts: [String]) {
    let reader = try TraceReader(bytes: bytes)
    var coverage = SpanCoverage(span)
    while let item = reader.next() {
      switch item {
      case .gap(let gap): coverage.note(gap)
      case .event(let position, let event):
        let side = coverage.side(of: event, position: position, defectCount: reader.defectCount)
        if side == .after || coverage.isOver { return (coverage, coverage.doubts(of: reader)) }
      }
    }
    coverage.finish()
    return (coverage, coverage.doubts(of: reader))
  }

  /// Positions of the events of the whole trace that are within a part.
  private static func positions(_ span: TraceSpan) -> [Int] {
    var span = span
    return events.indices.filter { span.side(of: events[$0], position: UInt64($0)) == .within }
  }

  private static func place(_ generator: inout SeededGenerator) -> TracePlace {
    let event = events[Int.random(in: 0..<events.count, using: &generator)]
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: return .instant(event.time)
    case 1: return .event(.random(in: 0..<UInt64(events.count), using: &generator))
    default: return .frame(.random(in: 0..<40, using: &generator))
    }
  }

  private static func isRare(_ generator: inout SeededGenerator) -> Bool {
    Int.random(in: 0..<4, using: &generator) == 0
  }

  @Test("Of a whole trace nothing is missing in any part")
  func whole() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let span = TraceSpan(from: Self.place(&generator), to: Self.place(&generator))
      let (coverage, doubts) = try Self.read(Self.trace, span)
      #expect(doubts.isEmpty, "seed \(seed): \(span)")
      if !Self.positions(span).isEmpty { #expect(coverage.hasBegun && !coverage.isBackward, "seed \(seed): \(span)") }
    }
  }

  @Test("What is missing within a part is told, and what lies well before or behind it is not")
  func damaged() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    var told = 0, untold = 0
    for _ in 0..<400 {
      var surgery = BlockSurgery(Self.trace)
      let block = Int.random(in: 1..<surgery.blocks.count - 2, using: &generator)
      surgery.blocks[block][BlockHeader.byteCount + 4] ^= 0x21
      let hole = (block - 1) * Self.perBlock..<block * Self.perBlock
      let span = TraceSpan(
        from: Self.isRare(&generator) ? nil : Self.place(&generator),
        to: Self.isRare(&generator) ? nil : Self.place(&generator))
      let within = Self.positions(span)
      guard let first = within.first, let last = within.last else { continue }
      let doubts = try Self.read(surgery.bytes, span).doubts
      if within.contains(where: { hole.contains($0) }) {
        #expect(!doubts.isEmpty, "seed \(seed): \(span), hole \(hole)")
        told += 1
      } else if first > hole.upperBound + 200 || last < hole.lowerBound - 200 {
        // At the hole's edges an instant or a frame may have lost something, and nobody knows.
        #expect(doubts.isEmpty, "seed \(seed): \(span), hole \(hole): \(doubts)")
        untold += 1
      }
    }
    #expect(told > 20 && untold > 20, "seed \(seed)")
  }

  @Test("Positions are exact: the events on either side of a hole are there")
  func edges() throws {
    var surgery = BlockSurgery(Self.trace)
    surgery.blocks[4][BlockHeader.byteCount + 4] ^= 0x21
    func isWhole(_ from: UInt64?, _ to: UInt64?) throws -> Bool {
      let span = TraceSpan(from: from.map { .event($0) }, to: to.map { .event($0) })
      return try Self.read(surgery.bytes, span).doubts.isEmpty
    }
    let whole = [try isWhole(nil, 149), try isWhole(100, 149), try isWhole(200, 210), try isWhole(200, nil)]
    #expect(whole == [true, true, true, true])
    let holed = [try isWhole(nil, 150), try isWhole(160, 170), try isWhole(199, 210), try isWhole(199, nil)]
    #expect(holed == [false, false, false, false])
  }

  @Test("A part that ends before it begins is known by the trace")
  func backward() throws {
    #expect(TraceSpan(from: .event(9), to: .event(8)).isBackward)
    #expect(!TraceSpan(from: .frame(9), to: .frame(9)).isBackward)
    let span = TraceSpan(from: .event(900), to: .instant(Self.events[500].time))
    #expect(!span.isBackward)
    #expect(try Self.read(Self.trace, span).coverage.isBackward)
    // At the very event to begin at it shows, too: a reader that begins there has nothing before it.
    var exact = SpanCoverage(span)
    let side = exact.side(of: Self.events[900], position: 900, defectCount: 0)
    #expect(side == .after)
    #expect(exact.isBackward)
  }

  @Test("The start of a frame that is missing may have been before the place to end at")
  func hiddenFrame() throws {
    let starts = Self.events.indices.filter { Self.events[$0].kind == EventKind.majorFrameStart.rawValue }
    // One that has events before it and behind it in its block, while the next block begins within the frame.
    let start = try #require(
      starts.dropFirst(3).first { start in
        let next = (start / Self.perBlock + 1) * Self.perBlock
        return start % Self.perBlock > 2 && !starts.contains(next) && Self.events[next].time > Self.events[start].time
      })
    let block = start / Self.perBlock + 1
    var surgery = BlockSurgery(Self.trace)
    surgery.blocks[block][BlockHeader.byteCount + 4] ^= 0x21
    let behind = block * Self.perBlock
    let end = Self.events[behind].time - 1
    let frame = Self.events[start].operand
    let (coverage, doubts) = try Self.read(surgery.bytes, TraceSpan(from: .frame(frame), to: .instant(end)))
    #expect(!coverage.isBackward && coverage.gap != nil && !doubts.isEmpty, "\(doubts)")
    // And before a position to end at, as long as no other frame has started.
    let next = try #require(starts.first { $0 > behind })
    for (end, isHidden) in [(behind, true), (next - 1, true), (next, false)] {
      let span = TraceSpan(from: .frame(frame), to: .event(UInt64(end)))
      let (coverage, doubts) = try Self.read(surgery.bytes, span)
      #expect(!coverage.isBackward && coverage.gap != nil && !doubts.isEmpty, "to \(end): \(doubts)")
      #expect(coverage.hasBegun != isHidden)
      let whole = try Self.read(Self.trace, TraceSpan(from: .frame(frame + 1), to: span.to)).coverage
      #expect(whole.isBackward == isHidden)
    }
    // Of an instant and a position the events on either side tell for sure.
    let position = TraceSpan(from: .event(UInt64(behind)), to: .instant(end))
    #expect(try Self.read(surgery.bytes, position).coverage.isBackward)
    let earlier = TraceSpan(from: .frame(frame), to: .event(5))
    #expect(try Self.read(surgery.bytes, earlier).coverage.isBackward)
  }

  @Test("The start of a frame may be among what the recorder lost before the place to end at")
  func lostFrame() {
    let start = TraceEvent(time: 10, .majorFrameStart, operand: 3, words: .init(10))
    let loss = TraceEvent(time: 20, .loss, words: .init(7))
    for to in [TracePlace.event(3), .instant(25)] {
      for hasLoss in [false, true] {
        var coverage = SpanCoverage(TraceSpan(from: .frame(4), to: to))
        let events = [start, hasLoss ? loss : TraceEvent(time: 20, .idle), TraceEvent(time: 22, .idle)]
        for (position, event) in (events + [TraceEvent(time: 30, .idle)]).enumerated() {
          _ = coverage.side(of: event, position: UInt64(position), defectCount: 0)
        }
        #expect(coverage.isBackward != hasLoss && coverage.losses.isEmpty != hasLoss, "to \(to)")
        #expect(coverage.losses.eventCount == (hasLoss ? 7 : 0))
      }
    }
  }

  @Test("Behind a gap time tells where the frame to end with is over")
  func untoldEnd() throws {
    let reader = try TraceReader(bytes: Self.trace)
    let table = reader.moduleTable
    let length = try #require(
      (0..<table.count(ScheduleRecord.self)).map { table.record(ScheduleRecord.self, $0).majorFrame.count }.max())
    let third = TraceEvent(time: 3 * length, .majorFrameStart, operand: 3, words: .init(3 * length))
    let last = TraceEvent(time: 6 * length - 1, .idle)
    let next = TraceEvent(time: 6 * length, .idle)
    let gap = TraceGap(nextPosition: 10, eventsMissing: 9, defect: TraceDefect(kind: .checksum, byteOffset: 0))
    for hasGap in [false, true] {
      var coverage = SpanCoverage(TraceSpan(to: .frame(5)), of: reader)
      var sides = [coverage.side(of: third, position: 0, defectCount: 0)]
      if hasGap { coverage.note(gap) }
      sides.append(coverage.side(of: last, position: 10, defectCount: 1))
      #expect(coverage.untoldEnd == nil)
      sides.append(coverage.side(of: next, position: 11, defectCount: 1))
      let expected: [TraceSpan.Side] = [.within, .within, hasGap ? .after : .within]
      #expect(sides == expected)
      let end: UInt64? = hasGap ? 6 * length : nil
      #expect(coverage.untoldEnd == end)
      #expect(coverage.hasEnded == hasGap)
    }
  }
}

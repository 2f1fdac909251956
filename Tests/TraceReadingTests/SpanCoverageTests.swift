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
  }
}

import EventRows
import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Events that are judged together with the one before them are judged as they would be one by one.
@Suite struct LookaheadTests {
  /// Judges a trace event by event, and beside that in runs that are cut anywhere.
  ///
  /// - Parameter isDisturbed: whether nobody's entries are judged the short way where events come one by one.
  private static func compare(
    _ events: [TraceEvent], _ module: SampleModule, cuts: inout SeededGenerator, isDisturbed: Bool
  ) {
    var single = Verifier(table: module.table)
    var together = Verifier(table: module.table)
    var place = 0
    while place < events.count {
      let end = min(events.count, place + Int.random(in: 1...40, using: &cuts))
      for index in place..<end {
        single.consume(events[index], position: UInt64(index))
        // Every entry goes the long way then: it must find what the short one does.
        if isDisturbed { single.disturb() }
      }
      events.withUnsafeBufferPointer {
        together.consume(UnsafeBufferPointer(rebasing: $0[place..<end]), firstPosition: UInt64(place))
      }
      place = end
    }
    let isAlike = single.isAlike(together)
    #expect(isAlike)
    #expect(PieceTests.text(single.finish()) == PieceTests.text(together.finish()))
  }

  @Test(arguments: [false, true]) func aRunIsJudgedAsItsEvents(isDisturbed: Bool) throws {
    let seed = TestSeed.draw()
    var cuts = SeededGenerator(seed: seed)
    for trace in try MutationScoreTests.goodTraces(seed) + MutationScoreTests.toldTraces(seed) {
      Self.compare(trace.story.events, trace.module, cuts: &cuts, isDisturbed: isDisturbed)
      for turn in 0..<100 {
        let mutant = Mutant(trace.story, seed: seed &+ UInt64(turn))
        Self.compare(mutant.events, trace.module, cuts: &cuts, isDisturbed: isDisturbed)
      }
    }
  }

  /// Usual interrupts are found, and whatever is changed in one of them it is usual no longer, or a bound's affair.
  @Test func onlyTheUsualIsJudgedTogether() throws {
    let module = try SampleModule()
    var found = 0
    let first = TestSeed.draw()
    for seed in first..<(first + 40) where found < 50 {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 150_000_000)
      var verifier = Verifier(table: module.table)
      for index in events.indices {
        if index + UsualInterrupt.lookahead < events.count, Self.isUsual(events[index...], verifier) {
          found += 1
          for change in Self.changes {
            var changed = Array(events[index...(index + UsualInterrupt.lookahead)])
            change(&changed)
            let isUsual = Self.isUsual(changed[...], verifier)
            #expect(!isUsual, "seed \(seed), event \(index): \(changed)")
          }
        }
        verifier.consume(events[index], position: UInt64(index))
      }
    }
    #expect(found >= 50, "seeds from \(first): \(found)")
  }

  private static func isUsual(_ events: ArraySlice<TraceEvent>, _ verifier: borrowing Verifier) -> Bool {
    guard events.first?.kind == EventKind.interrupt.rawValue else { return false }
    var copy = verifier.copy()
    return withRows(events.prefix(20)) {
      guard let base = $0.rows.baseAddress else { return false }
      copy.time = base.pointee.time
      return copy.interruptAhead(UsualInterrupt(RowReference(base), base + 1)) == 2
    }
  }

  /// Makes it an interrupt of another vector.
  private static func aim(_ events: inout [TraceEvent], _ vector: UInt32) {
    events[0].operand = events[0].operand & ~0xFFFF | vector
    events[1].operand = vector
    events[2].operand = vector
  }

  /// Makes the input behind it one that means nothing.
  private static func follow(
    _ events: inout [TraceEvent], _ kind: EventKind, _ number: UInt32 = 0, of partition: UInt8 = 0
  ) {
    events[3].kind = kind.rawValue
    events[3].partition = partition
    events[3].operand = number
  }

  private static let changes: [@Sendable (inout [TraceEvent]) -> Void] = [
    { $0[1].time = $0[0].time - 1 }, { $0[2].time = $0[1].time - 1 }, { $0[1].operand += 1 }, { $0[2].operand += 1 },
    { $0[1].words.w0 += 1 }, { $0[1].words.w0 = 1 << 32 }, { $0[1].partition ^= 1 }, { $0[1].partition = 0xFF },
    { $0[2].words.w0 = .max }, { $0[2].partition = 0x80 }, { $0[1].kind = EventKind.unclaimed.rawValue },
    { $0[2].kind = EventKind.mark.rawValue }, { $0[3].kind = EventKind.upcall.rawValue },
    { $0[3].kind = EventKind.acknowledged.rawValue }, { $0[0].detail |= EntrySnapshot.Flags.isPulse.rawValue },
    { aim(&$0, 39) }, { aim(&$0, 60) }, { $0[3].partition = 0x80 }, { follow(&$0, .hypercall, of: 0xFF) },
    { follow(&$0, .exception, of: 0xFF) }, { follow(&$0, .exception, 32) }, { follow(&$0, .interrupt, 48) },
  ]
}

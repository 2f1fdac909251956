import EventRows
import ModuleConfiguration
import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Steps that are judged in one go: whatever is changed in one of them is judged as it would be event by event.
@Suite struct StepAheadTests {
  typealias Change = @Sendable (inout [TraceEvent], Int) -> Void

  /// Kinds, in order, of events that are judged together, the call with which they begin, if it is one of all, and how
  /// many changes of such must be violations at least.
  private struct Shape {
    var kinds: [EventKind]
    var call: HypercallNumber?
    var found: Int

    func fits(_ events: [TraceEvent], at first: Int) -> Bool {
      if let call, events[first].operand & 0xFFFF != UInt32(call.rawValue) { return false }
      return kinds.indices.allSatisfy {
        let event = events[first + $0]
        return event.kind == kinds[$0].rawValue
          && (kinds[$0] != .hypercall || event.partition == events[first].partition)
      }
    }
  }

  private static let shapes: [Shape] = [
    Shape(kinds: [.hypercall, .hypercallResult, .hypercall], found: 40),
    Shape(kinds: [.hypercall, .hypercallResult], call: .readTime, found: 20),
    Shape(kinds: [.hypercall, .portOperation, .hypercallResult, .messageCopied, .hypercall], found: 40),
    Shape(kinds: [.hypercall, .upcallsReturned, .hypercallResult], found: 40),
    Shape(kinds: [.hypercall, .upcallsReturned, .portOperation, .hypercallResult, .messageCopied], found: 20),
  ]

  /// What is done to the event at a place.
  private static let changes: [Change] = [
    { $0[$1].time += 1 }, { $0[$1].time -= 1 }, { $0[$1].time += 1_000_000 }, { $0[$1].partition ^= 1 },
    { $0[$1].partition = 0xFF }, { $0[$1].partition = 0x80 }, { $0[$1].detail ^= 1 }, { $0[$1].detail ^= 0x10 },
    { $0[$1].operand += 1 }, { $0[$1].operand ^= 1 << 16 }, { $0[$1].operand = 0x7F00 }, { $0[$1].words.w0 += 1 },
    { $0[$1].words.w0 = .max }, { $0[$1].words.w1 += 1 }, { $0[$1].words.w1 = 1 << 40 }, { $0[$1].words.w2 ^= 1 },
    { $0[$1].words.w3 += 1 }, { $0[$1].words.w5 += 1 }, { $0[$1].kind = EventKind.upcall.rawValue },
    { $0[$1].kind = EventKind.hypercallResult.rawValue }, { $0[$1].kind = EventKind.portOperation.rawValue },
    // All three events of an interrupt are another line's.
    { events, place in for next in place..<(place + 3) { events[next].operand ^= 1 } },
    { $0.insert($0[$1], at: $1) }, { $0.remove(at: $1) }, { $0.swapAt($1, $1 + 1) },
  ]

  private static func report(
    _ events: ArraySlice<TraceEvent>, _ module: SampleModule, together: Bool
  ) -> VerificationReport {
    var verifier = Verifier(table: module.table)
    if together {
      events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: 0) }
    } else {
      for (position, event) in events.enumerated() { verifier.consume(event, position: UInt64(position)) }
    }
    return verifier.finish()
  }

  private static func failures(_ report: VerificationReport) -> UInt64 { report.claims.reduce(0) { $0 + $1.failures } }

  /// Places of such events, the last ones of a trace: by then its partitions run undisturbed.
  private static func places(of shape: Shape, in events: [TraceEvent]) -> [Int] {
    let indices = events.indices.dropLast(shape.kinds.count + 8)
    return Array(indices.filter { shape.fits(events, at: $0) }.suffix(2))
  }

  private static func traces(_ seed: UInt64) throws -> [(events: [TraceEvent], module: SampleModule)] {
    let module = try SampleModule()
    let told = try MutationScoreTests.goodTraces(seed).map { ($0.story.events, $0.module) }
    return told + [(SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 60_000_000), module)]
  }

  /// Changes each of `count` events from a place on; answers how many changes are violations.
  private static func changeAll(
    _ count: Int, from first: Int, of events: [TraceEvent], _ module: SampleModule, seed: UInt64
  ) -> Int {
    var found = 0
    let good = failures(report(events[...], module, together: false))
    for place in first..<(first + count) {
      for (number, change) in changes.enumerated() {
        var changed = Array(events[..<min(events.count, first + 60)])
        change(&changed, place)
        let single = report(changed[...], module, together: false)
        let together = report(changed[...], module, together: true)
        #expect(single.json == together.json, "seed \(seed), change \(number) of event \(place)")
        if failures(together) > good { found += 1 }
      }
    }
    return found
  }

  @Test func whateverIsChangedIsJudgedAsEventByEvent() throws {
    let seed = TestSeed.draw()
    let traces = try Self.traces(seed)
    for shape in Self.shapes {
      var found = 0
      for (events, module) in traces {
        for first in Self.places(of: shape, in: events) {
          found += Self.changeAll(shape.kinds.count, from: first, of: events, module, seed: seed)
        }
      }
      #expect(found >= shape.found, "seed \(seed), \(shape): \(found)")
    }
  }

  /// A usual interrupt of the partition that was interrupted by one like it is the same but for what its events tell.
  @Test func anInterruptLikeTheLastIsJudgedAsEventByEvent() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    var (pairs, found) = (0, 0)
    for seed in first..<(first + 80) where pairs < 4 {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 150_000_000)
      var verifier = Verifier(table: module.table)
      for index in events.indices.dropLast(12) where pairs < 4 {
        if Self.isTaken(events, index, verifier), let doubled = Self.double(events, index) {
          var run = Verifier(table: module.table)
          doubled[..<(index + 4)].withUnsafeBufferPointer { run.consume($0, firstPosition: 0) }
          if run.calm.usual.vector == doubled[index + 3].operand & 0xFFFF,
            run.calm.partition == UInt16(doubled[index + 3].partition)
          {
            pairs += 1
            found += Self.changeAll(4, from: index + 3, of: doubled, module, seed: seed)
          }
        }
        verifier.consume(events[index], position: UInt64(index))
      }
    }
    #expect(pairs >= 2 && found >= 60, "seeds from \(first): \(pairs) pairs, \(found)")
  }

  /// The events up to some way behind an interrupt, which comes twice; nil where there is no time for that.
  private static func double(_ events: [TraceEvent], _ index: Int) -> [TraceEvent]? {
    var again = Array(events[index..<(index + 4)])
    guard again[3].time > again[2].time + 1000 else { return nil }
    for place in 0..<3 { again[place].time = events[index + 2].time + 300 + UInt64(place) * 100 }
    again[0].words.w1 = 100
    again[1].words.w0 += 1
    again[3].words.w1 = 100
    return events[..<(index + 3)] + again + events[(index + 4)..<(index + 12)]
  }

  /// Whether a usual interrupt lies at a place, for a verifier that has judged all before it.
  private static func isTaken(_ events: [TraceEvent], _ index: Int, _ verifier: borrowing Verifier) -> Bool {
    guard events[index].kind == EventKind.interrupt.rawValue else { return false }
    var copy = verifier.copy()
    return withRows(events[index...].prefix(20)) {
      guard let base = $0.rows.baseAddress else { return false }
      copy.time = base.pointee.time
      return copy.interruptAhead(UsualInterrupt(RowReference(base), base + 1)) == 2
    }
  }
}

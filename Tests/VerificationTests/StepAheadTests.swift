import PartitionCore
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Steps that are judged in one go: whatever is changed in one of them is judged as it would be event by event.
@Suite struct StepAheadTests {
  typealias Change = @Sendable (inout [TraceEvent], Int) -> Void

  /// Kinds, in order, of events that are judged together, and how many changes of such must be violations at least.
  private static let shapes: [(kinds: [EventKind], found: Int)] = [
    ([.hypercall, .hypercallResult, .hypercall], 40),
    ([.hypercall, .portOperation, .hypercallResult, .messageCopied, .hypercall], 40),
    ([.hypercall, .upcallsReturned, .hypercallResult], 40),
    ([.hypercall, .upcallsReturned, .portOperation, .hypercallResult, .messageCopied], 20),
    ([.interrupt, .mark, .acknowledged, .interrupt, .mark, .acknowledged], 40),
  ]

  /// What is done to the event at a place.
  private static let changes: [Change] = [
    { $0[$1].time += 1 }, { $0[$1].time -= 1 }, { $0[$1].time += 1_000_000 }, { $0[$1].partition ^= 1 },
    { $0[$1].partition = 0xFF }, { $0[$1].partition = 0x80 }, { $0[$1].detail ^= 1 }, { $0[$1].detail ^= 0x10 },
    { $0[$1].operand += 1 }, { $0[$1].operand ^= 1 << 16 }, { $0[$1].operand = 0x7F00 }, { $0[$1].words.w0 += 1 },
    { $0[$1].words.w0 = .max }, { $0[$1].words.w1 += 1 }, { $0[$1].words.w1 = 1 << 40 }, { $0[$1].words.w2 ^= 1 },
    { $0[$1].words.w3 += 1 }, { $0[$1].words.w5 += 1 }, { $0[$1].kind = EventKind.upcall.rawValue },
    { $0[$1].kind = EventKind.hypercallResult.rawValue }, { $0[$1].kind = EventKind.portOperation.rawValue },
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
  private static func places(of kinds: [EventKind], in events: [TraceEvent], count: Int) -> [Int] {
    let found = events.indices.dropLast(kinds.count + 8).filter { first in
      kinds.indices.allSatisfy {
        let event = events[first + $0]
        return event.kind == kinds[$0].rawValue
          && (kinds[$0] != .hypercall || event.partition == events[first].partition)
      }
    }
    return Array(found.suffix(count))
  }

  private static func traces(_ seed: UInt64) throws -> [(events: [TraceEvent], module: SampleModule)] {
    let module = try SampleModule()
    let told = try MutationScoreTests.goodTraces(seed).map { ($0.story.events, $0.module) }
    return told + [(SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 60_000_000), module)]
  }

  @Test func whateverIsChangedIsJudgedAsEventByEvent() throws {
    let seed = TestSeed.draw()
    let traces = try Self.traces(seed)
    for (kinds, least) in Self.shapes {
      var found = 0
      for (events, module) in traces {
        let good = Self.failures(Self.report(events[...], module, together: false))
        for first in Self.places(of: kinds, in: events, count: 2) {
          for place in first..<(first + kinds.count) {
            for (number, change) in Self.changes.enumerated() {
              var changed = Array(events[..<min(events.count, first + 60)])
              change(&changed, place)
              let (single, together) = (
                Self.report(changed[...], module, together: false), Self.report(changed[...], module, together: true)
              )
              #expect(
                single.json == together.json,
                "seed \(seed), \(kinds), change \(number) of event \(place)")
              if Self.failures(together) > good { found += 1 }
            }
          }
        }
      }
      #expect(found >= least, "seed \(seed), \(kinds): \(found)")
    }
  }
}

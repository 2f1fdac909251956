import APEXTypes
import ModuleConfiguration
import PartitionCore
import ReferenceChecking
import TestSeeds
import Testing
import TraceFormat

@testable import Verification

/// Who asks when a sampling port's message was written is told the truth, or both judges say which claim is violated.
@Suite struct SamplingTimeTests {
  /// An answer in a random world, by its place.
  private struct Answer {
    var place: Int
    var status: ReturnCode?
  }

  private func answers(_ events: [TraceEvent]) -> [Answer] {
    events.indices.compactMap { index in
      let event = events[index]
      guard event.knownKind == .hypercallResult, event.operand == UInt32(HypercallNumber.readSamplingTime.rawValue)
      else { return nil }
      return Answer(place: index, status: ReturnCode(rawValue: event.detail))
    }
  }

  /// What both judges find in the events but for the partitions' own affairs.
  private func violations(_ events: [TraceEvent], _ module: SampleModule) -> [Set<String>] {
    let verified = Set(report(events, module).identifiers(.fail)).subtracting(SimulatedWorldTests.ownAffair)
    return [verified, ReferenceChecker.violations(events, module.table).subtracting(SimulatedWorldTests.ownAffair)]
  }

  @Test func aWrongInstantIsNamed() throws {
    let module = try SampleModule()
    let first = TestSeed.draw()
    var changes: [String: Int] = [:]
    for seed in first..<(first + 40) where Self.changes.contains(where: { changes[$0.0, default: 0] < 3 }) {
      let events = SimulatedWorld<OwnersMarked>(module, seed: seed).run(until: 60_000_000)
      #expect(violations(events, module) == [[], []], "seed \(seed)")
      for (name, status, change) in Self.changes {
        guard let answer = answers(events).last(where: { $0.status == status }) else { continue }
        var others = events
        change(&others[answer.place])
        #expect(violations(others, module) == [["port.result"], ["port.result"]], "\(name), seed \(seed)")
        changes[name, default: 0] += 1
      }
    }
    #expect(Self.changes.allSatisfy { changes[$0.0, default: 0] > 1 }, "seed \(first): \(changes)")
  }

  private static let changes: [(String, ReturnCode, @Sendable (inout TraceEvent) -> Void)] = [
    ("a nanosecond later", .noError, { $0.words.w0 += 1 }),
    ("a nanosecond earlier", .noError, { $0.words.w0 -= 1 }),
    ("none, though there is a message", .noError, { ($0.detail, $0.words.w0) = (ReturnCode.noAction.rawValue, 0) }),
    ("a message, though there is none", .noAction, { ($0.detail, $0.words.w0) = (ReturnCode.noError.rawValue, 1) }),
  ]
}

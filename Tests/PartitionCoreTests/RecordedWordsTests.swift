import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat

@testable import PartitionCore

/// What one input makes the core record fits where the kernel lays it down.
@Suite struct RecordedWordsTests {
  /// A record of the core's has two words and up to three of its own.
  private static let wordsOfARecord = 5

  @Test func noInputRecordsMoreThanTheLimit() throws {
    let first = TestSeed.draw()
    print("recorded words, seed \(first)")
    let module = try SimulatedModule(.lively)
    let limit = PartitionCore<OwnersMarked>.recordedWordLimit(module.table)
    var most = 0
    for seed in first..<(first + 60) {
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      world.onDecisions = { most = max(most, $0.count * Self.wordsOfARecord) }
      world.begin(until: 60_000_000)
      for _ in 0..<1500 {
        guard world.step() else { break }
      }
    }
    #expect(most <= limit, "seed \(first)")
    // The worlds do not only pass trifles.
    #expect(most > 40, "seed \(first)")
    print("recorded words: \(most) of \(limit)")
  }
}

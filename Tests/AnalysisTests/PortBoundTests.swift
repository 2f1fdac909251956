import TestSeeds
import Testing

@testable import Analysis

/// Ages of messages and lengths of queues against everything that writer and reader can do in small frames.
@Suite struct PortBoundTests {
  private static func activity(_ random: inout SeededGenerator, frame: UInt64) -> PartitionActivity {
    let count = UInt64([1, 2, 3].randomElement(using: &random)!)
    let period = frame / count
    let first = UInt64.random(in: 0..<period / 2, using: &random)
    let last = UInt64.random(in: first..<period, using: &random)
    return PartitionActivity(
      spans: (0..<count).map { .init(first: $0 * period + first, last: $0 * period + last) }, majorFrame: frame)
  }

  /// Instants in which a partition acts, one in each period, over `frames` frames.
  private static func instants(
    of activity: PartitionActivity, frames: UInt64, _ choose: (PartitionActivity.Span) -> UInt64
  ) -> [UInt64] {
    (0..<frames).flatMap { frame in activity.spans.map { choose($0) + frame * activity.majorFrame } }
  }

  @Test func noMessageIsOlderThanItsBound() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    var reached = 0
    for _ in 0..<400 {
      let writer = Self.activity(&random, frame: 30)
      let reader = Self.activity(&random, frame: 30)
      let bound = writer.worstAge(readBy: reader)!
      var worst: UInt64 = 0
      for round in 0..<40 {
        let writes = Self.instants(of: writer, frames: 6) {
          round.isMultiple(of: 2)
            ? (Bool.random(using: &random) ? $0.first : $0.last)
            : UInt64.random(in: $0.first...$0.last, using: &random)
        }
        let reads = Self.instants(of: reader, frames: 6) { UInt64.random(in: $0.first...$0.last, using: &random) }
        for read in reads where read > 90 {
          if let last = writes.last(where: { $0 <= read }) { worst = max(worst, read - last) }
        }
      }
      #expect(worst <= bound, "seed \(seed): \(writer) read by \(reader)")
      if worst == bound { reached += 1 }
    }
    #expect(reached > 100, "seed \(seed): the bound was reached \(reached) times of 400")
  }

  @Test func noQueueIsLongerThanItsBound() {
    let seed = TestSeed.draw()
    var random = SeededGenerator(seed: seed)
    var reached = 0
    for _ in 0..<400 {
      let writer = Self.activity(&random, frame: 30)
      let reader = Self.activity(&random, frame: 30)
      let bound = writer.mostWaiting(for: reader, perPeriod: 1)!
      var most: UInt64 = 0
      for _ in 0..<40 {
        func edge(_ span: PartitionActivity.Span) -> UInt64 {
          [span.first, span.last, UInt64.random(in: span.first...span.last, using: &random)]
            .randomElement(using: &random)!
        }
        let writes = Self.instants(of: writer, frames: 6, edge)
        let reads = Self.instants(of: reader, frames: 6, edge)
        var waiting: UInt64 = 0
        for instant in 0..<180 {
          waiting += UInt64(writes.count { $0 == UInt64(instant) })
          most = max(most, waiting)
          if reads.contains(UInt64(instant)) { waiting = 0 }
        }
      }
      #expect(most <= bound, "seed \(seed): \(writer) to \(reader)")
      if most == bound { reached += 1 }
    }
    #expect(reached > 100, "seed \(seed): the bound was reached \(reached) times of 400")
  }
}

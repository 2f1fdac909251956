import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Verification

/// The verifier behind the reader: what a file's damage makes of the verdict.
@Suite struct TraceFileTests {
  let module: SampleModule
  let bytes: [UInt8]

  init() throws {
    module = try SampleModule()
    bytes = Self.write(Story(Scribe.story(of: module)).events, module)
  }

  static func write(_ events: [TraceEvent], _ module: SampleModule) -> [UInt8] {
    var writer = TraceWriter(moduleTable: [UInt8](module.table.bytes), eventsPerBlock: 64)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  static func verify(_ bytes: [UInt8]) throws -> VerificationReport {
    let reader = try TraceReader(bytes: bytes)
    var verifier = Verifier(table: reader.moduleTable)
    while let batch = reader.nextBatch() {
      switch batch {
      case .events(let first, let events):
        for index in events.indices { verifier.consume(events[index], position: first &+ UInt64(index)) }
      case .gap: verifier.noteGap()
      }
    }
    var report = verifier.finish(fileBytes: reader.statistics.storedBytes)
    if !reader.condition.isComplete { report.fileDefect = reader.condition.description }
    return report
  }

  /// A copy goes on by itself, and so does what it was made of.
  @Test func aCopyIsAnotherJudge() throws {
    let events = Story(Scribe.story(of: module)).events
    var judge = Verifier(table: module.table)
    for (position, event) in events.enumerated() {
      if position % 50 == 0 {
        var copy = judge.copy()
        // What would be a violation: the copy alone has seen it.
        copy.consume(TraceEvent(time: 0, .mark, partition: 0, operand: 32), position: UInt64(position))
        _ = copy.finish()
      }
      judge.consume(event, position: UInt64(position))
    }
    var copy = judge.copy()
    #expect(copy.finish(fileBytes: 10_000).json == judge.finish(fileBytes: 10_000).json)
    #expect(copy.finish(fileBytes: 10_000).verdict == .pass)
  }

  @Test func aWholeFilePasses() throws {
    let report = try Self.verify(bytes)
    #expect(report.verdict == .pass, "\(report.summary)")
  }

  @Test func everyCutIsInconclusive() throws {
    for count in stride(from: 0, to: bytes.count, by: 7) {
      guard let report = try? Self.verify(Array(bytes[..<count])) else { continue }
      #expect(report.exitStatus == 3, "cut at \(count): \(report.summary)")
    }
  }

  /// A block that is taken out, or bits that are turned over: no claim fails, and nothing passes.
  @Test func damageNeverFailsOrPasses() throws {
    let seed = TestSeed.draw()
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<500 {
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      guard let report = try? Self.verify(changed) else { continue }
      #expect(report.exitStatus == 3, "seed \(seed): \(report.summary)")
    }
  }
}

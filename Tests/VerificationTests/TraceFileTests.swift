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
    var generator = RandomMutationTests.Generator(state: seed)
    for _ in 0..<500 {
      var changed = bytes
      changed[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      guard let report = try? Self.verify(changed) else { continue }
      #expect(report.exitStatus == 3, "seed \(seed): \(report.summary)")
    }
  }
}

@Suite struct ReportFormatTests {
  @Test func aFailIsExplainedInEveryFormat() throws {
    let module = try SampleModule()
    var story = Story(Scribe.story(of: module))
    story.drop(.upcallWritten, 2)
    let report = story.verify(module).limited(to: ["upcall"])
    #expect(report.claims.allSatisfy { $0.identifier.hasPrefix("upcall.") })
    let text = report.text(isColored: false)
    #expect(text.contains("fail  upcall.written"))
    #expect(text.contains("its frame was not written"))
    #expect(report.text(isColored: true).contains("\u{1B}[31m"))
    #expect(!report.text(isColored: false, isQuiet: true).contains("upcall.order"))
    #expect(report.json.contains("\"id\": \"upcall.written\""))
    #expect(report.json.contains("\"verdict\": \"fail\""))
    #expect(report.junit.contains("<failure message=\"event "))
    #expect(report.junit.contains("failures=\"1\" errors=\"0\""))
  }

  @Test func namesFromTheTableAreEscaped() throws {
    let module = try SampleModule()
    var report = Story(Scribe.story(of: module)).verify(module)
    report.moduleName = "a\"<b>&\u{1}\\"
    #expect(report.json.contains("\"module\": \"a\\\"<b>&\\u0001\\\\\""))
    #expect(report.junit.contains("name=\"a&quot;&lt;b&gt;&amp; \\\""))
  }

  /// A partition's first window after a start is not judged, and whoever reads the claim is told so.
  @Test func theClaimSaysWhatItLeavesOut() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    let start = try #require(report.claim("window.start.instant"))
    #expect(start.title.hasSuffix(", unless its memory is made anew"))
    #expect(report.explanation(of: start).contains(start.title))
  }

  @Test func marginsHaveTheRightSign() throws {
    let module = try SampleModule()
    let report = Story(Scribe.story(of: module)).verify(module)
    let start = try #require(report.claim("window.start.instant"))
    #expect(start.margin == 10 && start.worst?.value == 0)
    let pad = try #require(report.claim("padding.margin"))
    #expect(pad.isFloor && pad.bound == 1 && pad.margin! > 0 && pad.margin! == pad.worst!.value - 1)
    let deadline = try #require(report.claim("process.deadline.Control.law"))
    #expect(deadline.worst?.value == 1_000_000 && deadline.bound == 1_800_000 && deadline.margin == 800_000)
  }
}

import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading

/// A schedule search where the prediction of the recorded run is another than that.
@Suite struct RefutedSearchTests {
  /// What the recorded run has otherwise than the prediction of it is not known, as 'what-if' has it under the recorded
  /// module; whatever the margin is.
  @Test(arguments: ["0", "10"]) func whatTheRecordedRunRefutesIsUnknown(margin: String) throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "made").ending == .status(0))
    let made = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("made"))))
    try folder.write(try Self.withAnotherJob(made), to: "run")
    let claim = "process.deadline.Sensors.acquire"
    let same = try folder.run("what-if", "run", "--module", OtherModule.path, "--format", "json")
    let told = try #require(try JSONDecoder().decode(WhatIfAnswer.self, from: Data(same.output.utf8)).claim(claim))
    #expect(told.recordedVerdict == "fail" && told.predictedVerdict == "unknown", "\(told)")

    let answer = try ScheduleSearchTests.search(folder, margin: margin)
    #expect(answer.verdict == "unknown" && !answer.holds && answer.exitStatus == 3, "\(answer)")
    #expect(answer.misses.map(\.claim) == [claim] && answer.misses.map(\.verdict) == ["unknown"], "\(answer.misses)")
    #expect(answer.weaknesses.contains { $0.hasPrefix("\(claim) was otherwise in the recorded run") })
    #expect(answer.windows.allSatisfy { $0.smallestNanoseconds == nil })
  }

  /// The trace with a window of Sensors announced a second time, behind its yield: a job that nobody works on, and that
  /// no demand asks for.
  private static func withAnotherJob(_ bytes: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes))
    var window: TraceEvent?
    var isDone = false
    while case .event(let position, var event)? = reader.next() {
      if event.knownKind == .end { event.words.w0 += 1 }
      writer.append(event)
      guard event.partition == 0 else { continue }
      if position > 10_000, !isDone, event.knownKind == .windowStart { window = event }
      if var again = window, event.knownKind == .hypercallResult, event.operand & 0xFFFF == 65 {
        (again.time, again.words.w0) = (event.time, event.time)
        writer.append(again)
        window = nil
        isDone = true
      }
    }
    return writer.finish()
  }
}

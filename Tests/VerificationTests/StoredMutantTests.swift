import CommandFolder
import Foundation
import TestSeeds
import Testing
import TraceFormat
import TraceReading
import Verification

/// Mutants as files: of the trace that the real writer makes of them `partita verify` says what is said of their events
/// in memory.
@Suite struct StoredMutantTests {
  private static let count: UInt64 = 300

  /// What the command answers of a file.
  private static func verify(_ path: String) throws -> (status: Int32, json: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try CommandFolder.command())
    process.arguments = ["verify", path, "--format", "json", "--threads", "2"]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }

  /// A line for each claim: its verdict, how often it was judged and violated, where, and why. What the file's own
  /// state adds to the whole verdict is before them.
  private static func claims(_ json: String) -> [Substring] {
    guard let start = json.range(of: "\"claims\": [") else { return [] }
    return json[start.upperBound...].split(separator: "\n")
  }

  /// The status that the command must end with: events that contradict the file's own counts and times are no run.
  private static func status(_ bytes: [UInt8]) throws -> Int32 {
    let reader = try TraceReader(bytes: bytes)
    while reader.nextBatch() != nil {}
    if reader.condition.isContradictory { return 2 }
    return try TraceFileTests.verify(bytes).exitStatus
  }

  private static func expect(_ events: [TraceEvent], _ module: SampleModule, _ what: String) throws -> Int32 {
    let bytes = TraceFileTests.write(events, module)
    let folder = try CommandFolder()
    try folder.write(bytes, to: "mutant")
    let answer = try verify(folder.file("mutant"))
    let wanted = claims(report(events, module, fileBytes: UInt64(bytes.count)).json)
    let found = claims(answer.json)
    #expect(wanted.count > 50 && found.count == wanted.count, "\(what): \(found.count) claims, not \(wanted.count)")
    for (one, other) in zip(found, wanted) where one != other {
      Issue.record("\(what): the command says \(one), and in memory it is \(other)")
    }
    let due = try Self.status(bytes)
    #expect(answer.status == due, "\(what)")
    return answer.status
  }

  @Test func everyVerdictIsThatInMemory() throws {
    let first = TestSeed.draw()
    let good = try MutationScoreTests.goodTraces(first) + MutationScoreTests.toldTraces(first)
    for (index, trace) in good.enumerated() {
      _ = try Self.expect(trace.story.events, trace.module, "seed \(first), good trace \(index)")
    }
    var violating = 0
    for seed in first..<(first + Self.count) {
      let trace = good[Int(seed % UInt64(good.count))]
      let mutant = Mutant(trace.story, seed: seed)
      let what = "seed \(seed), \(mutant.change) at \(mutant.place)"
      if try Self.expect(mutant.events, trace.module, what) == 1 { violating += 1 }
    }
    print("stored mutants: \(Self.count) from seed \(first), \(violating) violate and are whole files")
    #expect(violating > Int(Self.count) / 3, "seed \(first): \(violating)")
  }
}

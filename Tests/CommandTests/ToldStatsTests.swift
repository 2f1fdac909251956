import CommandFolder
import Foundation
import ModuleConfiguration
import StoredTraces
import Testing
import TraceFormat

/// `partita stats` of processes of which schedulers tell: how often they had the processor, and for how long.
@Suite struct ToldStatsTests {
  private static func answer(_ trace: [UInt8], _ arguments: String...) throws -> String {
    let folder = try CommandFolder()
    try Data(trace).write(to: folder.url("run.partita"))
    let run = try folder.run(["stats", "run.partita"] + arguments)
    #expect(run.ending == .status(0), "\(run.errors)\(run.output)")
    return run.output
  }

  @Test func everyDispatchIsCountedOnce() throws {
    let text = try Self.answer(ToldStory.file(ToldStory.frames))
    let rows = text.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    // The one that goes on in the second window has been dispatched in the first.
    for (name, dispatches, time) in [("fast", "2", "798000"), ("one", "2", "1800900"), ("answer", "1", "100000")] {
      let row = try #require(rows.first { $0.first == SmallModule.partitionNames[1] && $0.contains(name) }, "\(text)")
      #expect(row.contains(dispatches) && row.contains(time), "\(row)")
    }
    let json = try Self.answer(ToldStory.file(ToldStory.frames), "--format", "json")
    let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let processes = try #require(parsed?["processes"] as? [[String: Any]])
    #expect(processes.map { $0["process"] as? String } == ["fast", "slow one", "answer"])
    #expect(processes.map { $0["processorNs"] as? Int } == [798_000, 1_800_900, 100_000])
  }

  @Test func whereNothingIsToldThereIsNoTable() throws {
    #expect(try !Self.answer(SmallStory.file(SmallStory.whole)).contains("Processes"))
    #expect(try Self.answer(SmallStory.file(SmallStory.whole), "--format", "json").contains("\"processes\":[]"))
  }

  /// What is missing is nobody's: a run counts up to the last event before.
  @Test func nothingIsCountedAcrossALoss() throws {
    let loss = SmallStory.event(4_500_000, .loss, 0xFF, .init(9))
    let later = ToldStory.tell(4_700_000, ToldStory.slow.key, .ready, ToldStory.fast.key)
    let file = ToldStory.file(
      Array(ToldStory.frames[..<5]) + [SmallStory.entry(4_400_000, .timer, 1, what: 0xEF, after: 0), loss] + later)
    let json = try Self.answer(file, "--format", "json")
    #expect(json.contains("\"process\":\"fast\",\"partition\":\"Contrôl\",\"dispatches\":2,\"processorNs\":399000"))
  }
}

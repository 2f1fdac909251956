import Foundation
import StoredTraces
import Testing
import TraceExport
import TraceFormat

@Suite struct ChromeTests {
  private static func events(_ trace: [UInt8]) throws -> [[String: Any]] {
    let folder = try TestFolder()
    try export(trace) { reader in
      TrackExporter(ChromeWriter(try ExportFile(creating: folder.file("run.json"))), reader)
    }
    let parsed = try JSONSerialization.jsonObject(with: Data(try folder.bytes("run.json")))
    return try #require((parsed as? [String: Any])?["traceEvents"] as? [[String: Any]])
  }

  /// Nanoseconds, from the decimal text of microseconds.
  private static func nanoseconds(_ event: [String: Any]) -> UInt64 {
    UInt64(((event["ts"] as? NSNumber)?.doubleValue ?? 0) * 1000 + 0.5)
  }

  @Test func namesAreTheModules() throws {
    let events = try Self.events(SmallStory.file(SmallStory.whole))
    let names = events.filter { $0["name"] as? String == "process_name" }.map {
      ($0["args"] as? [String: Any])?["name"] as? String
    }
    #expect(names == ["module Small, \"quoted\""] + SmallModule.partitionNames)
    let upcall = try #require(events.first { $0["cat"] as? String == "upcalls" })
    #expect(Self.nanoseconds(upcall) == 8200)
    #expect((upcall["args"] as? [String: Any])?["coalesced"] as? Int == 1)
    let flows = events.filter { ["s", "f"].contains($0["ph"] as? String) }.map { "\($0["ph"]!) \($0["id"]!)" }
    #expect(flows == ["s 11", "f 11", "s 17"])
  }

  @Test(arguments: [41, 42] as [UInt64]) func beginsAndEndsAreBalanced(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      var open: [String: Int] = [:]
      var last: [String: UInt64] = [:]
      var count = 0
      for event in try Self.events(trace) {
        let place = "\(event["pid"] ?? "") \(event["tid"] ?? "")"
        switch event["ph"] as? String {
        case "B": open[place, default: 0] += 1
        case "E": open[place, default: 0] -= 1
        case "M", "C", "i", "s", "t", "f": break
        default: Issue.record("an event of another kind: \(event)")
        }
        #expect(open[place, default: 0] >= 0, "seed \(seed)")
        guard event["ph"] as? String != "M" else { continue }
        count += 1
        #expect(last[place, default: 0] <= Self.nanoseconds(event), "seed \(seed)")
        last[place] = Self.nanoseconds(event)
      }
      #expect(count > 1000)
      #expect(open.values.allSatisfy { $0 == 0 }, "seed \(seed)")
    }
  }

  @Test func aMarkOfSeveralUpcallsHasAnArrowToEach() throws {
    let events = try Self.events(SmallStory.file(SmallStory.threefold))
    let flows = events.filter { ["s", "t", "f"].contains($0["ph"] as? String) }.map { "\($0["ph"]!) \($0["id"]!)" }
    #expect(flows == ["s 11", "t 11", "t 11", "s 15", "f 11"])
  }

  @Test func gapsAreSlicesOfTheirOwn() throws {
    let lost = try Self.events(SmallStory.file(SmallStory.lossy)).filter { $0["cat"] as? String == "gaps" }
    #expect(lost.map { $0["name"] as? String } == ["7 events lost"])
    #expect(lost.map(Self.nanoseconds) == [8300])
  }
}

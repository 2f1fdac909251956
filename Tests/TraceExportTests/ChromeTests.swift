import Foundation
import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat

@Suite struct ChromeTests {
  private static func events(_ trace: [UInt8]) throws -> [[String: Any]] {
    let folder = try TemporaryFolder()
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
        case "M", "C", "X", "i", "s", "t", "f": break
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

  // MARK: As viewers read it

  private struct Slice {
    var name: String
    var begin: UInt64
    var end: UInt64
    var depth: Int
  }

  private struct Arrow {
    var place: String
    /// The slice that it begins or ends at, as the file has it: the latest that is open.
    var slice: Int
    var time: UInt64
  }

  /// The slices of each thread, and the ends of arrows.
  private static func slicesAndArrows(_ events: [[String: Any]]) throws -> ([String: [Slice]], [Arrow]) {
    var slices: [String: [Slice]] = [:]
    var open: [String: [Int]] = [:]
    var arrows: [Arrow] = []
    for event in events where event["ph"] as? String != "M" {
      let place = "\(event["pid"] ?? "") \(event["tid"] ?? "")"
      let time = nanoseconds(event)
      let name = event["name"] as? String ?? ""
      switch event["ph"] as? String {
      case "X":
        #expect(event["dur"] as? Int == 0)
        slices[place, default: []].append(Slice(name: name, begin: time, end: time, depth: open[place]?.count ?? 0))
      case "B":
        slices[place, default: []].append(Slice(name: name, begin: time, end: .max, depth: open[place]?.count ?? 0))
        open[place, default: []].append(slices[place]!.count - 1)
      case "E":
        let innermost = open[place]?.popLast()
        let index = try #require(innermost)
        #expect(slices[place]![index].name == name, "an end has the name of its begin")
        #expect(slices[place]![index].begin < time, "a slice without length is one event")
        slices[place]![index].end = time
      case "s", "t", "f":
        let slice = try #require(open[place]?.last ?? slices[place].map { $0.count - 1 })
        arrows.append(Arrow(place: place, slice: slice, time: time))
      default: break
      }
    }
    return (slices, arrows)
  }

  /// Speedscope ends a slice by its name only, and takes an end at the instant of a begin for that of a slice before.
  @Test(arguments: [41, 42] as [UInt64]) func endsAreWhatSpeedscopeTakesThemFor(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      let (slices, arrows) = try Self.slicesAndArrows(Self.events(trace))
      #expect(slices.values.joined().contains { $0.begin == $0.end } && !arrows.isEmpty, "seed \(seed)")
      #expect(slices.values.joined().allSatisfy { $0.end < .max }, "seed \(seed)")
    }
  }

  /// Chrome's viewer gives an arrow to the first slice that has its instant, the instant of its end included.
  @Test func arrowsArriveWhereChromesViewerTakesThemTo() throws {
    // Each upcall begins at the instant at which the one before ends.
    let chained = SmallStory.threefold.dropLast().filter { $0.kind != EventKind.upcallsReturned.rawValue }
    let (slices, arrows) = try Self.slicesAndArrows(Self.events(SmallStory.file(SmallStory.ended(chained))))
    #expect(arrows.count == 5)
    var met: [UInt64] = []
    for arrow in arrows {
      let all = try #require(slices[arrow.place])
      let own = all[arrow.slice]
      #expect(own.begin <= arrow.time && arrow.time <= own.end)
      guard own.end > own.begin else { continue }
      let found = all.first { $0.depth == own.depth && $0.begin <= arrow.time && arrow.time <= $0.end }
      #expect(found?.begin == own.begin, "at \(arrow.time)")
      met.append(own.begin)
    }
    #expect(met == [8200, 8310, 8410])
  }

  @Test func gapsAreSlicesOfTheirOwn() throws {
    let lost = try Self.events(SmallStory.file(SmallStory.lossy)).filter { $0["cat"] as? String == "gaps" }
    #expect(lost.map { $0["name"] as? String } == ["7 events lost"])
    #expect(lost.map(Self.nanoseconds) == [8300])
  }
}

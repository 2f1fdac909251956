import Foundation
import StoredTraces
import TemporaryFolder
import TestSeeds
import Testing
import TraceDamage
import TraceExport
import TraceFormat
import TraceReading

/// Whatever a trace holds, every exporter comes to its end, and what it has written can be read.
@Suite struct HostileTraceTests {
  /// Events of all kinds, known or not, with anything in them; their checksums are right.
  private static func nonsense(seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    var time: UInt64 = 0
    let kinds = EventKind.allCases.filter { $0 != .boot && $0 != .end }.map(\.rawValue) + [9, 90, 255]
    var events = [SmallStory.boot]
    for _ in 0..<1500 {
      time &+= UInt64.random(in: 0...1 << UInt64.random(in: 0...30, using: &generator), using: &generator)
      // Now and then a clock that has gone mad.
      if Int.random(in: 0...200, using: &generator) == 0 { time = generator.next() >> 2 }
      var event = TraceEvent(
        time: time, kind: kinds.randomElement(using: &generator)!,
        partition: [0, 1, 2, 3, 254, 255].randomElement(using: &generator)!,
        detail: UInt8.random(in: 0...255, using: &generator))
      event.operand = [0, 1, 32, 40, 65, 69, 255, .max].randomElement(using: &generator)!
      for word in 0..<8 { event.words[word] = generator.next() >> UInt64.random(in: 0...63, using: &generator) }
      events.append(event)
    }
    return SmallStory.file(events, eventsPerBlock: 100)
  }

  private static func corrupted(seed: UInt64) throws -> [UInt8] {
    var corruption = Corruption(seed: seed)
    return corruption.apply(to: BlockSurgery(SmallStory.file(SmallStory.whole)))
  }

  private static let traces: [@Sendable (UInt64) throws -> [UInt8]] = [
    { nonsense(seed: $0) }, { try corrupted(seed: $0) }, { try WorldTraces.damagedFile(seed: $0) },
  ]

  @Test(arguments: 0..<3) func everyExporterComesToItsEnd(source: Int) throws {
    for seed in UInt64(100)..<(source == 1 ? 140 : 104) {
      let trace = try Self.traces[source](seed)
      // A module table that is damaged is refused when the trace is opened.
      guard (try? TraceReader(bytes: trace)) != nil else { continue }
      let folder = try TemporaryFolder()
      func file(_ name: String) throws -> ExportFile { try ExportFile(creating: folder.file(name)) }
      for name in ["ctf", "tables"] {
        try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
      }
      try export(trace) { try CTFExporter(folder: folder.file("ctf"), $0) }
      try export(trace) { TrackExporter(PerfettoWriter(try file("run.pftrace")), $0) }
      try export(trace) { TrackExporter(ChromeWriter(try file("run.json")), $0) }
      try export(trace) { try SQLiteExporter(folder.file("run.db"), $0) }
      try export(trace) { CSVExporter(try file("run.csv"), $0) }
      try export(trace) { CSVFolderExporter(folder: folder.file("tables"), $0) }
      try export(trace) { VCDExporter(try file("run.vcd"), $0) }

      _ = try VCDTests.Waves(try folder.text("run.vcd"))
      _ = try ProtobufReader(try folder.bytes("run.pftrace"))
      let rows = try CSVTests.parse(try folder.bytes("run.csv"))
      #expect(rows.allSatisfy { $0.count == 16 }, "seed \(seed)")
      let parsed = try JSONSerialization.jsonObject(with: Data(try folder.bytes("run.json")))
      let events = try #require((parsed as? [String: Any])?["traceEvents"] as? [[String: Any]])
      let begun = events.count { $0["ph"] as? String == "B" }
      #expect(begun == events.count { $0["ph"] as? String == "E" }, "seed \(seed)")
      let database = try Database(folder.file("run.db"), .readOnly)
      let counted = try SQLiteTests.lines(database, "SELECT count(*) FROM event")
      #expect(counted == ["\(rows.count { $0[3] != "gap" } - 1)"], "seed \(seed)")
      if seed == 100 {
        let read = try BabelTrace(folder.file("ctf"))
        let exact = read.events.count { $0.name.hasPrefix("partita:") && $0.name != "partita:gap" }
        #expect(counted == ["\(exact)"], "seed \(seed)")
      }
    }
  }
}

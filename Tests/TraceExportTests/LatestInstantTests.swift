import CommandFolder
import Foundation
import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat
import TraceReading

/// Clocks that have gone mad: signed numbers end at 2⁶³ − 1 ns, and most readers have such.
@Suite struct LatestInstantTests {
  private static let greatest = UInt64(Int64.max)
  private static let outputs = ["run.ctf", "run.pftrace", "run.json", "run.db", "run.csv", "run.vcd"]

  /// The small story, but its last window ends at `instant`, and with it the trace.
  private static func folder(endingAt instant: UInt64) throws -> TemporaryFolder {
    var events = SmallStory.whole
    for index in events.indices.suffix(2) { events[index].time = instant }
    let folder = try TemporaryFolder()
    _ = try folder.write(SmallStory.file(events), to: "run.partita")
    return folder
  }

  /// What GTKWave's reader makes of the dump.
  private static func waves(_ folder: TemporaryFolder) throws -> String {
    let reader = try CommandRun("/usr/bin/env", ["vcd2fst", "run.vcd", "run.fst"], in: folder.path)
    try #require(reader.status == 0, "vcd2fst: \(reader.errors)(of gtkwave: Tools/setup --tests installs it)")
    return try CommandRun("/usr/bin/env", ["fst2vcd", "run.fst"], in: folder.path).output
  }

  @Test func theLastSignedInstantIsExported() throws {
    let folder = try Self.folder(endingAt: Self.greatest)
    for output in Self.outputs {
      let run = try CommandRun.partita(["export", "run.partita", "-o", output], in: folder.path)
      #expect(run.status == (output == "run.ctf" ? 2 : 0), "\(output): \(run.errors)")
    }
    // Of all signed numbers babeltrace2 takes none for an instant that is the last.
    let earlier = try Self.folder(endingAt: Self.greatest - 1)
    let run = try CommandRun.partita(["export", "run.partita", "-o", "run.ctf"], in: earlier.path)
    #expect(run.status == 0, "\(run.errors)")
    #expect(try BabelTrace(earlier.file("run.ctf")).events.map(\.time).max() == Self.greatest - 1)
    let database = try Database(folder.file("run.db"), .readOnly)
    let span = try SQLiteTests.lines(
      database, "SELECT min(time_ns), max(time_ns), max(ended_ns) FROM event, window_run"
    )
    #expect(span == ["0|\(Self.greatest)|\(Self.greatest)"])
    #expect(try folder.text("run.json").contains("\"ts\":9223372036854775.807"))
    #expect(try folder.text("run.csv").contains(",\(Self.greatest),"))
    #expect(try Self.waves(folder).contains("#\(Self.greatest)\n"))
  }

  /// Digits have room for any, and are read with all of it; what counts with a sign is refused, and told why.
  @Test(arguments: [UInt64(Int64.max) + 1, .max]) func behindItOnlyDigitsTellOfIt(instant: UInt64) throws {
    let folder = try Self.folder(endingAt: instant)
    let calls =
      Self.outputs.prefix(4).map { ["export", "run.partita", "-o", $0] } + [
        ["export", "run.partita", "-o", "-", "--format", "chrome"], ["query", "run.partita", "SELECT 1"],
      ]
    for call in calls {
      let run = try CommandRun.partita(call, in: folder.path)
      #expect(run.status == 2, "\(call): \(run.output)")
      let told = "the trace has the instant \(EventField.seconds(instant)) s"
      #expect(run.errors.contains(told) && run.errors.contains("--to"), "\(call): \(run.errors)")
      #expect(folder.names == ["run.partita"], "\(call): \(folder.names)")
    }
    for output in Self.outputs.suffix(2) {
      let run = try CommandRun.partita(["export", "run.partita", "-o", output], in: folder.path)
      #expect(run.status == 0, "\(output): \(run.errors)")
    }
    let rows = try CSVTests.parse(try folder.bytes("run.csv"))
    #expect(rows.suffix(2).map { $0[1] } == ["\(instant)", "\(instant)"])
    #expect(try folder.text("run.vcd").contains("#\(instant)\n"))
    #expect(try Self.waves(folder).contains("#\(instant)\n"))
  }

  /// What lies before is had by the way that the refusal names, and a part that ends behind it by none.
  @Test func thePartBeforeItIsExported() throws {
    let folder = try Self.folder(endingAt: .max)
    let call = ["export", "run.partita", "-o", "run.db", "--to"]
    let late = try CommandRun.partita(call + ["9223372036.854775808s"], in: folder.path)
    #expect(late.status == 2 && late.errors.contains("9223372036.854775808 s"), "\(late.errors)")
    #expect(folder.names == ["run.partita"])
    let run = try CommandRun.partita(call + ["1s"], in: folder.path)
    #expect(run.status == 0, "\(run.errors)")
    let database = try Database(folder.file("run.db"), .readOnly)
    let expected = ["\(SmallStory.whole.count - 2)|3000000"]
    #expect(try SQLiteTests.lines(database, "SELECT count(*), max(time_ns) FROM event") == expected)
  }
}

import CommandFolder
import StoredTraces
import TemporaryFolder
import Testing

/// VCD as GTKWave's own reader takes it: made into its format and back, every change is there.
@Suite struct GTKWaveTests {
  private typealias Change = (time: UInt64, value: String)

  /// What a signal is at last at each instant at which it changes; its bits without leading zeros, unknown ones as x.
  private static func settled(_ changes: [Change]) -> [String] {
    var settled: [Change] = []
    for change in changes {
      let value = change.value.contains("x") ? "x" : String(change.value.drop { $0 == "0" })
      if settled.last?.time == change.time { settled.removeLast() }
      if settled.last?.value != value { settled.append((change.time, value)) }
    }
    return settled.map { "\($0.time) \($0.value)" }
  }

  @Test(arguments: [71, 72] as [UInt64]) func gtkwaveReadsEveryChange(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      let folder = try TemporaryFolder()
      let input = try folder.write(trace, to: "run.partita")
      let export = try CommandRun.partita(["export", input, "-o", folder.file("run.vcd")])
      #expect(export.status == 0 || export.status == 3, "\(export.errors)")
      let own = try VCDTests.Waves(try folder.text("run.vcd"))
      let reader = try CommandRun("/usr/bin/env", ["vcd2fst", "run.vcd", "run.fst"], in: folder.path)
      try #require(reader.status == 0, "vcd2fst: \(reader.errors)(of gtkwave: Tools/setup --tests installs it)")
      let back = try CommandRun("/usr/bin/env", ["fst2vcd", "run.fst"], in: folder.path)
      try #require(back.status == 0, "fst2vcd: \(back.errors)")
      // Its head has texts of several lines.
      let scopes = try #require(back.output.range(of: "$scope"))
      let read = try VCDTests.Waves(String(back.output[scopes.lowerBound...]))
      #expect(Set(read.changes.keys) == Set(own.changes.keys), "seed \(seed)")
      var count = 0
      for (name, changes) in own.changes {
        let expected = Self.settled(changes)
        #expect(Self.settled(read.changes[name] ?? []) == expected, "\(name), seed \(seed)")
        count += expected.count
      }
      #expect(count > 1000)
    }
  }
}

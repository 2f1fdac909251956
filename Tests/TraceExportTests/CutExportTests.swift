import CommandFolder
import StoredTraces
import TemporaryFolder
import TestSeeds
import Testing
import TraceExport
import TraceFormat
import TraceReading

/// A part of a trace against the whole of it, at random cuts: what is told of the part is true, and nothing else is.
@Suite struct CutExportTests {
  let seed: UInt64
  let whole: [UInt8]
  let damaged: [UInt8]
  /// Instants to cut at: around events and in the middle of nowhere, all of them within the trace.
  let cuts: [UInt64]

  init() throws {
    seed = TestSeed.draw()
    whole = try WorldTraces.file(seed: seed, inputs: 700)
    damaged = try WorldTraces.damagedFile(seed: seed)
    let times = try export(whole) { _ in Recorder() }.events.map(\.time)
    var generator = SeededGenerator(seed: seed)
    let last = try #require(times.last)
    cuts = (0..<40).map { turn in
      guard turn % 4 != 0 else { return UInt64.random(in: 0..<last, using: &generator) }
      let near = times.randomElement(using: &generator)!
      let step = UInt64.random(in: 0...(turn % 4 == 1 ? 1 : 600), using: &generator)
      return min(last - 1, Bool.random(using: &generator) ? near + step : near - min(near, step))
    }
  }

  /// Which rows of a whole export a part has, by table: those whose end is unknown or not before `:cut`, and what was
  /// the last of its kind before it where that stays in force until the next one.
  private static let expected = [
    "event": "time_ns >= :cut",
    "frame": "began_ns >= :cut OR position = (SELECT max(position) FROM frame WHERE began_ns < :cut)",
    "window_run": "ended_ns IS NULL OR ended_ns >= :cut",
    "switch": "time_ns >= :cut OR position = (SELECT max(position) FROM switch WHERE time_ns < :cut)",
    // The ring 3 that follows belongs to it, up to the next step.
    "step": """
    position IN (SELECT position FROM (SELECT position, lead(entered_ns) OVER (ORDER BY position) AS next FROM step)
      WHERE next IS NULL OR next >= :cut)
    """,
    "call": "left_ns IS NULL OR left_ns >= :cut",
    "interrupt": """
    acknowledged_ns >= :cut OR acknowledged_ns IS NULL AND position IN
      (SELECT position FROM step WHERE left_ns IS NULL OR left_ns >= :cut)
    """,
    "upcall": "ended_ns IS NULL OR ended_ns >= :cut",
    "mode": """
    time_ns >= :cut OR position IN (SELECT max(position) FROM mode WHERE time_ns < :cut GROUP BY partition)
    """,
    // Without an end they are not over, or were stopped before.
    "(SELECT * FROM activation WHERE completed_ns IS NOT NULL)": "completed_ns >= :cut",
    "process_run": "to_ns IS NULL OR to_ns >= :cut",
    "gap": "until_ns >= :cut",
  ]

  private static func rows(_ database: Database, _ table: String, where condition: String = "1") throws -> [String] {
    try SQLiteTests.lines(database, "SELECT * FROM \(table) WHERE \(condition)").sorted()
  }

  @Test func aDatabaseOfAPartHasTheRowsOfTheWholeThatAreNotOver() throws {
    let (folder, all) = try SQLiteTests.export(whole)
    defer { withExtendedLifetime(folder) {} }
    for cut in cuts {
      let (partFolder, part) = try SQLiteTests.export(whole, from: cut)
      defer { withExtendedLifetime(partFolder) {} }
      for (table, condition) in Self.expected {
        let own = try Self.rows(part, table)
        let rows = try Self.rows(all, table, where: condition.replacing(":cut", with: "\(cut)"))
        #expect(own == rows, "\(table) from \(cut) on, seed \(seed)")
      }
      let open = Set(try Self.rows(part, "activation"))
      #expect(open.isSubset(of: try Self.rows(all, "activation")), "activation from \(cut) on, seed \(seed)")
      try expectWaitingMarks(part, all, cut)
    }
  }

  /// Marks that wait at the cut are there, served ones are not.
  private func expectWaitingMarks(_ part: Database, _ all: Database, _ cut: UInt64) throws {
    let own = Set(try Self.rows(part, "mark")), known = Set(try Self.rows(all, "mark"))
    #expect(own.isSubset(of: known), "marks from \(cut) on, seed \(seed)")
    let later = try Self.rows(all, "mark", where: "time_ns >= \(cut)")
    let served = try Self.rows(
      all, "mark", where: "position IN (SELECT mark_position FROM upcall WHERE began_ns >= \(cut))")
    #expect(own.isSuperset(of: later + served), "marks from \(cut) on, seed \(seed)")
    let over = try Self.rows(
      all, "mark m",
      where: """
        time_ns < \(cut) AND EXISTS (SELECT 1 FROM upcall u WHERE u.began_ns < \(cut) AND u.partition = m.partition
          AND u.vector = m.vector AND u.mark_position > m.position)
        """)
    #expect(own.isDisjoint(with: over), "marks from \(cut) on, seed \(seed)")
  }

  /// Views of a part say nothing that those of the whole do not say, but for what they join with what is over.
  @Test func latenciesOfAPartAreTrue() throws {
    let (folder, all) = try SQLiteTests.export(whole)
    defer { withExtendedLifetime(folder) {} }
    for cut in cuts.prefix(20) {
      let (partFolder, part) = try SQLiteTests.export(whole, from: cut)
      defer { withExtendedLifetime(partFolder) {} }
      for columns in [
        "position, kernel_ns, answer_ns, status FROM hypercalls", "position, acknowledge_ns FROM interrupts",
        "from_ns, to_ns, length_ns, partition FROM ring3", "position, late_ns, length_ns FROM windows",
        "process, released_ns, response_ns FROM processes",
      ] {
        let own = Set(try SQLiteTests.lines(part, "SELECT \(columns)"))
        let known = Set(try SQLiteTests.lines(all, "SELECT \(columns)"))
        #expect(own.isSubset(of: known), "\(columns) from \(cut) on, seed \(seed)")
      }
      let uncovered = "SELECT count(*) FROM ring3 WHERE to_ns > \(cut)"
      #expect(try SQLiteTests.lines(part, uncovered) == SQLiteTests.lines(all, uncovered), "\(cut), seed \(seed)")
    }
  }

  /// Across holes too: a row of a part is one of the whole, for what is unknown there is unknown here.
  @Test func aPartOfADamagedTraceHasNoRowOfItsOwn() throws {
    let (folder, all) = try SQLiteTests.export(damaged)
    defer { withExtendedLifetime(folder) {} }
    let last = try #require(try export(damaged) { _ in Recorder() }.events.last).time
    for cut in cuts where cut <= last {
      let (partFolder, part) = try SQLiteTests.export(damaged, from: cut)
      defer { withExtendedLifetime(partFolder) {} }
      for table in Self.expected.keys.sorted() + ["mark"] {
        let foreign = Set(try Self.rows(part, table)).subtracting(try Self.rows(all, table))
        #expect(foreign.isEmpty, "\(table) from \(cut) on, seed \(seed)")
      }
    }
  }

  /// Whatever the format: behind the cut the same is told as of the whole.
  @Test func behindTheCutTheSameIsTold() throws {
    for trace in [whole, damaged] {
      let all = try export(trace) { _ in Recorder() }
      for cut in cuts {
        let part = try export(trace, from: cut) { _ in Recorder() }
        #expect(part.times.first ?? cut >= cut, "from \(cut) on, seed \(seed)")
        #expect(Self.told(part, after: cut) == Self.told(all, after: cut), "from \(cut) on, seed \(seed)")
      }
    }
  }

  /// What was told after an instant; a gap that began before is as long as the part shows of it.
  private static func told(_ recorder: Recorder, after cut: UInt64) -> [Recorder.Told] {
    recorder.changes.filter { $0.time > cut }.map { told in
      guard case .lost(let count, let from, let since, let reason) = told.change else { return told }
      var told = told
      told.change = .lost(count: count, from: max(from, cut), since: since, reason: reason)
      return told
    }
  }

  /// A part with two ends says of each call either what the whole says, or that it goes on.
  @Test func aPartWithTwoEndsInventsNothing() throws {
    let (folder, all) = try SQLiteTests.export(whole)
    defer { withExtendedLifetime(folder) {} }
    var generator = SeededGenerator(seed: seed)
    for from in cuts.prefix(20) {
      let to = from + UInt64.random(in: 0...3000, using: &generator)
      let (partFolder, part) = try SQLiteTests.export(whole, from: from, to: to)
      defer { withExtendedLifetime(partFolder) {} }
      for table in ["call", "step"] {
        let ended = Set(try Self.rows(part, table, where: "left_ns IS NOT NULL"))
        #expect(ended.isSubset(of: try Self.rows(all, table)), "\(table) \(from) … \(to), seed \(seed)")
        let columns = "SELECT position, entered_ns FROM \(table)"
        let open = Set(try SQLiteTests.lines(part, columns + " WHERE left_ns IS NULL"))
        let goingOn = try SQLiteTests.lines(all, columns + " WHERE left_ns IS NULL OR left_ns > \(to)")
        #expect(open.isSubset(of: goingOn), "\(table) \(from) … \(to), seed \(seed)")
      }
    }
  }

  /// The interrupt was acknowledged at 8150, the call answered at 5200; both stays in the kernel last longer.
  @Test(arguments: [(8160, []), (8120, ["irq_handler_entry"]), (5300, []), (8500, [])] as [(UInt64, [String])])
  func whatIsOverIsNotInTheControlFlow(cut: UInt64, open: [String]) throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(SmallStory.file(SmallStory.whole), to: "run.partita")
    let run = try CommandRun.partita(["export", file, "-o", folder.file("run.ctf"), "--from", "\(cut)ns"])
    #expect(run.status == 0, "\(run.errors)")
    let told = try BabelTrace(folder.file("run.ctf")).events.filter { $0.time == cut }.map(\.name)
    let begun = told.filter { $0.hasPrefix("irq_") || $0.hasPrefix("syscall_") || $0 == "sched_wakeup" }
    #expect(begun == open, "\(told)")
  }
}

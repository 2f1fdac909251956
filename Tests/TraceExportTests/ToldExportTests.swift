import Foundation
import ModuleConfiguration
import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat
import TraceReading

/// What the formats show of processes of which schedulers tell.
@Suite struct ToldExportTests {
  private static let trace = ToldStory.file(ToldStory.frames)
  private static let delayed: [UInt8] = {
    let late = ToldStory.Process("late", period: 10_000_000, deadline: 9_000_000)
    return ToldStory.file(
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(9_100_000, nil, .dormant, late.key, age: -5_000_000)
        + ToldStory.tell(9_400_000, late.key, .complete, nil), [late])
  }()

  @Test func runsAreSlicesWithinJobs() throws {
    let contents = try PerfettoTests.contents(Self.trace)
    #expect(
      contents.lines["102 process fast"] == [
        "4001000 B released", "4001000 B running", "4500000 E", "4500000 E", "13999900 B released",
        "14001000 B running", "14300000 E", "14300000 E",
      ])
    #expect(
      contents.lines["102 process slow one"] == [
        "4500000 B released", "4500000 B running", "5999900 E", "14000000 B running", "14001000 E",
        "14300000 B running", "14600000 E", "14600000 E",
      ])
    // It has no releases.
    #expect(contents.lines["102 process answer"] == ["14600000 B running", "14700000 E"])
    #expect(
      contents.annotations[""]?.isSuperset(of: [
        "became=cut", "became=ready", "became=complete", "became=waiting", "responseNs=10600000",
      ]) == true)
    #expect(
      contents.annotations["tellProcess"]?.isSuperset(of: [
        "from=fast", "state=complete", "to=slow one", "to=answer", "to=–", "age=aperiodic", "ageNs=10000000",
      ]) == true)
    let late = try PerfettoTests.contents(Self.delayed)
    #expect(late.annotations[""]?.isSuperset(of: ["beganNs=9000000", "responseNs=400000"]) == true)
  }

  @Test func chromeEndsEachSliceByItsName() throws {
    let folder = try TemporaryFolder()
    try export(Self.trace) { TrackExporter(ChromeWriter(try ExportFile(creating: folder.file("run.json"))), $0) }
    let parsed = try JSONSerialization.jsonObject(with: Data(try folder.bytes("run.json")))
    let events = try #require((parsed as? [String: Any])?["traceEvents"] as? [[String: Any]])
    func count(_ name: String, _ phase: String) -> Int {
      events.count { $0["name"] as? String == name && $0["ph"] as? String == phase }
    }
    #expect(count("released", "B") == count("released", "E") && count("released", "B") == 5)
    #expect(count("running", "B") == count("running", "E"))
  }

  @Test func wavesSayWhoRuns() throws {
    let waves = try VCDTests.waves(Self.trace)
    func values(_ name: String) -> [String] {
      (waves.changes["\(VCDTests.two).process_\(name)"] ?? []).map { "\($0.time) \($0.value)" }
    }
    #expect(values("fast").suffix(4) == ["4001000 1", "4500000 0", "14001000 1", "14300000 0"])
    #expect(
      values("slow_one").suffix(6) == [
        "4500000 1", "5999900 0", "14000000 1", "14001000 0", "14300000 1", "14600000 0",
      ])
    #expect(waves.value("\(VCDTests.two).process_slow_one", at: 4_100_000) == "0")
    let part = try VCDTests.waves(Self.trace, from: 5_000_000)
    #expect(part.value("\(VCDTests.two).process_slow_one", at: 5_000_000) == "1")
  }

  /// Behind a gap nobody knows who runs, until the next one is told of.
  @Test func nobodyIsKnownToRunBehindAGap() throws {
    let loss = SmallStory.event(4_600_000, .loss, 0xFF, .init(9))
    let later = ToldStory.tell(4_700_000, ToldStory.slow.key, .ready, ToldStory.fast.key)
    let waves = try VCDTests.waves(ToldStory.file(Array(ToldStory.frames[..<7]) + [loss] + later))
    for (name, lost, known) in [("fast", "x", "1"), ("slow_one", "x", "0"), ("answer", "x", "0")] {
      #expect(waves.value("\(VCDTests.two).process_\(name)", at: 4_600_000) == lost)
      #expect(waves.value("\(VCDTests.two).process_\(name)", at: 4_700_000) == known)
    }
    let (folder, database) = try SQLiteTests.export(ToldStory.file(Array(ToldStory.frames[..<7]) + [loss] + later))
    defer { withExtendedLifetime(folder) {} }
    #expect(
      try SQLiteTests.lines(database, "SELECT * FROM process_run ORDER BY rowid") == [
        "1|4001000|4500000|complete", "2|4500000|·|·", "1|4700000|·|·",
      ])
  }

  @Test func tablesHoldRunsAndResponses() throws {
    let (folder, database) = try SQLiteTests.export(Self.trace)
    defer { withExtendedLifetime(folder) {} }
    #expect(
      try SQLiteTests.lines(database, "SELECT * FROM process_runs ORDER BY from_ns") == [
        "fast|\(SmallModule.partitionNames[1])|4001000|4500000|499000|complete",
        "slow one|\(SmallModule.partitionNames[1])|4500000|5999900|1499900|cut",
        "slow one|\(SmallModule.partitionNames[1])|14000000|14001000|1000|ready",
        "fast|\(SmallModule.partitionNames[1])|14001000|14300000|299000|complete",
        "slow one|\(SmallModule.partitionNames[1])|14300000|14600000|300000|complete",
        "answer|\(SmallModule.partitionNames[1])|14600000|14700000|100000|waiting",
      ])
    let responses = "SELECT process, response_ns, met FROM processes WHERE deadline_ns > 2000000 ORDER BY completed_ns"
    #expect(try SQLiteTests.lines(database, responses) == ["fast|500000|1", "fast|300000|1", "slow one|10600000|1"])
    #expect(
      try SQLiteTests.lines(
        database, "SELECT fields FROM events WHERE fields LIKE '%tellProcess from=f%' ORDER BY position") == [
          "call=tellProcess from=fast state=complete to=slow one age=0ns enabled=yes space=Contrôl flips=0 entered=0 "
            + "returned=0 resumed=0ns",
          "call=tellProcess from=fast state=complete to=slow one age=10000000ns enabled=yes space=Contrôl flips=0 "
            + "entered=0 returned=0 resumed=0ns",
        ])
    let (lateFolder, late) = try SQLiteTests.export(Self.delayed)
    defer { withExtendedLifetime(lateFolder) {} }
    #expect(
      try SQLiteTests.lines(late, "SELECT released_ns, response_ns FROM processes WHERE process = 'late'") == [
        "9000000|400000"
      ])
  }

  /// Who is not complete when he is released anew has no response, and has not met his deadline.
  @Test func aLateJobHasNotMetItsDeadline() throws {
    let events =
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(4_100_000, nil, .dormant, ToldStory.fast.key)
      + ToldStory.window(1)
    let (folder, database) = try SQLiteTests.export(ToldStory.file(events))
    defer { withExtendedLifetime(folder) {} }
    let responses = "SELECT released_ns, response_ns, met, became FROM processes WHERE process = 'fast' ORDER BY 1"
    #expect(try SQLiteTests.lines(database, responses) == ["4000000|·|0|late", "14000000|·|·|·"])
  }

  /// What the tables have of a process that is released at 4 ms and gets the processor then: of what it tells later,
  /// whose instants are in ns.
  private static func row(
    period: UInt64 = 10_000_000, deadline: UInt64, _ telling: (ProcessKey) -> [[TraceEvent]]
  ) throws -> [String] {
    let one = ToldStory.Process("one", period: period, deadline: deadline)
    let events =
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(4_100_000, nil, .dormant, one.key)
      + telling(one.key).flatMap { $0 }
    let (folder, database) = try SQLiteTests.export(ToldStory.file(events, [one]))
    defer { withExtendedLifetime(folder) {} }
    return try SQLiteTests.lines(
      database, "SELECT released_ns, completed_ns, response_ns, met, became FROM processes WHERE process = 'one'")
  }

  /// A deadline that is moved when it has passed was missed all the same.
  @Test func aDeadlineThatIsMovedTooLateIsMissed() throws {
    for (moved, row) in [
      (7_000_000, "4000000|10000000|3000000|0|complete"), (6_000_000, "4000000|10000000|1000000|1|complete"),
    ] as [(UInt64, String)] {
      let told = try Self.row(deadline: 2_000_000) { one in
        [
          ToldStory.tell(moved, one, .replenished, nil, age: -7_000_000),
          ToldStory.tell(10_000_000, one, .complete, nil),
        ]
      }
      #expect(told == [row])
    }
  }

  /// However long a deadline is that was moved near: what is used of it may be more than the time since the boot.
  @Test func aLongDeadlineThatIsMovedNearIsMissed() throws {
    for (done, row) in [
      (12_000_000, "4000000|12000000|77000000|0|complete"), (9_000_000, "4000000|9000000|74000000|1|complete"),
    ] as [(UInt64, String)] {
      let told = try Self.row(period: 100_000_000, deadline: 75_000_000) { one in
        [
          ToldStory.tell(4_200_000, one, .replenished, nil, age: -6_000_000),
          ToldStory.tell(done, one, .complete, nil),
        ]
      }
      #expect(told == [row])
    }
  }

  /// It was not complete by its deadline, and never will be.
  @Test func whoIsStoppedBehindItsDeadlineHasMissedIt() throws {
    for (stopped, row) in [(6_000_001, "4000000|·|·|0|stopped"), (6_000_000, "4000000|·|·|·|stopped")]
      as [(UInt64, String)]
    {
      #expect(
        try Self.row(deadline: 2_000_000) { [ToldStory.tell(stopped, $0, .dormant, nil)] } == [row])
    }
    let moved = try Self.row(deadline: 2_000_000) { one in
      [
        ToldStory.tell(6_100_000, one, .replenished, nil, age: -7_000_000),
        ToldStory.tell(7_000_000, one, .dormant, nil),
      ]
    }
    #expect(moved == ["4000000|·|·|0|stopped"])
  }

  /// The trace ends, and a job is under way whose deadline has passed: `verify` fails it.
  @Test func whoIsUnderWayBehindItsDeadlineAtTheEndHasMissedIt() throws {
    for (end, row) in [(6_000_001, "4000000|·|·|0|·"), (6_000_000, "4000000|·|·|·|·")] as [(UInt64, String)] {
      #expect(try Self.row(deadline: 2_000_000) { [ToldStory.tell(end, $0, .ready, nil)] } == [row])
    }
    // A call that has no answer yet may tell that it was complete; one of another partition does not.
    for (caller, row) in [(1, "4000000|·|·|·|·"), (0, "4000000|·|·|0|·")] as [(UInt8, String)] {
      let rows = try Self.row(deadline: 2_000_000) { one in
        [Array(ToldStory.tell(6_000_001, one, .complete, nil, by: caller).prefix(1))]
      }
      #expect(rows == [row])
    }
    // Behind a loss nobody knows.
    let lost = try Self.row(deadline: 2_000_000) { one in
      [ToldStory.tell(4_200_000, one, .ready, nil), [SmallStory.event(7_000_000, .loss, 0xFF, .init(9))]]
    }
    #expect(lost == ["4000000|·|·|·|·"])
  }

  /// A job that has never begun gives way to the next one: `verify` takes it to be as late as that, and has no doubt
  /// that it would have missed its deadline only where that, too, has passed.
  @Test func whoGivesWayWithoutHavingBegunIsAsLateAsTheNext() throws {
    // The second job is released at 14 ms, and the third goes on at 28.1 ms, so long after its release at 24 ms.
    for (age, row) in [
      (-4_000_000, "18000000|·|·|·|stopped"), (-1_000_000, "15000000|·|·|0|late"),
    ] as [(Int64, String)] {
      let rows = try Self.row(deadline: 12_000_000) { one in
        [
          ToldStory.tell(4_200_000, one, .complete, nil), ToldStory.windowEnd(0), ToldStory.window(1),
          ToldStory.windowEnd(1), ToldStory.window(2), ToldStory.tell(28_100_000, nil, .dormant, one, age: age),
        ]
      }
      #expect(rows.dropFirst().first == row, "\(rows)")
    }
  }

  /// Where the deadline was moved the slice tells of the release, and of what was used of the deadline.
  @Test func noSliceTellsOfABeginningThatNeverWas() throws {
    let events =
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(4_100_000, nil, .dormant, ToldStory.fast.key)
      + ToldStory.tell(4_200_000, ToldStory.fast.key, .replenished, nil, age: -5_000_000)
      + ToldStory.tell(8_500_000, ToldStory.fast.key, .complete, nil)
    let contents = try PerfettoTests.contents(ToldStory.file(events))
    let notes = try #require(contents.annotations[""])
    #expect(notes.contains("responseNs=2500000") && !notes.contains { $0.hasPrefix("beganNs") }, "\(notes)")
  }

  /// Every row of a part is one of the whole, and those that are not over are there.
  @Test func aPartHasTheRowsThatAreNotOver() throws {
    let (folder, all) = try SQLiteTests.export(Self.trace)
    defer { withExtendedLifetime(folder) {} }
    for cut in stride(from: 4_000_000, to: 14_800_000, by: 173_000) as StrideTo<UInt64> {
      let (partFolder, part) = try SQLiteTests.export(Self.trace, from: cut)
      defer { withExtendedLifetime(partFolder) {} }
      for (table, end) in [("process_run", "to_ns"), ("activation", "completed_ns")] {
        let rows = try SQLiteTests.lines(part, "SELECT * FROM \(table)")
        let found = Set(rows)
        #expect(found.count == rows.count, "\(cut): \(rows)")
        let over = try SQLiteTests.lines(all, "SELECT * FROM \(table) WHERE \(end) < \(cut)")
        let lasting = try SQLiteTests.lines(all, "SELECT * FROM \(table) WHERE \(end) >= \(cut)")
        // Of who was late it is not said until when.
        let others = found.subtracting(lasting)
        #expect(found.isSuperset(of: lasting) && found.isDisjoint(with: over), "\(cut): \(found)")
        #expect(others.isSubset(of: try SQLiteTests.lines(all, "SELECT * FROM \(table) WHERE became = 'late'")))
      }
    }
  }

  /// Keys that a module does not have, states and ages without a meaning: told as they are.
  @Test func strangeTellsAreShownAsTheyAre() throws {
    var strange = ToldStory.tell(
      4_001_000, ProcessKey(rawValue: 0xBAD), .faulted, ProcessKey(rawValue: .max), age: .max)
    strange[0].words.w4 = 9
    let foreign = ToldStory.tell(4_002_000, nil, .ready, ToldStory.fast.key, age: -1, by: 0)
    let file = ToldStory.file([SmallStory.boot] + ToldStory.window(0) + strange + foreign)
    let (folder, database) = try SQLiteTests.export(file)
    defer { withExtendedLifetime(folder) {} }
    let fields = try SQLiteTests.lines(database, "SELECT fields FROM event WHERE kind = 3")
    #expect(fields[0].hasPrefix("call=tellProcess from=0xbad state=state 9 to=0xffffffff age=9223372036854775807ns "))
    let key = "0x" + String(ToldStory.fast.key.rawValue, radix: 16)
    #expect(fields[1].hasPrefix("call=tellProcess from=– to=\(key) delay=1ns "), "of another partition")
    #expect(try SQLiteTests.lines(database, "SELECT count(*) FROM process_run") == ["0"])
  }

  @Test(arguments: [11, 12, 13] as [UInt64]) func everyFormatBearsNonsense(seed: UInt64) throws {
    let trace = ExportedProcessTests.nonsense(seed: seed)
    for (track, lines) in try PerfettoTests.contents(trace).lines {
      var depth = 0
      for line in lines {
        let phase = line.split(separator: " ")[1]
        depth += phase == "B" ? 1 : phase == "E" ? -1 : 0
        #expect(depth >= 0, "\(track), seed \(seed)")
      }
      #expect(depth == 0, "\(track), seed \(seed)")
    }
    let waves = try VCDTests.waves(trace)
    let wires = waves.changes.keys.filter { $0.contains(".process_") }
    #expect(wires.count == 4)
    for (time, _) in wires.flatMap({ waves.changes[$0] ?? [] }) {
      #expect(wires.count { waves.value($0, at: time) == "1" } <= 1, "at \(time), seed \(seed)")
    }
    let (folder, database) = try SQLiteTests.export(trace)
    defer { withExtendedLifetime(folder) {} }
    #expect(try SQLiteTests.lines(database, "SELECT count(*) FROM process_run WHERE to_ns < from_ns") == ["0"])
  }
}

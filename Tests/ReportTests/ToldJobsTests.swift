import ModuleConfiguration
import Testing
import TraceDamage
import TraceFormat

@testable import Report

/// Jobs and runs of processes of which a scheduler tells, as the picture draws them.
@Suite struct ToldJobsTests {
  private static let processes: [(name: String, period: UInt64)] = [
    ("one", 10_000_000), ("two", 20_000_000), ("any", 0),
  ]
  private static let table = ProcessJobsTests.table(processPeriod: 10_000_000, told: processes)

  /// - Parameters:
  ///   - from: number of a process as in `processes`; −1 for none.
  private static func tell(_ time: UInt64, _ from: Int, _ state: UInt64, _ to: Int, age: Int64 = 0) -> [TraceEvent] {
    let keys = [from, to].map { index -> UInt64 in
      guard index >= 0 else { return 0 }
      return UInt64(Array(processes[index].name.utf8).withUnsafeBytes { ProcessKey(name: $0) }.rawValue)
    }
    let call = UInt32(HypercallNumber.tellProcess.rawValue)
    return [
      TraceEvent(
        time: time, .hypercall, partition: 0, operand: call,
        words: .init(0, 0, 0, keys[0] | keys[1] << 32, state, UInt64(bitPattern: age))),
      TraceEvent(time: time, .hypercallResult, partition: 0, operand: call),
    ]
  }

  private static func window(_ number: UInt64) -> [TraceEvent] {
    let start = number * 10_000_000
    return [
      TraceEvent(
        time: start - min(start, 500), .windowStart, partition: 0, operand: UInt32(number % 2), words: .init(start)),
      TraceEvent(time: start - min(start, 400), .partitionSwitch, partition: 0, detail: 0xFF, words: .init(start)),
    ]
  }

  private static func away(_ time: UInt64) -> [TraceEvent] {
    [TraceEvent(time: time, .partitionSwitch, partition: 0xFF, detail: 0)]
  }

  /// Process 1 in both windows; 2 is cut by the end of the first and preempted in the second.
  private static let events =
    window(0) + tell(1000, -1, 0, 0) + tell(500_000, 0, 5, 1) + away(1_900_000) + window(1)
    + tell(10_001_000, 1, 1, 0) + tell(10_300_000, 0, 5, 1, age: 10_000_000) + tell(10_600_000, 1, 5, 2, age: .min)
    + tell(10_700_000, 2, 3, -1)
    + [TraceEvent(time: 10_800_000, .hypercall, partition: 0, operand: UInt32(HypercallNumber.yield.rawValue))]

  private static func gathered(_ events: [TraceEvent]) throws -> (jobs: [[UInt64]], runs: [[UInt64]]) {
    try table.withUnsafeBytes { bytes in
      var jobs = ProcessJobs(try ModuleTable(bytes))
      var (told, runs): ([[UInt64]], [[UInt64]]) = ([], [])
      for event in events {
        told += jobs.consume(event).map { [UInt64($0.process), $0.release, $0.end] }
        runs += jobs.ended.map { [UInt64($0.process), $0.from, $0.to] }
      }
      return (told, runs)
    }
  }

  @Test func aJobIsCompleteWhenItIsTold() throws {
    let (jobs, runs) = try Self.gathered(Self.events)
    // The first process is not, by the next release.
    #expect(
      jobs == [
        [1, 0, 500_000], [0, 0, 9_999_500], [1, 10_000_000, 10_300_000], [2, 0, 10_600_000],
        [0, 10_000_000, 10_800_000],
      ])
    #expect(
      runs == [
        [1, 1000, 500_000], [2, 500_000, 1_900_000], [2, 10_000_000, 10_001_000], [1, 10_001_000, 10_300_000],
        [2, 10_300_000, 10_600_000], [3, 10_600_000, 10_700_000],
      ])
  }

  /// It has a mark of its own there: who never completes would else be drawn as one that has no jobs.
  @Test func aJobThatIsLateIsOnThePage() throws {
    let (page, count) = try Self.table.withUnsafeBytes { bytes in
      let table = try ModuleTable(bytes)
      // Process 1 has not completed when it is released anew, which is its deadline too.
      let events = Self.window(0) + Self.tell(1000, -1, 0, 0) + Self.away(1_900_000) + Self.window(1)
      var detail = DetailCollector(DetailPlan(evidence: [], lastPosition: 100), table)
      detail.add(.events(firstPosition: 0, events))
      var page: [UInt8] = []
      detail.append(to: &page)
      var timeline = TimelineRecorder(table)
      timeline.add(.events(firstPosition: 0, events))
      let lane = try #require(timeline.lanes.firstIndex { $0.group == .process && $0.subject == 1 })
      return (String(decoding: page, as: UTF8.self), timeline.cells.lanes[lane].reduce(0, +))
    }
    #expect(page.contains("[1,0,9999500,1]"), "\(page)")
    #expect(count == 1)
  }

  /// Its bar begins where it was released, whatever became of its deadline; that is on the page where it was moved: the
  /// one that it missed, if it did.
  @Test func aMovedDeadlineIsOnThePage() throws {
    for (moved, due) in [(9_000_000, 12_000_000), (11_000_000, 10_000_000)] as [(UInt64, UInt64)] {
      // Process 2, whose deadline is its period of 20 ms, gets one at 10 ms, and then one at 12 ms.
      let events =
        Self.window(0) + Self.tell(1000, -1, 0, 1) + Self.tell(2000, 1, 7, -1, age: -10_000_000)
        + Self.tell(moved, 1, 7, -1, age: -12_000_000) + Self.tell(14_000_000, 1, 5, -1)
      let page = try Self.table.withUnsafeBytes { bytes in
        var detail = DetailCollector(DetailPlan(evidence: [], lastPosition: 100), try ModuleTable(bytes))
        detail.add(.events(firstPosition: 0, events))
        var page: [UInt8] = []
        detail.append(to: &page)
        return String(decoding: page, as: UTF8.self)
      }
      #expect(page.contains("[2,0,14000000,0,\(due)]"), "\(moved): \(page)")
    }
  }

  @Test func aGapForgetsWhoRuns() throws {
    let loss = TraceEvent(time: 600_000, .loss, partition: 0xFF, words: .init(3))
    let (jobs, runs) = try Self.gathered(Array(Self.events[..<6]) + [loss] + Array(Self.events[6...]))
    // Where the period is known again who runs is told, and with it of which job.
    #expect(
      jobs == [[1, 0, 500_000], [1, 10_000_000, 10_300_000], [2, 0, 10_600_000], [0, 10_000_000, 10_800_000]])
    #expect(
      runs == [
        [1, 1000, 500_000], [1, 10_001_000, 10_300_000], [2, 10_300_000, 10_600_000], [3, 10_600_000, 10_700_000],
      ])
  }

  /// The page's stretches have the runs that end in them, and the one that goes on as far as they reach.
  @Test(arguments: [6, 10] as [UInt64]) func aRegionHasItsRuns(last: UInt64) throws {
    let text = try Self.table.withUnsafeBytes { bytes in
      var detail = DetailCollector(DetailPlan(evidence: [], lastPosition: last), try ModuleTable(bytes))
      detail.add(.events(firstPosition: 0, Self.events))
      var page: [UInt8] = []
      detail.append(to: &page)
      return String(decoding: page, as: UTF8.self)
    }
    let runs = "[1,1000,500000],[2,500000,1900000]" + (last == 6 ? "" : ",[2,10000000,10001000]")
    #expect(text.contains("\"runs\":[\(runs)]"), "\(text)")
    #expect(text.contains("call=tellProcess from=one state=complete to=two age=0ns"))
    let open = try Self.table.withUnsafeBytes { bytes in
      var detail = DetailCollector(DetailPlan(evidence: [], lastPosition: 6), try ModuleTable(bytes))
      let timer = TraceEvent(time: 700_000, .timer, partition: 0)
      detail.add(.events(firstPosition: 0, Self.events[..<6] + [timer]))
      var page: [UInt8] = []
      detail.append(to: &page)
      return String(decoding: page, as: UTF8.self)
    }
    #expect(open.contains("\"runs\":[[1,1000,500000],[2,500000,700000]]"), "\(open)")
  }

  /// Who runs has a row, though it has no jobs: it is seen by its runs. The others' jobs are counted.
  @Test func whoHasNoReleasesHasARow() throws {
    let (lanes, counts) = try Self.table.withUnsafeBytes { bytes in
      var timeline = TimelineRecorder(try ModuleTable(bytes))
      timeline.add(.events(firstPosition: 0, Self.events))
      let lanes = timeline.lanes.indices.filter { timeline.lanes[$0].group == .process }
        .sorted { timeline.lanes[$0].subject < timeline.lanes[$1].subject }
      return (lanes.map { timeline.lanes[$0].subject }, lanes.map { timeline.cells.lanes[$0].reduce(0, +) })
    }
    #expect(lanes == [0, 1, 2, 3])
    // By the table: the first process's partition is late once and complete once; of the others one's jobs end twice,
    // two's once, and any runs once.
    #expect(counts == [2, 2, 1, 1])
  }
}

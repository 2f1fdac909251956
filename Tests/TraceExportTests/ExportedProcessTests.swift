import ModuleConfiguration
import StoredTraces
import TestSeeds
import Testing
import TraceExport
import TraceFormat
import TraceReading

/// Processes of which schedulers tell: their jobs, and when they have the processor.
@Suite struct ExportedProcessTests {
  /// What is told of processes, but for number 0, which completes by yields.
  private static func lines(
    _ events: [TraceEvent], _ processes: [ToldStory.Process] = ToldStory.all, from: UInt64 = 0
  ) throws -> [String] {
    try TimelineTests.lines(ToldStory.file(events, processes), from: from).filter {
      $0.contains(" process ") && !$0.contains(" process 0 ")
    }
  }

  @Test func twoFramesByHeart() throws {
    #expect(
      try Self.lines(ToldStory.frames) == [
        // Followed from where it first gets the processor, its partition's period having begun before.
        "4001000 process 1 released for 4000000", "4001000 process 1 runs from 4001000",
        "4500000 process 1 ran 4001000 to 4500000, complete", "4500000 process 1 completed, released at 4000000",
        "4500000 process 2 released for 4000000", "4500000 process 2 runs from 4500000",
        "5999900 process 2 ran 4500000 to 5999900, cut",
        // The period of 20 ms is not over. It goes on where the window starts.
        "13999900 process 1 released for 14000000", "14000000 process 2 runs from 14000000",
        "14001000 process 2 ran 14000000 to 14001000, ready", "14001000 process 1 runs from 14001000",
        "14300000 process 1 ran 14001000 to 14300000, complete", "14300000 process 1 completed, released at 14000000",
        "14300000 process 2 runs from 14300000",
        "14600000 process 2 ran 14300000 to 14600000, complete", "14600000 process 2 completed, released at 4000000",
        "14600000 process 3 runs from 14600000", "14700000 process 3 ran 14600000 to 14700000, waiting",
      ])
  }

  /// A yield completes those of which nothing is told, and a tell those of which it is.
  @Test func yieldsAndTellsAreForDifferentProcesses() throws {
    let own = Array(SmallModule.processName.utf8).withUnsafeBytes { ProcessKey(name: $0) }
    let events =
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(4_100_000, nil, .dormant, own)
      + ToldStory.tell(4_200_000, own, .complete, ToldStory.fast.key) + ToldStory.yield(4_300_000)
    let all = try TimelineTests.lines(ToldStory.file(events)).filter { $0.contains(" process ") }
    #expect(
      all == [
        "3999900 process 0 released for 4000000", "4200000 process 1 released for 4000000",
        "4200000 process 1 runs from 4200000", "4300000 process 1 ran 4200000 to 4300000, cut",
        "4300000 process 0 completed, released at 4000000",
      ])
  }

  /// Released 5 ms after its period's start, a job may run into the next period.
  @Test func aDelayedJobIsWaitedFor() throws {
    func jobs(deadline: UInt64, _ last: [TraceEvent]) throws -> [String] {
      let late = ToldStory.Process("late", period: 10_000_000, deadline: deadline)
      let first =
        [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(9_100_000, nil, .dormant, late.key, age: -5_000_000)
      return try Self.lines(first + ToldStory.window(1) + last, [late]).filter { !$0.contains(" ran ") }
        .filter { !$0.contains(" runs ") }
    }
    let key = ToldStory.Process("late", period: 1).key
    let last =
      ToldStory.tell(15_000_000, key, .complete, nil) + ToldStory.tell(19_200_000, nil, .dormant, key, age: -5_000_000)
      + ToldStory.tell(20_000_000, key, .complete, nil)
    let begun = ["9100000 process 1 released for 4000000", "9100000 process 1 began at 9000000"]
    let ended = ["19200000 process 1 began at 19000000", "20000000 process 1 completed, released at 19000000"]
    #expect(
      try jobs(deadline: 9_000_000, last) == begun + [
        "15000000 process 1 completed, released at 9000000", "15000000 process 1 released for 14000000",
      ] + ended)
    // No time is left for it, and what is told complete at 15 ms is not the job that was released last.
    #expect(
      try jobs(deadline: 4_000_000, last) == begun + [
        "13999900 process 1 late, released at 9000000", "13999900 process 1 released for 14000000",
      ] + ended)
    // Nobody says that it is over while it has time.
    #expect(try jobs(deadline: 90_000_000, ToldStory.window(2)) == begun)
  }

  /// Released 5 ms after its period's start, a job whose turn comes in the next period is that period's before.
  @Test func aJobMayBeginInThePeriodAfterItsRelease() throws {
    let late = ToldStory.Process("late", period: 10_000_000, deadline: 9_000_000)
    let events =
      [SmallStory.boot] + ToldStory.window(0) + ToldStory.window(1)
      + ToldStory.tell(14_100_000, nil, .dormant, late.key, age: 5_000_000)
      + ToldStory.tell(14_500_000, late.key, .complete, nil) + ToldStory.window(2)
      + ToldStory.tell(24_100_000, nil, .dormant, late.key, age: 5_000_000)
      + ToldStory.tell(24_600_000, late.key, .complete, nil)
    let lines = try Self.lines(events, [late]).filter { !$0.contains(" ran ") && !$0.contains(" runs ") }
    #expect(
      lines == [
        "14100000 process 1 released for 4000000", "14100000 process 1 began at 9000000",
        "14500000 process 1 completed, released at 9000000", "14500000 process 1 released for 14000000",
        "24100000 process 1 began at 19000000", "24600000 process 1 completed, released at 19000000",
        "24600000 process 1 released for 24000000",
      ])
  }

  @Test func whoIsStoppedIsNotComplete() throws {
    let (fast, slow) = (ToldStory.fast.key, ToldStory.slow.key)
    let begin = [SmallStory.boot] + ToldStory.window(0) + ToldStory.tell(4_100_000, nil, .dormant, fast)
    // One that has the processor stops another one and goes on. Nobody releases that one any more.
    let other = ToldStory.tell(4_200_000, fast, .ready, slow) + ToldStory.tell(4_300_000, fast, .dormant, slow)
    #expect(
      try Self.lines(begin + other + ToldStory.window(1)).dropFirst(2) == [
        "4200000 process 1 ran 4100000 to 4200000, ready", "4200000 process 2 released for 4000000",
        "4200000 process 2 runs from 4200000", "4300000 process 1 stopped, released at 4000000",
        "13999900 process 2 ran 4200000 to 13999900, cut",
      ])
    for event in [
      SmallStory.event(4_400_000, .modeChange, 1, detail: 0, operand: 3),
      SmallStory.event(4_400_000, .restart, 1, detail: 1, operand: 4),
    ] {
      let lines = try Self.lines(begin + [event] + ToldStory.window(1))
      #expect(
        lines.suffix(2) == [
          "4400000 process 1 ran 4100000 to 4400000, stopped", "4400000 process 1 stopped, released at 4000000",
        ])
    }
  }

  @Test func aGapEndsRunsAndJobsWithoutAnEnd() throws {
    let loss = [SmallStory.event(4_600_000, .loss, 0xFF, .init(9))]
    let (fast, slow) = (ToldStory.fast.key, ToldStory.slow.key)
    let lossy =
      Array(ToldStory.frames[..<7]) + loss + ToldStory.tell(4_700_000, fast, .ready, slow) + ToldStory.windowEnd(0)
      + ToldStory.window(1) + ToldStory.tell(14_100_000, slow, .complete, fast)
    let lines = try Self.lines(lossy)
    #expect(
      lines.suffix(from: 6) == [
        // When the period began is not known: the job is none to judge, but who runs is told.
        "4700000 process 2 runs from 4700000", "5999900 process 2 ran 4700000 to 5999900, cut",
        "14000000 process 2 runs from 14000000", "14100000 process 2 ran 14000000 to 14100000, complete",
        "14100000 process 1 released for 14000000", "14100000 process 1 runs from 14100000",
      ])
  }

  @Test func aPartBeginsAmidARun() throws {
    func open(_ from: UInt64) throws -> [String] { try Self.lines(ToldStory.frames, from: from) }
    #expect(
      try open(5_000_000).prefix(3) == [
        "5000000 process 2 released for 4000000", "5000000 process 2 runs from 4500000",
        "5999900 process 2 ran 4500000 to 5999900, cut",
      ])
    // Between the windows it has a job, and not the processor.
    #expect(
      try open(8_000_000).prefix(2) == [
        "8000000 process 2 released for 4000000", "13999900 process 1 released for 14000000",
      ])
    // The window has begun, and its start is waited for.
    #expect(try open(13_999_990).dropFirst(2).first == "14000000 process 2 runs from 14000000")
    #expect(try open(14_000_500).dropFirst(2).first == "14000500 process 2 runs from 14000000")
    let ended = try export(ToldStory.file(ToldStory.frames), from: 13_999_990, to: 14_000_500) { _ in Recorder() }
    #expect(ended.changes.contains { $0.change == .runs(ProcessRun(process: 2, from: 14_000_000)) })
  }

  /// What is told counts from its call on, if that succeeds.
  @Test func aCallThatFailsTellsNothing() throws {
    let fast = ToldStory.fast.key
    let begin = [SmallStory.boot] + ToldStory.window(0)
    for status in [0, 1, 6] as [UInt8] {
      let lines = try Self.lines(begin + ToldStory.tell(4_100_000, nil, .dormant, fast, status: status))
      #expect(lines.isEmpty == (status != 0))
    }
    let told = ToldStory.tell(4_100_000, nil, .dormant, fast)
    let timer = SmallStory.entry(4_200_000, .timer, 1, what: 0xEF, after: 0)
    #expect(try Self.lines(begin + [told[0], timer, told[1]]).isEmpty)
    let slow = ToldStory.tell(4_200_000, fast, .complete, nil, answered: 4_200_700)
    let completed = try export(ToldStory.file(begin + told + slow)) { _ in Recorder() }.changes.compactMap { told in
      if case .completed(1, let course, let instant) = told.change {
        [course.start, course.used, instant, told.time]
      } else {
        nil
      }
    }
    #expect(completed == [[4_000_000, 200_000, 4_200_000, 4_200_700] as [UInt64]])
  }

  /// Whatever schedulers tell: in order, one run at a time, and each within one job or outside of all.
  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64]) func whateverIsToldRunsLieWithinJobs(seed: UInt64) throws {
    let recorder = try export(Self.nonsense(seed: seed)) { _ in Recorder() }
    let times = recorder.changes.map(\.time)
    #expect(times == times.sorted(), "seed \(seed)")
    var running: Int?
    var count = 0
    for change in recorder.changes.map(\.change) {
      switch change {
      case .released(let process, _), .completed(let process, _, _), .late(let process, _), .stopped(let process, _):
        #expect(running != process && process <= ToldStory.all.count, "seed \(seed)")
      case .runs(let run):
        #expect(running == nil, "seed \(seed)")
        (running, count) = (run.process, count + 1)
      case .runsNoLonger(let run, _, let end):
        #expect(running == run.process && run.from <= end, "seed \(seed)")
        running = nil
      case .forgotten: running = nil
      default: break
      }
    }
    #expect(count > 50, "seed \(seed)")
  }

  /// Tells of all kinds amid windows, switches, stops and losses, with keys that are right, foreign, equal or none.
  static func nonsense(seed: UInt64) -> [UInt8] {
    var generator = SeededGenerator(seed: seed)
    func pick<Element>(_ elements: [Element]) -> Element { elements.randomElement(using: &generator)! }
    let own = Array(SmallModule.processName.utf8).withUnsafeBytes { ProcessKey(name: $0) }
    let keys =
      ToldStory.all.map(\.key) + ToldStory.all.map(\.key) + [own, ProcessKey.none, ProcessKey(rawValue: 0xBAD)]
    var events = [SmallStory.boot]
    var time: UInt64 = 4_000_000
    for _ in 0..<1200 {
      time += UInt64.random(in: 0...400_000, using: &generator)
      // Now and then a clock that goes backwards.
      if Int.random(in: 0..<50, using: &generator) == 0 { time -= 300_000 }
      let start = pick([time, time + 1000, time + 100_000, 0, .max])
      switch Int.random(in: 0..<12, using: &generator) {
      case 0..<6:
        let ages: [Int64] = [0, 0, 0, 10_000_000, -100_000, .min, .max, -1]
        events += ToldStory.tell(
          time, pick(keys), pick([.dormant, .ready, .waiting, .faulted, .complete, .complete]), pick(keys),
          age: pick(ages), by: pick([1, 1, 1, 1, 0]), answered: pick([time, time, time + 500]),
          status: pick([0, 0, 0, 0, 1]))
      case 6:
        events.append(
          SmallStory.event(time, .windowStart, pick([1, 1, 0]), operand: pick([1, 1, 0, 9]), .init(start)))
      case 7: events.append(SmallStory.event(time, .windowEnd, pick([0, 1]), operand: 1))
      case 8, 9: events.append(SmallStory.event(time, .partitionSwitch, pick([1, 1, 0, 255]), detail: 1, .init(start)))
      case 10: events.append(SmallStory.entry(time, .hypercall, 1, what: SmallStory.yield, after: 0))
      default:
        let kind = pick([EventKind.restart, .initialised, .initialised, .modeChange, .idle, .loss, .timer])
        events.append(SmallStory.event(time, kind, 1, detail: pick([0, 3]), operand: 1, .init(1)))
      }
    }
    return ToldStory.file(events, eventsPerBlock: 64)
  }
}

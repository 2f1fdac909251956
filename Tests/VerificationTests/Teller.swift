import ModuleConfiguration
import TestSeeds
import TraceFormat

/// A partition's own scheduler in the simulated world: it tells of its processes at random, and keeps their deadlines
/// where its windows let it.
struct Teller {
  struct Process {
    var key: ProcessKey
    var period: UInt64
    var deadline: UInt64
    /// Whether it is told of; else its jobs are complete when its partition yields.
    var isTold: Bool
    /// It has had the processor since its partition's start, or since it was stopped.
    var isFollowed = false
    var lastRelease: UInt64?
    var job: Job?
    /// A release that waits for the job.
    var pending: UInt64?
  }
  struct Job {
    var release: UInt64
    /// From where its deadline counts.
    var begin: UInt64
    var isBegun = false
    /// Where it was given another deadline.
    var moved: UInt64?
  }
  /// The window that its partition is in.
  struct Window: Equatable {
    var period: UInt64
    var end: UInt64
    /// The start of its next one.
    var next: UInt64
  }
  enum Deed {
    case tell(ProcessTelling)
    case yield
    /// Nothing that has to do with processes.
    case other
  }
  private var processes: [Process]
  private var current: Int?
  private var period: UInt64?

  init(of partition: Int, _ table: ModuleTable) {
    processes = []
    for index in 0..<table.count(ProcessRecord.self) {
      let record = table.record(ProcessRecord.self, index)
      guard Int(record.partition.rawValue) == partition else { continue }
      processes.append(
        Process(
          key: ProcessKey(name: table.name(record.name)), period: record.period.count, deadline: record.deadline.count,
          isTold: record.completion == .told))
    }
  }

  private func random(_ most: Int, _ generator: inout SeededGenerator) -> Int {
    Int.random(in: 0...most, using: &generator)
  }

  /// What its partition does next.
  mutating func deed(at now: UInt64, in window: Window, _ generator: inout SeededGenerator) -> Deed {
    if period != window.period { begin(window.period, &generator) }
    if processes.indices.contains(where: { isUrgent($0, now, window) }) {
      // A yield completes none of what is told of, and ends the window for it.
      guard let next = processes.indices.first(where: { processes[$0].isTold && mustComplete($0, window) }) else {
        return giveUp()
      }
      return current == next && processes[next].job!.isBegun
        ? complete(now, &generator) : dispatch(next, at: now, &generator)
    }
    switch random(11, &generator) {
    case 0...2: return dispatch(nil, at: now, &generator)
    case 3...4: return complete(now, &generator)
    case 5 where random(9, &generator) == 0: return stop()
    case 6: return .tell(noise(&generator))
    case 8 where random(1, &generator) == 0: return start(&generator)
    case 9: return move(now, window, &generator)
    case 7 where !processes.indices.contains { processes[$0].isTold && mustComplete($0, window) }: return giveUp()
    default: return .other
    }
  }

  // MARK: Jobs

  private mutating func begin(_ period: UInt64, _ generator: inout SeededGenerator) {
    self.period = period
    for index in processes.indices {
      let process = processes[index]
      let isFollowed = process.isFollowed || !process.isTold
      if isFollowed, let last = process.lastRelease, period - last < process.period { continue }
      processes[index].lastRelease = period
      if let job = process.job, job.isBegun, job.begin > job.release, job.begin + process.deadline > period {
        processes[index].pending = period
      } else {
        release(index, at: period)
        let delay = random(2, &generator) == 0 ? UInt64(random(900_000, &generator)) : 0
        processes[index].job?.begin += delay
      }
    }
  }

  private mutating func release(_ index: Int, at instant: UInt64) {
    processes[index].job = Job(release: instant, begin: instant)
    processes[index].pending = nil
  }

  private mutating func end(_ index: Int) {
    processes[index].job = nil
    if let pending = processes[index].pending { release(index, at: pending) }
  }

  /// Its deadline is over before its partition has another window, or soon after that begins.
  private func mustComplete(_ index: Int, _ window: Window) -> Bool {
    let process = processes[index]
    guard let job = process.job else { return false }
    if let moved = job.moved { return moved < window.next + 450_000 }
    return (process.isTold && job.isBegun ? job.begin : job.release) + process.deadline < window.next + 450_000
  }

  private func isUrgent(_ index: Int, _ now: UInt64, _ window: Window) -> Bool {
    guard mustComplete(index, window), let job = processes[index].job else { return false }
    let deadline = job.moved ?? job.release + processes[index].deadline
    return now + 1_300_000 > window.end || deadline < now + 1_300_000
  }

  // MARK: Deeds

  private mutating func giveUp() -> Deed {
    for index in processes.indices where !processes[index].isTold { end(index) }
    return .yield
  }

  private var currentKey: ProcessKey { current.map { processes[$0].key } ?? .none }

  /// Who is told of, and has a job that may have begun.
  private func ready(at now: UInt64) -> [Int] {
    processes.indices.filter { index in
      processes[index].isTold && processes[index].job.map { $0.begin <= now } ?? false
    }
  }

  /// A process gets the processor: this one, or any with a job that may have begun.
  private mutating func dispatch(_ asked: Int?, at now: UInt64, _ generator: inout SeededGenerator) -> Deed {
    guard let next = asked ?? ready(at: now).randomElement(using: &generator) else { return .other }
    let (from, state) = (currentKey, [ProcessTelling.State.ready, .waiting, .faulted][random(2, &generator)])
    return .tell(tell(from, state, next, at: now))
  }

  private mutating func tell(_ from: ProcessKey, _ state: ProcessTelling.State, _ next: Int, at now: UInt64)
    -> ProcessTelling
  {
    current = next
    // Who is in a hurry does not put it off.
    let begin = min(processes[next].job!.begin, now)
    processes[next].job!.begin = begin
    processes[next].job!.isBegun = true
    processes[next].isFollowed = true
    return ProcessTelling(from: from, state, to: processes[next].key, age: Int64(period!) - Int64(begin))
  }

  private mutating func complete(_ now: UInt64, _ generator: inout SeededGenerator) -> Deed {
    guard let done = current else { return .other }
    // Of the processor's owner that has no job the judges make nothing.
    if processes[done].job?.isBegun == true { end(done) }
    let from = processes[done].key
    current = nil
    if let next = ready(at: now).randomElement(using: &generator), random(1, &generator) == 0 {
      return .tell(tell(from, .complete, next, at: now))
    }
    return .tell(ProcessTelling(from: from, .complete, to: .none))
  }

  private mutating func stop() -> Deed {
    guard let stopped = current else { return .other }
    (processes[stopped].job, processes[stopped].pending, current) = (nil, nil, nil)
    processes[stopped].isFollowed = false
    return .tell(ProcessTelling(from: processes[stopped].key, .dormant, to: .none))
  }

  /// Somebody who is not under way is started: released with his partition's next period.
  private mutating func start(_ generator: inout SeededGenerator) -> Deed {
    guard let next = processes.indices.first(where: { processes[$0].isTold && !processes[$0].isFollowed }) else {
      return .other
    }
    processes[next].isFollowed = true
    (processes[next].job, processes[next].pending, processes[next].lastRelease) = (nil, nil, nil)
    let delay = Int64(random(900_000, &generator))
    return .tell(ProcessTelling(from: .none, .started, to: processes[next].key, age: -delay))
  }

  /// The job under way has another deadline, in time to be kept in this window.
  private mutating func move(_ now: UInt64, _ window: Window, _ generator: inout SeededGenerator) -> Deed {
    guard let own = current, let job = processes[own].job, job.isBegun, let period else { return .other }
    let deadline = now + 1_400_000 + UInt64(random(3_000_000, &generator))
    guard deadline < window.next else { return .other }
    processes[own].job!.moved = deadline
    return .tell(
      ProcessTelling(from: processes[own].key, .replenished, to: .none, age: Int64(period) - Int64(deadline)))
  }

  /// Words of processes that nobody claims anything of, and of jobs that cannot be.
  ///
  /// Never of older jobs that are over: whoever has not read what went before could not tell that from the truth.
  private mutating func noise(_ generator: inout SeededGenerator) -> ProcessTelling {
    let from = currentKey
    if let own = processes.randomElement(using: &generator), random(1, &generator) == 0 {
      current = nil
      let ages: [Int64] = [.min, .min + 1, .max]
      return ProcessTelling(from: from, .ready, to: own.key, age: ages.randomElement(using: &generator)!)
    }
    current = nil
    let other = ProcessKey(rawValue: UInt32.random(in: 0...(.max), using: &generator))
    return ProcessTelling(from: from, .waiting, to: other, age: Int64(random(1000, &generator)))
  }
}

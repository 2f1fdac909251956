import APEXTypes
import ModuleConfiguration

/// What a recorded run tells of the deadlines by which partitions' own schedulers judge their processes.
///
/// A scheduler calls the health monitor where a deadline passes, and has it from its partition's code: nothing compares
/// it with the module file's. The run shows that it is no sooner than what a job has taken without such a call, nor
/// than what the timer was set to when the job got the processor; and a call that no deadline of the module file
/// explains shows that one of them is sooner.
struct DeadlineEvidence {
  /// A process with releases and a deadline, of which its scheduler tells.
  struct Process {
    var partition: Int
    var key: ProcessKey
    var name: String
    /// As the recorded module's file has them, ns.
    var period: UInt64
    var capacity: UInt64
    var deadline: UInt64
  }

  private struct Trial {
    /// When the job was released that is under way; nil for none.
    var release: UInt64?
    /// When the last one was.
    var latest: UInt64?
    /// The scheduler's deadline is no sooner after a release, ns.
    var proven: UInt64 = 0
    /// The longest span from a release to an instant for which the timer was set, and of which nobody knows what else
    /// was to come there, ns; and that instant.
    var unexplained: UInt64 = 0
    var target: UInt64 = 0
    var hasTimers = false
  }

  /// One partition.
  private struct Scheduler {
    var running: Int?
    var lastCall: UInt64?
    /// A call that no deadline has explained yet.
    var openCall: UInt64?
    var hasUnexplainedCalls = false
  }

  let processes: [Process]
  /// Who sees what the health monitor does about others.
  private(set) var readers = ErrorReaders()
  private var trials: [Trial]
  private var schedulers: [Scheduler]

  /// From what a scheduler does to where the trace tells of it, ns; twice what a prediction may be off.
  static let tolerance: UInt64 = 2000

  /// - Parameter table: the recorded module; nil for one without processes.
  init(_ table: ModuleTable?) {
    self.init(table.map(Self.processes) ?? [], partitionCount: table?.partitionCount ?? 0)
  }

  init(_ processes: [Process], partitionCount: Int) {
    self.processes = processes
    trials = Array(repeating: Trial(), count: processes.count)
    schedulers = Array(repeating: Scheduler(), count: partitionCount)
  }

  private static func processes(of table: ModuleTable) -> [Process] {
    (0..<table.count(ProcessRecord.self)).compactMap { index in
      let record = table.record(ProcessRecord.self, index)
      guard record.completion == .told, record.period.count > 0, record.deadline.count != .max else { return nil }
      let name = table.name(record.name)
      return Process(
        partition: Int(record.partition.rawValue), key: ProcessKey(name: name),
        name: String(decoding: name, as: UTF8.self), period: record.period.count, capacity: record.capacity.count,
        deadline: record.deadline.count)
    }
  }

  func index(of key: ProcessKey, in partition: Int) -> Int? {
    processes.firstIndex { $0.partition == partition && $0.key == key }
  }

  // MARK: What is recorded

  /// The partition starts: no job is under way.
  mutating func begin(_ partition: Int) {
    guard schedulers.indices.contains(partition) else { return }
    settle(partition)
    schedulers[partition].running = nil
    schedulers[partition].lastCall = nil
    for index in processes.indices where processes[index].partition == partition {
      (trials[index].release, trials[index].latest) = (nil, nil)
    }
  }

  /// A partition has called that.
  mutating func noteReading(_ deed: RecordedDeed, of partition: Int) {
    readers.note(deed, of: partition)
  }

  /// A partition has done this outside of upcalls' handlers.
  mutating func note(_ deed: RecordedDeed, of partition: Int) {
    guard !processes.isEmpty, schedulers.indices.contains(partition) else { return }
    if deed.tellsOfDeadline { return noteCall(of: partition, at: deed.instant) }
    if let telling = deed.telling { return note(telling, deed, of: partition) }
    if let instant = deed.timerInstant { noteTimer(instant, deed, of: partition) }
  }

  private mutating func noteCall(of partition: Int, at instant: UInt64) {
    settle(partition)
    schedulers[partition].lastCall = instant
    let isExplained = processes.indices.contains { index in
      processes[index].partition == partition && trials[index].release.map { isOver(index, $0, at: instant) } ?? false
    }
    if !isExplained { schedulers[partition].openCall = instant }
  }

  private mutating func settle(_ partition: Int) {
    if schedulers[partition].openCall != nil { schedulers[partition].hasUnexplainedCalls = true }
    schedulers[partition].openCall = nil
  }

  private func isOver(_ index: Int, _ release: UInt64, at instant: UInt64) -> Bool {
    instant >= release && instant - release >= processes[index].deadline
  }

  private mutating func note(_ telling: ProcessTelling, _ deed: RecordedDeed, of partition: Int) {
    if let left = index(of: telling.from, in: partition), telling.state == .complete || telling.state == .dormant {
      if telling.state == .complete { prove(left, until: deed.instant) }
      trials[left].release = nil
    }
    schedulers[partition].running = nil
    guard let next = index(of: telling.to, in: partition), let period = deed.period,
      telling.age != ProcessTelling.aperiodic
    else { return }
    let release = period.start &- UInt64(bitPattern: telling.age)
    guard release <= deed.instant else { return }
    (trials[next].release, trials[next].latest) = (release, release)
    schedulers[partition].running = next
    explainTimers(by: next)
    if let call = schedulers[partition].openCall, isOver(next, release, at: call) {
      schedulers[partition].openCall = nil
    }
    prove(next, until: deed.instant)
  }

  /// The job has not been late until `instant`.
  private mutating func prove(_ index: Int, until instant: UInt64) {
    guard let release = trials[index].release, instant > release else { return }
    if let call = schedulers[processes[index].partition].lastCall, call >= release { return }
    trials[index].proven = max(trials[index].proven, instant - release)
  }

  /// A scheduler sets its timer no later than to the first deadline.
  private mutating func noteTimer(_ instant: UInt64, _ deed: RecordedDeed, of partition: Int) {
    guard let index = schedulers[partition].running, let release = trials[index].release, instant > release
    else { return }
    trials[index].hasTimers = true
    prove(index, until: instant)
    // Whether a period of the partition begins then, or another of its processes is released or has its deadline.
    guard instant - release > trials[index].unexplained, deed.period?.phase(of: instant) != 0,
      !processes.indices.contains(where: { $0 != index && explains(instant, by: $0, beside: index) })
    else { return }
    (trials[index].unexplained, trials[index].target) = (instant - release, instant)
  }

  private func explains(_ instant: UInt64, by other: Int, beside own: Int) -> Bool {
    let process = processes[other]
    guard process.partition == processes[own].partition, let latest = trials[other].latest else { return false }
    func isAt(_ first: UInt64) -> Bool { (max(instant, first) - min(instant, first)) % process.period == 0 }
    return isAt(latest) || isAt(latest &+ process.deadline)
  }

  /// Before a process's first job nobody knows when it is released.
  private mutating func explainTimers(by other: Int) {
    for index in processes.indices where index != other && trials[index].unexplained > 0 {
      if explains(trials[index].target, by: other, beside: index) { trials[index].unexplained = 0 }
    }
  }

  // MARK: What it comes to

  /// Where a scheduler may take a job for late, ns from its release.
  struct Limit {
    var span: UInt64
    /// A job that takes longer may be late: a little less than the deadline, a little more than what was in time.
    var doubtful: UInt64
    /// It is the module file's deadline.
    var isDeclared = false
  }

  /// The sooner the less is known; nil where the scheduler takes no job for late.
  func limit(of index: Int) -> Limit? {
    let (process, trial, scheduler) = (processes[index], trials[index], schedulers[processes[index].partition])
    let isTimed = trial.unexplained > 0 && trial.unexplained &+ Self.tolerance >= trial.proven
    let proven = Limit(
      span: trial.proven, doubtful: isTimed ? trial.proven - min(trial.proven, Self.tolerance) : trial.proven + 200)
    if scheduler.hasUnexplainedCalls || scheduler.openCall != nil { return proven }
    if trial.proven > process.deadline &+ Self.tolerance { return trial.hasTimers ? proven : nil }
    let isConfirmed = trial.proven &+ Self.tolerance >= process.deadline
    if !isConfirmed, isTimed { return proven }
    // Who names both alike has given the scheduler the capacity for a deadline.
    let isCapacity = !isConfirmed && process.capacity > trial.proven && process.capacity < process.deadline
    let span = isCapacity ? process.capacity : process.deadline
    return Limit(span: span, doubtful: span - min(span, Self.tolerance), isDeclared: !isCapacity)
  }
}

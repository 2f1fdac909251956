import APEXTypes
import ModuleConfiguration

/// What a recorded run tells of the deadlines by which partitions' own schedulers judge their processes.
///
/// A scheduler calls the health monitor where a deadline passes, and has it from its partition's code: nothing compares
/// it with the module file's. The run shows that it is no sooner than what a job has taken without such a call, nor
/// than what the timer was set to when the job got the processor; and a call that no deadline of the module file
/// explains shows that one of them is sooner.
struct DeadlineEvidence {
  /// A process of which its scheduler tells.
  struct Process {
    var partition: Int
    var key: ProcessKey
    var name: String
    /// As the recorded module's file has them, ns; 0 for none.
    var period: UInt64
    var capacity: UInt64
    /// Nil where the file has none: the scheduler may have one all the same.
    var deadline: UInt64?
    /// The module file says that its completion is told, so that its claim is judged by that.
    var isTold = true
    /// The file does not name it, or it has no releases: nobody knows where its deadlines are.
    var isOpen = false
    var isNamed = true
    /// Its scheduler has told that it has no period.
    var isAperiodic = false
  }

  /// What is told of in a partition.
  private struct Place: Hashable {
    var partition: Int
    var key: ProcessKey
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
    /// It has told of another deadline than that of its release (REPLENISH).
    var isMoved = false
  }

  /// One partition.
  private struct Scheduler {
    var running: Int?
    var lastCall: UInt64?
    /// A call that no deadline has explained yet.
    var openCall: UInt64?
    var hasUnexplainedCalls = false
    var hasCalls = false
    /// Processes that it tells of, and the module file does not name; the last one stands for all that come after it.
    var strangers = 0
    var rest: Int?
  }

  private(set) var processes: [Process]
  /// Who sees what the health monitor does about others.
  private(set) var readers = ErrorReaders()
  private var indices: [Place: Int] = [:]
  /// Those of the module file, which are followed once they are told of.
  private let declared: [Place: Process]
  private var trials: [Trial]
  private var schedulers: [Scheduler]

  /// From what a scheduler does to where the trace tells of it, ns; twice what a prediction may be off.
  static let tolerance: UInt64 = 2000

  /// A partition has no more processes (`partita_process.h`).
  private static let maximumStrangers = 32

  /// - Parameter table: the recorded module; nil for one without processes.
  init(_ table: ModuleTable?) {
    let all = table.map(Self.processes) ?? []
    self.init(
      all.filter { $0.isTold && !$0.isOpen }, partitionCount: table?.partitionCount ?? 0,
      declared: Dictionary(
        all.map { (Place(partition: $0.partition, key: $0.key), $0) }, uniquingKeysWith: { first, _ in first }))
  }

  init(_ processes: [Process], partitionCount: Int) {
    self.init(processes, partitionCount: partitionCount, declared: [:])
  }

  private init(_ processes: [Process], partitionCount: Int, declared: [Place: Process]) {
    self.processes = processes
    self.declared = declared
    trials = Array(repeating: Trial(), count: processes.count)
    schedulers = Array(repeating: Scheduler(), count: partitionCount)
    for (index, process) in processes.enumerated() {
      indices[Place(partition: process.partition, key: process.key)] = index
    }
  }

  private static func processes(of table: ModuleTable) -> [Process] {
    (0..<table.count(ProcessRecord.self)).map { index in
      let record = table.record(ProcessRecord.self, index)
      let name = table.name(record.name)
      // The module file has no times of one without releases; its scheduler may.
      return Process(
        partition: Int(record.partition.rawValue), key: ProcessKey(name: name),
        name: String(decoding: name, as: UTF8.self), period: record.period.count,
        capacity: record.capacity.count == .max ? 0 : record.capacity.count,
        deadline: record.deadline.count == .max ? nil : record.deadline.count, isTold: record.completion == .told,
        isOpen: record.period.count == 0)
    }
  }

  func index(of key: ProcessKey, in partition: Int) -> Int? {
    let place = Place(partition: partition, key: key)
    if let index = indices[place] { return index }
    guard !key.isNone, declared[place] == nil, schedulers.indices.contains(partition) else { return nil }
    return schedulers[partition].rest
  }

  /// A process is told of: it is followed from now on.
  private mutating func meet(_ key: ProcessKey, in partition: Int) {
    let place = Place(partition: partition, key: key)
    guard !key.isNone, indices[place] == nil, schedulers.indices.contains(partition) else { return }
    let process: Process
    if let known = declared[place] {
      process = known
    } else {
      guard schedulers[partition].strangers < Self.maximumStrangers else { return }
      schedulers[partition].strangers += 1
      if schedulers[partition].strangers == Self.maximumStrangers { schedulers[partition].rest = processes.count }
      process = Process(
        partition: partition, key: key, name: "process \(String(key.rawValue, radix: 16))", period: 0, capacity: 0,
        deadline: nil, isTold: false, isOpen: true, isNamed: false)
    }
    indices[place] = processes.count
    processes.append(process)
    trials.append(Trial())
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
    guard schedulers.indices.contains(partition) else { return }
    if deed.tellsOfDeadline { return noteCall(of: partition, at: deed.instant) }
    if let telling = deed.telling { return note(telling, deed, of: partition) }
    if let own = deed.replenishment.flatMap({ index(of: $0.from, in: partition) }) { trials[own].isMoved = true }
    if let instant = deed.timerInstant { noteTimer(instant, deed, of: partition) }
  }

  private mutating func noteCall(of partition: Int, at instant: UInt64) {
    settle(partition)
    schedulers[partition].lastCall = instant
    schedulers[partition].hasCalls = true
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
    guard let deadline = processes[index].deadline, !processes[index].isOpen else { return false }
    return instant >= release && instant - release >= deadline
  }

  private mutating func note(_ telling: ProcessTelling, _ deed: RecordedDeed, of partition: Int) {
    meet(telling.from, in: partition)
    meet(telling.to, in: partition)
    if let left = index(of: telling.from, in: partition), telling.state == .complete || telling.state == .dormant {
      if telling.state == .complete { prove(left, until: deed.instant) }
      trials[left].release = nil
    }
    schedulers[partition].running = nil
    if telling.age == ProcessTelling.aperiodic, let next = index(of: telling.to, in: partition) {
      (processes[next].isOpen, processes[next].isAperiodic) = (true, true)
    }
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
    // Who has no deadline may set it to the end of time.
    let instant = min(instant, RecordedDemand.latest)
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
    func isAt(_ first: UInt64) -> Bool {
      let distance = max(instant, first) - min(instant, first)
      return process.period > 0 ? distance % process.period == 0 : distance == 0
    }
    return isAt(latest) || process.deadline.map { isAt(Self.sum(latest, $0)) } ?? false
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

  /// The sooner the less is known; nil where the scheduler takes no job for late, or nothing is known of its deadline.
  func limit(of index: Int) -> Limit? {
    let (process, trial, scheduler) = (processes[index], trials[index], schedulers[processes[index].partition])
    guard !process.isOpen else { return nil }
    let isTimed = trial.unexplained > 0 && Self.sum(trial.unexplained, Self.tolerance) >= trial.proven
    let proven = Limit(
      span: trial.proven,
      doubtful: isTimed ? trial.proven - min(trial.proven, Self.tolerance) : Self.sum(trial.proven, 200))
    if trial.isMoved { return proven }
    guard let deadline = process.deadline else { return undeclared(process, trial, proven, isTimed: isTimed) }
    let isPassed = trial.proven > Self.sum(deadline, Self.tolerance)
    // A scheduler that never calls, nor sets a timer, judges nobody. Where one does, a deadline that was passed may
    // have been moved that once (REPLENISH).
    if isPassed, !scheduler.hasCalls, !trial.hasTimers { return nil }
    if isPassed { return Limit(span: deadline, doubtful: deadline - min(deadline, Self.tolerance)) }
    if scheduler.hasUnexplainedCalls || scheduler.openCall != nil { return proven }
    let isConfirmed = Self.sum(trial.proven, Self.tolerance) >= deadline
    if !isConfirmed, isTimed { return proven }
    // Who names both alike has given the scheduler the capacity for a deadline.
    let isCapacity = !isConfirmed && process.capacity > trial.proven && process.capacity < deadline
    let span = isCapacity ? process.capacity : deadline
    return Limit(span: span, doubtful: span - min(span, Self.tolerance), isDeclared: !isCapacity && process.isTold)
  }

  /// Of a process without a deadline in the module file: its capacity, else its period, unless the run shows another.
  private func undeclared(_ process: Process, _ trial: Trial, _ proven: Limit, isTimed: Bool) -> Limit {
    let scheduler = schedulers[process.partition]
    let span = process.capacity > 0 ? process.capacity : process.period
    if scheduler.hasUnexplainedCalls || scheduler.openCall != nil || isTimed || trial.proven >= span { return proven }
    return Limit(span: span, doubtful: span - min(span, Self.tolerance))
  }

  /// What a partition tells may be any number.
  static func sum(_ one: UInt64, _ other: UInt64) -> UInt64 { one > .max - other ? .max : one + other }
}

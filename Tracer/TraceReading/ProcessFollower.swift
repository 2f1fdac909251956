import ModuleConfiguration
import TraceFormat

/// What the processes of a module do, as a trace tells it: when they are released and complete, and which of them has
/// the processor.
///
/// Of deadlines it says what the claims `process.deadline` judge, see `ProcessRecord`; of the processor what schedulers
/// tell (`ProcessTelling`). Memory follows the module table. Nothing is carried across missing events.
public struct ProcessFollower: Sendable {
  /// What has happened to a process, which is told by its index in the module table; times in ns.
  public enum Change: Equatable, Sendable {
    /// A process is released; `start` is the nominal instant.
    case released(process: Int, start: UInt64)
    /// The job under way began later than its release: at `start`, from which its deadline counts.
    case delayed(process: Int, start: UInt64)
    /// A job is under way no longer.
    case ended(process: Int, JobCourse, JobEnd, at: UInt64)
    /// A process has the processor.
    case runs(ProcessRun)
    /// It has it no longer.
    case runsNoLonger(ProcessRun, ProcessRun.Outcome, at: UInt64)
  }

  /// Why a job is under way no longer.
  public enum JobEnd: Sendable {
    /// Its partition has yielded, or its scheduler has told so.
    case complete
    /// It was not complete when its process was released anew, and its deadline had passed.
    case late
    /// Its process or its partition was stopped; or the process has gone on with its next job, though it had time
    /// still.
    case stopped
  }

  /// Gets what follows from an event, change by change, before the call returns.
  public typealias Sink = (Change) -> Void

  struct Process: Sendable {
    var key: ProcessKey
    var partition: Int
    var period: UInt64
    var deadline: UInt64
    /// Its scheduler tells of it; else tells are not about it, and it is complete when its partition yields.
    var isTold: Bool

    /// A process that is told of may have no releases.
    var isReleased: Bool { period > 0 || !isTold }
  }

  let processes: [Process]
  /// Indices of a partition's processes.
  let members: [[Int]]
  private let periods: PeriodStarts
  var jobs: [ProcessJob]
  /// By partition: when its last period began; nil where nobody knows.
  var periodStarts = [UInt64?](repeating: nil, count: 256)
  /// How long it is.
  var periodLengths = [UInt64](repeating: 0, count: 256)
  /// A partition's memory is being made anew, or it is in mode IDLE: its processes are not released then.
  private var isInitialising = [Bool](repeating: false, count: 256)
  private var isIdle = [Bool](repeating: false, count: 256)
  /// A call that tells of processes and has not been answered yet.
  private var call: (partition: UInt8, telling: ProcessTelling, time: UInt64)?
  var processor = ProcessorHolder()

  /// - Parameter table: of the module that the trace is of. Nothing is known of its processes yet.
  public init(_ table: ModuleTable) {
    var members = [[Int]](repeating: [], count: 256)
    processes = (0..<table.count(ProcessRecord.self)).map { index in
      let record = table.record(ProcessRecord.self, index)
      members[Int(record.partition.rawValue)].append(index)
      return Process(
        key: ProcessKey(name: table.name(record.name)), partition: Int(record.partition.rawValue),
        period: record.period.count, deadline: record.deadline.count, isTold: record.completion == .told)
    }
    self.members = members
    jobs = processes.map { ProcessJob(isFollowed: !$0.isTold) }
    periods = PeriodStarts(table)
  }

  // MARK: What is known

  /// The process that runs.
  public var run: ProcessRun? { processor.run }

  /// The process that has the processor whenever its partition does; nil for none, or where nobody knows.
  public func current(of partition: UInt8) -> Int? { processor.current[Int(partition)] }

  /// From when on the deadline of a process's job counts; nil where none is under way.
  public func start(of process: Int) -> UInt64? { jobs[process].begin }

  /// How many processes the module table has, those of which a trace tells nothing too.
  public var processCount: Int { processes.count }

  /// The jobs that are under way at an instant up to which there is no other event, and have missed their deadlines by
  /// then. A call without an answer yet may say that a job was complete.
  public func overdue(at end: UInt64) -> [(process: Int, course: JobCourse)] {
    processes.indices.compactMap { process in
      guard call.map({ Int($0.partition) != processes[process].partition }) ?? true,
        let course = jobs[process].course(at: end, processes[process].deadline),
        course.used > processes[process].deadline
      else { return nil }
      return (process, course)
    }
  }

  // MARK: What comes in

  /// Says what has happened between the last event and an instant up to which there is no other.
  public mutating func catchUp(to time: UInt64, _ tell: Sink) { processor.catchUp(to: time, tell) }

  /// Takes the next event.
  ///
  /// - Parameter time: the event's, or a later one where it goes backwards.
  public mutating func consume(_ event: TraceEvent, at time: UInt64, _ tell: Sink) {
    guard !processes.isEmpty, let kind = event.knownKind else { return }
    catchUp(to: time, tell)
    let partition = event.partition
    switch kind {
    case .hypercall: enter(event, at: time, tell)
    case .hypercallResult: answer(event, tell)
    case .windowStart: beginWindow(event, at: time, tell)
    case .windowEnd: lose(partition, at: time, .cut, tell)
    case .partitionSwitch: processor.turn(to: partition, at: time, from: event.words.w0, tell)
    case .idle: processor.resume(partition, at: time, from: time, tell)
    case .modeChange:
      isIdle[Int(partition)] = event.detail == 0
      if event.detail == 0 { stop(partition, at: time, tell) }
    case .restart:
      isInitialising[Int(partition)] = true
      stop(partition, at: time, tell)
    case .initialised:
      isInitialising[Int(partition)] = false
      stop(partition, at: time, tell)
    case .interrupt, .timer, .exception, .memoryPiece: call = nil
    case .loss: forget()
    default: break
    }
  }

  /// Events are missing here.
  public mutating func forget() {
    for process in jobs.indices {
      jobs[process].stop()
      jobs[process].lastRelease = .unknown
      jobs[process].isFollowed = !processes[process].isTold
    }
    periodStarts = [UInt64?](repeating: nil, count: 256)
    isInitialising = [Bool](repeating: false, count: 256)
    isIdle = [Bool](repeating: false, count: 256)
    call = nil
    processor = ProcessorHolder()
  }

  /// A partition starts or stops: of its processes none is under way.
  public mutating func stop(_ partition: UInt8, at time: UInt64, _ tell: Sink) {
    lose(partition, at: time, .stopped, tell)
    processor.current[Int(partition)] = nil
    for process in members[Int(partition)] { stop(process: process, at: time, tell) }
  }

  mutating func stop(process: Int, at time: UInt64, _ tell: Sink) {
    end(process, .stopped, at: time, tell)
    jobs[process].stop()
    jobs[process].lastRelease = .none
    jobs[process].isFollowed = !processes[process].isTold
  }

  // MARK: Calls

  private mutating func enter(_ event: TraceEvent, at time: UInt64, _ tell: Sink) {
    call = nil
    switch UInt16(truncatingIfNeeded: event.operand) {
    case HypercallNumber.yield.rawValue:
      lose(event.partition, at: time, .cut, tell)
      for process in members[Int(event.partition)] where !processes[process].isTold {
        complete(process, at: time, tell)
      }
    case HypercallNumber.tellProcess.rawValue:
      let telling = ProcessTelling((event.words.w3, event.words.w4, event.words.w5))
      call = (event.partition, telling, time)
    default: break
    }
  }

  /// What a scheduler tells counts from its call on, if that succeeds.
  private mutating func answer(_ event: TraceEvent, _ tell: Sink) {
    guard let told = call, event.partition == told.partition,
      UInt16(truncatingIfNeeded: event.operand) == HypercallNumber.tellProcess.rawValue
    else { return }
    call = nil
    guard event.detail == 0 else { return }
    take(told.telling, of: told.partition, at: told.time, tell)
  }

  // MARK: Jobs

  private mutating func beginWindow(_ event: TraceEvent, at time: UInt64, _ tell: Sink) {
    lose(event.partition, at: time, .cut, tell)
    let start = event.words.w0
    if let length = periods.length(ofWindow: event.operand) {
      periodStarts[Int(event.partition)] = start
      periodLengths[Int(event.partition)] = length
      for process in members[Int(event.partition)] { release(process, for: start, every: length, at: time, tell) }
    }
    // Where it has the CPU already, no switch follows.
    processor.resume(event.partition, at: time, from: start, tell)
  }

  private mutating func release(
    _ process: Int, for start: UInt64, every length: UInt64, at time: UInt64, _ tell: Sink
  ) {
    let (partition, period) = (processes[process].partition, processes[process].period)
    guard processes[process].isReleased, jobs[process].isFollowed, jobs[process].isOver(period, at: start, of: length)
    else { return }
    while jobs[process].begin != nil {
      if jobs[process].wait(for: start, deadline: processes[process].deadline) { return }
      // With it the one may begin that has waited for that, and has time still.
      goOn(process, .late, at: time, tell)
    }
    guard !isInitialising[partition], !isIdle[partition] else { return }
    jobs[process].begin(at: start)
    tell(.released(process: process, start: start))
  }

  private mutating func end(_ process: Int, _ how: JobEnd, at time: UInt64, _ tell: Sink) {
    if let course = jobs[process].course(at: time, processes[process].deadline) {
      tell(.ended(process: process, course, how, at: time))
    }
    jobs[process].end()
  }

  mutating func complete(_ process: Int, at time: UInt64, _ tell: Sink) { goOn(process, .complete, at: time, tell) }

  /// The next job goes on, so much later than it was released, and the one before was not complete: late, if its
  /// deadline has passed. One that has never begun would have been as late as the next.
  mutating func giveWay(_ process: Int, toOneLateBy delay: UInt64, at time: UInt64, _ tell: Sink) {
    if let start = jobs[process].adopt(delay: delay) { tell(.delayed(process: process, start: start)) }
    let hasTime = jobs[process].hasTime(time, processes[process].deadline)
    goOn(process, hasTime ? .stopped : .late, at: time, tell)
  }

  /// The job is over, and with it begins the one that has waited for that.
  private mutating func goOn(_ process: Int, _ how: JobEnd, at time: UInt64, _ tell: Sink) {
    guard let course = jobs[process].course(at: time, processes[process].deadline) else { return }
    tell(.ended(process: process, course, how, at: time))
    if let next = jobs[process].complete() { tell(.released(process: process, start: next)) }
  }

  private mutating func lose(_ partition: UInt8, at time: UInt64, _ outcome: ProcessRun.Outcome, _ tell: Sink) {
    if processor.partition == partition { processor.cut(at: time, outcome, tell) }
  }
}

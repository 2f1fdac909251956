import ModuleConfiguration

/// Jobs of the processes whose deadlines are claimed: released with the periods of their partitions, and complete when
/// the partition yields, or when its scheduler says so.
extension Verifier {
  /// A period starts: processes are released that are due.
  mutating func releaseProcesses(with window: ModulePlan.Window) {
    for process in processes.indices where processes[process].partition == window.partition {
      processes[process].periodStart = schedule.start
      processes[process].periodLength = window.period
      release(process, at: schedule.start, every: window.period)
    }
  }

  private mutating func release(_ process: Int, at instant: UInt64, every span: UInt64) {
    guard processes[process].isFollowed, processes[process].isDue(at: instant, every: span) else { return }
    if processes[process].isReleased {
      // A job that began later than its period may run into the next one, whose own begins as late.
      if processes[process].mayOverlap(instant) {
        processes[process].next = instant
        return
      }
      miss(process, by: instant)
    }
    let owner = Int(processes[process].partition)
    processes[process].end()
    processes[process].isReleased = partitions[owner].isAble
    processes[process].release = instant
    if processes[process].isReleased { processes[process].phase = .known }
  }

  /// A process has not completed although `instant` has come.
  mutating func miss(_ process: Int, by instant: UInt64) {
    let state = processes[process]
    let response = instant &- state.begin
    let span = CaseSpan(from: state.begin, to: instant)
    if exceeds(state.claim, max(Int64(clamping: response), Int64(clamping: state.deadline &+ 1)), over: span) {
      explain("\(state.name), released at \(state.begin) ns, had not completed at \(instant) ns")
    }
  }

  /// A process is under way no longer: its deadline may have passed before.
  mutating func judgeOverdue(_ process: Int) { judgeOverdue(process, at: time) }

  private mutating func judgeOverdue(_ process: Int, at instant: UInt64) {
    guard processes[process].isReleased else { return }
    let deadline = processes[process].begin &+ processes[process].deadline
    if deadline >= processes[process].begin, instant > deadline { miss(process, by: instant) }
  }

  private mutating func complete(_ process: Int) {
    let (name, begin) = (processes[process].name, processes[process].begin)
    processes[process].goOn()
    let response = step.time &- begin
    if exceeds(processes[process].claim, Int64(clamping: response), over: CaseSpan(from: begin, to: step.time)) {
      explain("\(name), released at \(begin) ns, took \(response) ns")
    }
  }

  /// The partition yielded: its processes have completed whose schedulers tell nothing.
  mutating func completeByYield(of partition: UInt8) {
    for process in processes.indices
    where processes[process].partition == partition && processes[process].isReleased && !processes[process].isTold {
      complete(process)
    }
  }

  // MARK: What schedulers tell

  /// The partition's scheduler gives the processor to another of its processes.
  mutating func take(_ telling: ProcessTelling, of partition: UInt8) {
    for process in processes.indices where processes[process].partition == partition && processes[process].isTold {
      if processes[process].key == telling.from { leave(process, telling.state) }
      if processes[process].key == telling.to { dispatch(process, telling.age) }
    }
  }

  private mutating func leave(_ process: Int, _ state: ProcessTelling.State?) {
    switch state {
    // Where the one that was released last has not begun, it is another that is done: its deadline was that release.
    case .complete where processes[process].isReleased && processes[process].hasBegun: complete(process)
    case .dormant:
      // However long the kernel takes to answer.
      judgeOverdue(process, at: step.time)
      processes[process].stop()
    default: break
    }
  }

  /// A process goes on with a job of this age: is it the one that was released last?
  private mutating func dispatch(_ process: Int, _ age: Int64) {
    guard age != ProcessTelling.aperiodic, let period = processes[process].periodStart else { return }
    let begin = period &- UInt64(bitPattern: age)
    guard begin <= step.time else { return }
    if !processes[process].isFollowed {
      processes[process].isFollowed = true
      processes[process].isReleased = true
      processes[process].release = processes[process].periodStart(of: begin, last: period)
      processes[process].phase = .known
    } else if !processes[process].isReleased || begin < processes[process].begin {
      return
    }
    processes[process].hasBegun = true
    processes[process].delay = begin &- processes[process].release
  }
}

import ModuleConfiguration

/// Jobs of the processes whose deadlines are claimed: released with the periods of their partitions, and complete when
/// the partition yields, or when its scheduler says so.
extension Verifier {
  /// A period starts: processes are released that are due.
  mutating func releaseProcesses(with window: ModulePlan.Window) {
    for process in processes.indices where processes[process].partition == window.partition {
      processes[process].periodStart = schedule.start
      processes[process].periodLength = window.period
      if processes[process].knownSince == nil { processes[process].knownSince = schedule.start }
      release(process, at: schedule.start, every: window.period)
    }
  }

  private mutating func release(_ process: Int, at instant: UInt64, every span: UInt64) {
    let isAble = partitions[Int(processes[process].partition)].isAble
    guard processes[process].isFollowed else {
      if isAble, processes[process].isOutOfSight, processes[process].unseenSince == nil {
        processes[process].unseenSince = instant
      }
      return
    }
    guard let instant = processes[process].newRelease(at: instant, every: span) else { return }
    while processes[process].isReleased {
      if processes[process].hasTime(instant) { return wait(process, from: instant) }
      miss(process, by: instant)
      processes[process].goOn()
    }
    processes[process].release = instant
    guard isAble else { return }
    processes[process].beginWaiting(at: instant)
    processes[process].phase = .known
  }

  /// A job that has time still goes on in the next one's, which waits for it.
  private mutating func wait(_ process: Int, from instant: UInt64) {
    guard processes[process].next == nil else {
      return book.doubt(
        processes[process].claim,
        "\(processes[process].name) was released at \(instant.seconds), before two jobs were over")
    }
    processes[process].next = instant
  }

  /// A process has not completed although `instant` has come, and with it its deadline.
  mutating func miss(_ process: Int, by instant: UInt64) {
    let state = processes[process]
    let used = max(Int64(clamping: state.used(at: instant)), Int64(clamping: state.deadline &+ 1))
    if judge(process, used, at: instant) {
      explain("\(job(state)), had not completed at \(instant.seconds)\(whereabouts(of: process))")
    }
  }

  /// A process is under way no longer: its deadline may have passed before.
  mutating func judgeOverdue(_ process: Int) { judgeOverdue(process, at: time) }

  private mutating func judgeOverdue(_ process: Int, at instant: UInt64) {
    guard processes[process].isReleased, let due = processes[process].due, instant > due else { return }
    miss(process, by: instant)
  }

  /// Whether a job violates its claim. Where events are missing that may have moved its deadline, nobody knows.
  private mutating func judge(_ process: Int, _ used: Int64, at instant: UInt64) -> Bool {
    let claim = processes[process].claim
    if !processes[process].isDueKnown, used > book.accounts[claim].limit { return false }
    return exceeds(claim, used, over: CaseSpan(from: processes[process].begin, to: instant))
  }

  /// A job in words: when it was released, by which module schedule, and whether its deadline is another one.
  private func job(_ state: ProcessState) -> String {
    var text = "\(state.name), released at \(state.begin.seconds)"
    // A change in this very step is not the last one yet.
    let isNew = rare.scheduleDone >= 0
    let change = isNew ? schedule.frameStart : schedule.lastChange
    if isNew || schedule.isLastChangeKnown, state.release < change {
      text += " under the module schedule before the change at \(change.seconds)"
    }
    if let moved = state.moved { text += ", with its deadline moved to \(moved.seconds)" }
    return text
  }

  /// The trace is over: of who was stopped, and has not been seen since, nobody knows how its jobs went.
  mutating func doubtUnseen() {
    for process in processes where process.isUnseen(time) && !partitions[Int(process.partition)].isStopped {
      book.doubt(process.claim, "\(process.name) was stopped or started, and has not been told to run since")
    }
  }

  private mutating func complete(_ process: Int) {
    // It is copied only to be told of: that takes longer than judging it.
    if judge(process, Int64(clamping: processes[process].used(at: step.time)), at: step.time) {
      let state = processes[process]
      explain("\(job(state)), took \((step.time &- state.begin).nanoseconds)")
    }
    processes[process].goOn()
  }

  /// The partition yielded: its processes have completed whose schedulers tell nothing.
  mutating func completeByYield(of partition: UInt8) {
    for process in processes.indices
    where processes[process].partition == partition && processes[process].isReleased && !processes[process].isTold {
      complete(process)
      // All that are released are complete together.
      if processes[process].isReleased, processes[process].begin <= step.time { complete(process) }
    }
  }

  // MARK: What schedulers tell

  /// The partition's scheduler gives the processor to another of its processes, has started one, or moved a deadline.
  mutating func take(_ telling: ProcessTelling, of partition: UInt8) {
    for process in processes.indices where processes[process].partition == partition && processes[process].isTold {
      let (isFrom, isTo) = (processes[process].key == telling.from, processes[process].key == telling.to)
      switch telling.state {
      case .started: if isTo { start(process, telling.age) }
      case .replenished: if isFrom { move(process, telling.age) }
      default:
        if isFrom { leave(process, telling.state) }
        if isTo { dispatch(process, telling.age) }
        noteStall(of: process, telling)
      }
    }
  }

  /// Who is under way is not started: what tells that tells nothing.
  private mutating func start(_ process: Int, _ age: Int64) {
    guard !processes[process].isFollowed, age <= 0, age.magnitude < processes[process].period else { return }
    processes[process].start(after: age.magnitude)
  }

  /// The job under way has another deadline from now on. That it had before it must not have missed.
  private mutating func move(_ process: Int, _ age: Int64) {
    guard processes[process].isReleased, processes[process].hasBegun, age != ProcessTelling.aperiodic,
      let period = processes[process].periodStart
    else { return }
    let deadline = period &- UInt64(bitPattern: age)
    guard deadline >= processes[process].begin else { return }
    judgeOverdue(process, at: step.time)
    (processes[process].moved, processes[process].isDueKnown) = (deadline, true)
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
      follow(process, from: processes[process].periodStart(of: begin, last: period), begin, period)
    } else if !isOfLastJob(process, begin), !processes[process].isReleasedByItself(begin) {
      return
    } else if let next = processes[process].next, begin >= next {
      abandon(process, begin &- next)
    }
    let delay = begin &- processes[process].release
    if !processes[process].hasBegun { processes[process].lastDelay = delay }
    processes[process].hasBegun = true
    processes[process].delay = delay
  }

  private mutating func follow(_ process: Int, from release: UInt64, _ begin: UInt64, _ period: UInt64) {
    processes[process].isFollowed = true
    processes[process].isReleased = true
    processes[process].release = release
    processes[process].phase = .known
    processes[process].isDueKnown = processes[process].knownSince.map { begin >= $0 } ?? false
    (processes[process].isOutOfSight, processes[process].unseenSince) = (false, nil)
    // One that began late in the period before has its next release in this one.
    let isLate = release < period && begin > release
    if isLate, let next = processes[process].newRelease(at: period, every: processes[process].periodLength) {
      processes[process].next = next
    }
  }

  /// Whether a job that began then can be the one that was released last: what is taken of its delay is no evidence.
  private func isOfLastJob(_ process: Int, _ begin: UInt64) -> Bool {
    let state = processes[process]
    return state.isReleased && begin >= (state.hasBegun ? state.begin : state.release)
  }

  /// The job that waited goes on, and the one before it was not complete: if that has never begun, it would have been
  /// as late as this one.
  private mutating func abandon(_ process: Int, _ delay: UInt64) {
    if !processes[process].hasBegun { processes[process].delay = delay }
    if processes[process].hasTime(step.time) {
      book.doubt(
        processes[process].claim,
        "\(processes[process].name), released at \(processes[process].begin.seconds), gave way to its next job")
    } else {
      miss(process, by: step.time)
    }
    processes[process].goOn()
  }
}

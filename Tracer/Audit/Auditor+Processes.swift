import ModuleConfiguration
import TraceFormat

/// Jobs of processes: released with periods, and complete when their partition yields, or when its scheduler says so.
extension Auditor {
  /// A period of a window's owner begins: some of its processes are released.
  mutating func release(with plan: ModuleFacts.Window, at start: UInt64) {
    let canRun = partitions[plan.owner].canRun
    if canRun { noteAbsent(of: plan.owner, at: start) }
    for index in processes.indices {
      guard let start = release(index, plan, start) else { continue }
      if canRun { processes[index].lastRelease = start }
      // What can wait no longer is missed, one after the other.
      while let job = processes[index].job, deadline(of: index, job).map({ $0 <= start }) ?? false {
        miss(index, at: start)
        processes[index].job = nextJob(index)
        processes[index].pending = nil
      }
      if processes[index].job == nil {
        processes[index].job = canRun ? Job(release: start, lateness: processes[index].lateness) : nil
      } else if processes[index].pending == nil {
        processes[index].pending = start
      } else {
        measures[processes[index].measure].isOpen = true
      }
    }
  }

  /// The job that waits for the one under way.
  private func nextJob(_ index: Int) -> Job? {
    processes[index].pending.map { Job(release: $0, lateness: processes[index].lateness) }
  }

  /// Who was told of once, and is not since it stopped, could run in the period that begins.
  private mutating func noteAbsent(of owner: Int, at start: UInt64) {
    for index in processes.indices where facts.processes[index].owner == owner && processes[index].wasFollowed {
      if !processes[index].isFollowed, processes[index].absentSince == nil { processes[index].absentSince = start }
    }
  }

  /// At the trace's end: whoever was not told of for a period is not known to have kept its deadlines.
  mutating func doubtAbsent() {
    for index in processes.indices {
      let owner = facts.processes[index].owner
      guard let since = processes[index].absentSince, now >= since, partitions[owner].mode != 0 else { continue }
      let length = max(facts.processes[index].period, partitions[owner].periodLength ?? 0)
      if now - since >= length { measures[processes[index].measure].isOpen = true }
    }
  }

  /// When a process begins anew, where it does with a period of its partition that starts then.
  ///
  /// A scheduler that tells of its processes counts their periods from their first one, wherever another module
  /// schedule has its partition's.
  private func release(_ index: Int, _ plan: ModuleFacts.Window, _ start: UInt64) -> UInt64? {
    let process = facts.processes[index]
    guard process.owner == plan.owner, processes[index].isFollowed else { return nil }
    let isEvery = facts.periodsPerRelease(of: process, in: plan) <= 1
    guard let last = processes[index].lastRelease else { return start }
    guard start > last else { return isEvery ? start : nil }
    let since = start - last
    if process.isTold, process.period > 0 { return since < process.period ? nil : start - since % process.period }
    return isEvery || since >= process.period ? start : nil
  }

  /// When a job has to be complete; nil where no clock comes to that.
  private func deadline(of index: Int, _ job: Job) -> UInt64? {
    if let given = job.newDeadline { return given }
    let (instant, isBeyond) = job.begin.addingReportingOverflow(facts.processes[index].deadline)
    return isBeyond ? nil : instant
  }

  /// A process is not complete at an instant at which it had to be.
  private mutating func miss(_ index: Int, at instant: UInt64) {
    guard let job = processes[index].job else { return }
    let value = max(spent(index, job, at: instant), Int64(clamping: facts.processes[index].deadline &+ 1))
    measures[processes[index].measure].add(value, at: position, over: Measure.Span(from: job.begin, to: instant))
  }

  /// The time that a job has taken; of one with another deadline so much that as much is left as there is until that.
  private func spent(_ index: Int, _ job: Job, at instant: UInt64) -> Int64 {
    let whole = facts.processes[index].deadline
    switch job.newDeadline {
    case nil: return Int64(clamping: instant &- job.begin)
    case let given? where given < instant:
      let (spent, isBeyond) = whole.addingReportingOverflow(instant - given)
      return isBeyond ? .max : Int64(clamping: spent)
    case let given?: return given - instant < whole ? Int64(clamping: whole - (given - instant)) : 0
    }
  }

  /// A process is under way no longer: its deadline may have passed before.
  mutating func judgeOverdue(_ index: Int, at instant: UInt64) {
    guard let job = processes[index].job, let deadline = deadline(of: index, job), instant > deadline else { return }
    miss(index, at: instant)
  }

  /// A partition starts or stops.
  mutating func forgetProcesses(of owner: Int) {
    for index in processes.indices where facts.processes[index].owner == owner {
      judgeOverdue(index, at: now)
      forget(index)
    }
  }

  private mutating func forget(_ index: Int) {
    let isTold = facts.processes[index].isTold
    let wasFollowed = isTold && (processes[index].isFollowed || processes[index].wasFollowed)
    processes[index] = Process(isFollowed: !isTold, measure: processes[index].measure)
    processes[index].wasFollowed = wasFollowed
  }

  /// A job is done at the call at hand: what waited for that is released.
  private mutating func complete(_ index: Int) {
    guard let job = processes[index].job else { return }
    processes[index].job = nextJob(index)
    processes[index].pending = nil
    measures[processes[index].measure].add(
      spent(index, job, at: step.time), at: position, over: Measure.Span(from: job.begin, to: step.time))
  }

  /// A partition yields: the jobs of its processes are done, but of those whose scheduler says so itself.
  mutating func completeByYield(of owner: Int) {
    for index in processes.indices where facts.processes[index].owner == owner && !facts.processes[index].isTold {
      complete(index)
      // With the job that went on into this period the period's own.
      if let job = processes[index].job, job.begin <= step.time { complete(index) }
    }
  }

  // MARK: What a scheduler tells

  /// The call at hand told that the processor went from one process of its partition to another.
  mutating func told(by owner: Int) {
    let from = UInt32(truncatingIfNeeded: step.argument)
    let to = UInt32(truncatingIfNeeded: step.argument >> 32)
    switch step.secondArgument {
    case 6: for index in processes.indices where isTold(index, of: owner, to) { started(index) }
    case 7: for index in processes.indices where isTold(index, of: owner, from) { replenished(index, owner) }
    default:
      for index in processes.indices where isTold(index, of: owner, from) { left(index) }
      for index in processes.indices where isTold(index, of: owner, to) { took(index, owner) }
    }
  }

  /// A process that was not under way will be, from its partition's next period on.
  private mutating func started(_ index: Int) {
    let delay = 0 &- step.thirdArgument
    guard !processes[index].isFollowed, delay < facts.processes[index].period else { return }
    var anew = Process(isFollowed: true, measure: processes[index].measure)
    anew.lateness = delay
    processes[index] = anew
  }

  /// What a process does now has another deadline; the one that it had must not be over.
  private mutating func replenished(_ index: Int, _ owner: Int) {
    guard processes[index].job?.hasBegun == true, step.thirdArgument != 1 << 63,
      let period = partitions[owner].lastPeriod, let begin = processes[index].job?.begin
    else { return }
    let given = period &- step.thirdArgument
    guard given >= begin else { return }
    judgeOverdue(index, at: step.time)
    processes[index].job?.newDeadline = given
  }

  private func isTold(_ index: Int, of owner: Int, _ key: UInt32) -> Bool {
    let process = facts.processes[index]
    return process.isTold && process.owner == owner && process.key == key
  }

  /// A process had the processor, and has it no more.
  private mutating func left(_ index: Int) {
    switch step.secondArgument {
    case 5:
      // Where this job has not begun, an older one is done, whose deadline was judged when this was released.
      if processes[index].job?.hasBegun == true { complete(index) }
    case 0:
      judgeOverdue(index, at: step.time)
      forget(index)
    default: break
    }
  }

  /// A process has the processor now, for a job that began so long before its partition's period.
  private mutating func took(_ index: Int, _ owner: Int) {
    guard Int64(bitPattern: step.thirdArgument) != .min, let period = partitions[owner].lastPeriod else { return }
    let begin = period &- step.thirdArgument
    guard begin <= step.time else { return }
    if !processes[index].isFollowed {
      let release = begin >= period ? period : start(before: begin, period, of: owner)
      processes[index].isFollowed = true
      processes[index].job = Job(release: release)
      processes[index].lastRelease = release
      (processes[index].wasFollowed, processes[index].absentSince) = (false, nil)
      // Put off from the period before, it is released again in this one.
      if release < period, begin > release, isAgain(index, owner, release, period) { processes[index].pending = period }
    }
    if processes[index].job == nil, let last = processes[index].lastRelease {
      // Its own period is over before its partition's: the module schedule has moved that.
      let first = last &+ processes[index].lateness
      let own = facts.processes[index].period
      if own > 0, begin > first, (begin - first) % own == 0 {
        processes[index].lastRelease = begin - processes[index].lateness
        processes[index].job = Job(release: begin - processes[index].lateness, lateness: processes[index].lateness)
      }
    }
    // One that began before this job is older; before it has begun that is a guess, and only its release is sure.
    guard var job = processes[index].job, begin >= (job.hasBegun ? job.begin : job.release) else { return }
    if let pending = processes[index].pending, begin >= pending {
      // One that has never begun would have been as late as this one.
      if !job.hasBegun { job.begin = job.release &+ (begin - pending) }
      processes[index].job = job
      // The one that waits goes on, and the one before it is not complete.
      if deadline(of: index, job).map({ $0 <= step.time }) ?? false {
        miss(index, at: step.time)
      } else {
        measures[processes[index].measure].isOpen = true
      }
      job = Job(release: pending)
      processes[index].pending = nil
    }
    if !job.hasBegun { processes[index].lateness = begin - job.release }
    (job.begin, job.hasBegun) = (begin, true)
    processes[index].job = job
  }

  /// Whether a process that was released then is released again where its partition's period began last.
  private mutating func isAgain(_ index: Int, _ owner: Int, _ release: UInt64, _ period: UInt64) -> Bool {
    let (own, length) = (facts.processes[index].period, partitions[owner].periodLength ?? 0)
    let isEvery = length == 0 || own <= length || own % length != 0
    guard isEvery || period - release >= own else { return false }
    processes[index].lastRelease = period
    return true
  }

  /// The period's start before an instant that lies before the last period: as many of its length back as it takes.
  private func start(before instant: UInt64, _ period: UInt64, of owner: Int) -> UInt64 {
    guard let length = partitions[owner].periodLength, length > 0 else { return instant }
    let age = period - instant
    let (back, isBeyond) = (age / length + (age % length == 0 ? 0 : 1)).multipliedReportingOverflow(by: length)
    return isBeyond || back > period ? instant : period - back
  }
}

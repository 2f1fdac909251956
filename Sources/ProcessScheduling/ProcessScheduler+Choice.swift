import APEXTypes

extension ProcessScheduler {
  /// The ready process of the greatest priority, of equals the one that has been ready longest; or `none`.
  public func choose() -> ProcessIdentifier {
    var best: UnsafeMutablePointer<ProcessControlBlock>?
    forEachProcess { process in
      guard process.pointee.state == .ready else { return }
      if let other = best {
        let (own, others) = (process.pointee.priority, other.pointee.priority)
        if own < others || (own == others && process.pointee.readyOrder >= other.pointee.readyOrder) { return }
      }
      best = process
    }
    return best.map(identifier) ?? .none
  }

  /// Whether the running process must leave the processor to another one.
  public var isOutranked: Bool {
    guard let own = runningBlock, state.pointee.lockLevel == 0 else { return false }
    // The error handler has suspended it.
    if own.pointee.isSuspended { return true }
    guard let best = block(choose()) else { return false }
    return best.pointee.priority &- own.pointee.priority > (own.pointee.standsBehind ? -1 : 0)
  }

  /// The running process leaves the processor, and keeps its place among its equals.
  public func beOutranked() {
    guard let own = runningBlock else { return }
    own.pointee.state = own.pointee.isSuspended ? .waiting : .ready
  }

  /// Who runs next, which it is told that it does; `none` where nobody is ready.
  ///
  /// The scheduler calls this, where nobody runs.
  public func dispatch() -> ProcessIdentifier {
    // Who locks preemption was interrupted for a deadline only.
    let next = state.pointee.lockLevel > 0 ? state.pointee.lockOwner : choose()
    state.pointee.running = next
    if let own = block(next) {
      own.pointee.state = .running
      // Who locks preemption goes on at once, and lets its equals go first where it unlocks.
      if state.pointee.lockLevel == 0 { own.pointee.standsBehind = false }
    }
    return next
  }

  /// The processor is the scheduler's again.
  public func undispatch() { state.pointee.running = .none }

  // MARK: Getting ready

  /// The place behind all that have been ready before.
  func lastPlace() -> UInt64 {
    state.pointee.readyCount &+= 1
    return state.pointee.readyCount
  }

  /// Puts a process that waits for nothing any more among the ready ones, the last of its equals; one that is suspended
  /// goes on waiting.
  func makeReady(_ process: UnsafeMutablePointer<ProcessControlBlock>) {
    process.pointee.reason = .nothing
    process.pointee.wakeTime = .never
    process.pointee.state = process.pointee.isSuspended ? .waiting : .ready
    process.pointee.readyOrder = lastPlace()
  }

  /// A periodic process is released with the first period of its partition that begins after its start, however long
  /// nobody has looked since: what outranks it does not put off its deadline.
  private func lookForPeriod(_ process: UnsafeMutablePointer<ProcessControlBlock>, _ moment: PartitionMoment) {
    guard process.pointee.reason == .period, process.pointee.release != moment.periodStart else { return }
    let release = firstPeriod(of: process.pointee, moment).after(process.pointee.startDelay)
    let capacity = process.pointee.attributes.timeCapacity
    process.pointee.release = release
    if !capacity.isInfinite { setDeadline(process, release.after(capacity)) }
    process.pointee.reason = .time
    process.pointee.wakeTime = release
  }

  /// The first period's start since a process may be released: of those that have followed each other up to now. Where
  /// the module schedule has changed, what is known is the last one.
  private func firstPeriod(of process: ProcessControlBlock, _ moment: PartitionMoment) -> SystemTime {
    let (last, period) = (moment.periodStart.nanoseconds, moment.period.count)
    let (begin, known) = (process.releasableFrom.nanoseconds, process.release.nanoseconds)
    guard period > 0, last > begin, known == 0 || (last &- known) % period == 0 else { return moment.periodStart }
    return SystemTime(nanoseconds: last &- (last &- begin &- 1) / period &* period)
  }

  /// A periodic process waits for the next period from now on.
  func awaitPeriod(_ process: UnsafeMutablePointer<ProcessControlBlock>, _ moment: PartitionMoment) {
    process.pointee.release = moment.periodStart
    process.pointee.releasableFrom = moment.now
    let capacity = process.pointee.attributes.timeCapacity
    // Before NORMAL mode, and the first period of a partition that has started anew, nobody knows when that will be. In
    // the module's first one the start that is known as 0 may be 0.
    let isKnown = moment.periodStart != .zero || moment.now.nanoseconds < moment.period.count
    guard moment.isNormal, isKnown, moment.period.count > 0, !capacity.isInfinite else { return }
    let next = moment.periodStart.after(ServiceTime(moment.period))
    setDeadline(process, next.after(process.pointee.startDelay).after(capacity))
  }

  /// Makes ready all that their time has come for; who was due first is ready first.
  public func releaseDue(_ moment: PartitionMoment) {
    while true {
      var next: UnsafeMutablePointer<ProcessControlBlock>?
      forEachProcess { process in
        guard process.pointee.state == .waiting else { return }
        lookForPeriod(process, moment)
        guard process.pointee.wakeTime <= moment.now else { return }
        if let other = next, process.pointee.wakeTime >= other.pointee.wakeTime { return }
        next = process
      }
      guard let next else { return }
      timeOut(next)
    }
  }

  /// Its time has come: the process waits no longer.
  func timeOut(_ process: UnsafeMutablePointer<ProcessControlBlock>) {
    if process.pointee.reason == .suspended { process.pointee.isSuspended = false }
    endWait(process)
    makeReady(process)
  }

  // MARK: The clock

  /// When the next process gets ready by itself, or a deadline passes; `never` if neither will.
  public var nextInstant: SystemTime {
    var next = nextDeadline
    forEachProcess { process in
      if process.pointee.state == .waiting { next = min(next, process.pointee.wakeTime) }
    }
    return next
  }

  /// When the clock makes somebody ready who is of greater priority than the running process, a deadline passes, or
  /// the first job is released that has one; `never` if none of that will be.
  ///
  /// - Parameter nextPeriod: when the partition's next period starts, or it is to be looked whether one has.
  public func nextTick(_ nextPeriod: () -> SystemTime) -> SystemTime {
    var next = nextDeadline
    guard let own = runningBlock else { return next }
    let isLocked = state.pointee.lockLevel > 0
    forEachProcess { process in
      guard process.pointee.state == .waiting else { return }
      let isGreater = !isLocked && process.pointee.priority > own.pointee.priority
      if process.pointee.reason == .period {
        // From its release on it has a deadline, whoever runs.
        if isGreater || !process.pointee.attributes.timeCapacity.isInfinite { next = min(next, nextPeriod()) }
      } else if isGreater {
        next = min(next, process.pointee.wakeTime)
      }
    }
    return next
  }
}

import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// The services of processes, by process.h and time.h.
extension Reference {
  /// Whether the caller is a process that may wait.
  func mayWait(_ moment: PartitionMoment) -> Bool {
    guard let runner else { return false }
    return lockLevel == 0 && runner.mutex == nil && !moment.isInUpcall
  }

  // MARK: Start and stop

  func beginNormalMode(_ moment: PartitionMoment) {
    for process in processes {
      switch process.wait {
      case .firstPeriod:
        awaitPeriod(process, moment)
        process.startIsNew = true
      case .normalMode:
        let begin = Self.later(moment.now.nanoseconds, by: process.delay)
        process.wait = process.delay == 0 ? nil : .until(begin)
        if let capacity = process.capacity { setDeadline(process, Self.later(begin, by: capacity)) }
      default: break
      }
    }
  }

  func start(_ identifier: Int32, _ delay: ServiceTime, _ moment: PartitionMoment) -> ReturnCode {
    guard let process = process(identifier) else { return .invalidParameter }
    guard process.isDormant else { return .noAction }
    if delay.rawValue < 0 { return .invalidParameter }
    if let period = process.period, delay.rawValue >= period { return .invalidParameter }
    let begin = Self.later(moment, by: delay)
    let end = Self.later(begin, by: process.capacity ?? 0)
    if end == nil { return .invalidConfiguration }
    process.isDormant = false
    process.isSuspended = false
    process.delay = delay.rawValue
    process.nextPriority = process.basePriority
    if process.mutex == nil { process.priority = process.basePriority }
    setDeadline(process, nil)
    if process.isPeriodic {
      awaitPeriod(process, moment)
      process.startIsNew = moment.isNormal
      return .noError
    }
    if process.capacity != nil { setDeadline(process, end) }
    arrive(process)
    if !moment.isNormal {
      process.wait = .normalMode
    } else {
      process.wait = delay == .notAtAll ? nil : .until(begin)
    }
    return .noError
  }

  func stop(_ identifier: Int32, _ moment: PartitionMoment) -> Answer {
    guard let process = process(identifier), process !== runner else { return .done(.invalidParameter) }
    if process.isDormant { return .done(.noAction) }
    endWait(process)
    if process === locker { unlock() }
    process.isDormant = true
    (process.startIsNew, process.deadlineIsNew) = (false, false)
    if process === interrupted { (interrupted, interruptedWasStopped) = (nil, true) }
    return Answer(.done(.noError), telling: tellStop(process, moment))
  }

  func stopSelf() -> Answer {
    guard let runner else { return .done(.noAction) }
    unlock()
    runner.isDormant = true
    return Answer(.ends)
  }

  // MARK: Order

  func setPriority(_ identifier: Int32, _ priority: Int32, _ moment: PartitionMoment) -> Answer {
    guard let process = process(identifier), (1...239).contains(priority) else { return .done(.invalidParameter) }
    if process.isDormant { return .done(.invalidMode) }
    process.nextPriority = priority
    if process.mutex != nil { return .done(.noError) }
    process.priority = priority
    arrive(process)
    return process === runner ? letEqualsGo(process, moment) : .done(.noError)
  }

  /// The caller is the last of its equals.
  func letEqualsGo(_ own: ReferenceProcess, _ moment: PartitionMoment) -> Answer {
    arrive(own)
    let others = processes.filter { state(of: $0) == .ready && $0.priority >= own.priority }
    own.letsEqualsGo = false
    if others.isEmpty && !own.isSuspended { return .done(.noError) }
    if lockLevel == 0, !moment.isInUpcall { return Answer(.givesWay) }
    own.letsEqualsGo = true
    wantsTick = wantsTick || lockLevel == 0
    return .done(.noError)
  }

  func suspendSelf(_ timeOut: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard mayWait(moment), let runner else { return .done(.invalidMode) }
    if timeOut.rawValue < -1 { return .done(.invalidParameter) }
    if runner.isPeriodic { return .done(.invalidMode) }
    if timeOut == .notAtAll { return .done(.noError) }
    runner.isSuspended = true
    runner.wait = .resumption(until: Self.later(moment, by: timeOut))
    runner.gotIt = false
    return Answer(.waits)
  }

  func suspend(_ identifier: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let process = process(identifier), process !== runner else { return .invalidParameter }
    if process.isDormant || process.isPeriodic || process.mutex != nil || process.wantsMutex || process === locker {
      return .invalidMode
    }
    if case .resumption = process.wait, isOver(process, moment) { endOfPatience(process) }
    if process.isSuspended { return .noAction }
    process.isSuspended = true
    return .noError
  }

  func resume(_ identifier: Int32, _ moment: PartitionMoment) -> ReturnCode {
    guard let process = process(identifier), process !== runner else { return .invalidParameter }
    if process.isDormant || process.isPeriodic { return .invalidMode }
    if case .resumption = process.wait, isOver(process, moment) {
      endOfPatience(process)
      return .noAction
    }
    if !process.isSuspended { return .noAction }
    process.isSuspended = false
    if case .resumption = process.wait {
      process.gotIt = true
      process.wait = nil
    }
    if process.wait == nil, process !== interrupted { arrive(process) }
    return .noError
  }

  func unlock() { (lockLevel, locker) = (0, nil) }

  func lockPreemption(_ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, let runner else { return .noAction }
    if runner.mutex != nil { return .invalidMode }
    if lockLevel == 16 { return .invalidConfiguration }
    lockLevel += 1
    locker = runner
    return .noError
  }

  func unlockPreemption(_ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, runner != nil, lockLevel > 0 else { return .noAction }
    lockLevel -= 1
    if lockLevel == 0 { locker = nil }
    if let runner, !isOutranked { runner.letsEqualsGo = false }
    return .noError
  }

  // MARK: Time

  func timedWait(_ delay: ServiceTime, _ moment: PartitionMoment) -> Answer {
    guard mayWait(moment), let runner else { return .done(.invalidMode) }
    guard let end = Self.later(moment, by: delay) else { return .done(.invalidParameter) }
    if delay == .notAtAll { return letEqualsGo(runner, moment) }
    runner.wait = .until(end)
    return Answer(.givesWay)
  }

  func periodicWait(_ moment: PartitionMoment) -> Answer {
    guard mayWait(moment), let runner, let period = runner.period else { return .done(.invalidMode) }
    runner.release += UInt64(period)
    runner.endOfJob = .complete
    if let capacity = runner.capacity { setDeadline(runner, runner.release + UInt64(capacity)) }
    runner.wait = .until(runner.release)
    return Answer(.givesWay)
  }

  func replenish(_ budget: ServiceTime, _ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, let runner else { return .noAction }
    let deadline = Self.later(moment, by: budget)
    if let period = runner.period, Self.time(deadline).nanoseconds > runner.release + UInt64(period) {
      return .invalidMode
    }
    if budget.rawValue < -1 || (budget.rawValue >= 0 && deadline == nil) { return .invalidParameter }
    setDeadline(runner, runner.capacity == nil ? nil : deadline)
    runner.deadlineIsNew = runner.isPeriodic && runner.capacity != nil
    return .noError
  }
}

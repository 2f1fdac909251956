import APEXTypes
import ModuleConfiguration

/// Processes are created, started and stopped (ARINC 653 Part 1, 3.3.2).
extension ProcessScheduler {
  /// The process of this name; `none` where there is none.
  public func process(named name: ObjectName) -> ProcessIdentifier {
    var found = ProcessIdentifier.none
    forEachProcess { if $0.pointee.attributes.name == name { found = identifier($0) } }
    return found
  }

  /// Whether a process can be created: `noError`, or why it cannot.
  public func mayCreateProcess(_ attributes: ProcessAttributes, _ moment: PartitionMoment) -> ReturnCode {
    if state.pointee.processCount == ProcessLimits.processCount { return .invalidConfiguration }
    if !process(named: attributes.name).isNone { return .noAction }
    if !attributes.areRight { return .invalidParameter }
    // The partition's periods must fit the process's.
    if attributes.isPeriodic, moment.period.count != 0,
      UInt64(bitPattern: attributes.period.rawValue) % moment.period.count != 0
    {
      return .invalidConfiguration
    }
    return moment.isNormal ? .invalidMode : .noError
  }

  /// Creates a process that may be created, and whose stack there is.
  public func createProcess(_ attributes: ProcessAttributes) -> ProcessIdentifier {
    precondition(state.pointee.processCount < ProcessLimits.processCount)
    (processes + Int(state.pointee.processCount)).initialize(to: ProcessControlBlock(attributes))
    state.pointee.processCount &+= 1
    return ProcessIdentifier(state.pointee.processCount)
  }

  /// Starts a process, its stack apart: `noError` where that is to be made anew.
  ///
  /// A periodic one is released with the partition's next period, and `delay` later; others are ready then, or so long
  /// after NORMAL mode begins.
  public func start(_ process: ProcessIdentifier, after delay: ServiceTime, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = block(process) else { return .invalidParameter }
    let code = mayStart(own.pointee, after: delay, moment)
    guard code == .noError else { return code }
    // A mutex that it has owned since before it was stopped it owns with the mutex's priority.
    own.pointee.retainedPriority = own.pointee.attributes.basePriority
    if own.pointee.ownedMutex == 0 { own.pointee.priority = own.pointee.attributes.basePriority }
    own.pointee.isSuspended = false
    own.pointee.startDelay = delay
    state.pointee.wantsTimer = true
    setDeadline(own, .never)
    if own.pointee.attributes.isPeriodic {
      own.pointee.state = .waiting
      own.pointee.reason = .period
      own.pointee.wakeTime = .never
      awaitPeriod(own, moment)
      if moment.isNormal { noteStart(own) }
    } else {
      startAperiodic(own, after: delay, moment)
    }
    return .noError
  }

  private func mayStart(
    _ process: ProcessControlBlock, after delay: ServiceTime, _ moment: PartitionMoment
  ) -> ReturnCode {
    guard process.state == .dormant else { return .noAction }
    let (period, capacity) = (process.attributes.period, process.attributes.timeCapacity)
    if delay.rawValue < 0 || (!period.isInfinite && delay.rawValue >= period.rawValue) { return .invalidParameter }
    let end = moment.now.after(delay).after(capacity.isInfinite ? .notAtAll : capacity)
    return end == .never ? .invalidConfiguration : .noError
  }

  private func startAperiodic(
    _ own: UnsafeMutablePointer<ProcessControlBlock>, after delay: ServiceTime, _ moment: PartitionMoment
  ) {
    let capacity = own.pointee.attributes.timeCapacity
    own.pointee.startsWithNormal = !moment.isNormal
    own.pointee.readyOrder = lastPlace()
    if !capacity.isInfinite { setDeadline(own, moment.now.after(delay).after(capacity)) }
    if delay == .notAtAll, moment.isNormal {
      makeReady(own)
    } else {
      own.pointee.state = .waiting
      own.pointee.reason = .time
      own.pointee.wakeTime = moment.isNormal ? moment.now.after(delay) : .never
    }
  }

  /// NORMAL mode has begun, however long `main` took: from here on count what was started before.
  public func beginNormalMode(_ moment: PartitionMoment) {
    forEachProcess { process in
      if process.pointee.reason == .period {
        awaitPeriod(process, moment)
        noteStart(process)
      }
      guard process.pointee.startsWithNormal else { return }
      let delay = process.pointee.startDelay
      let capacity = process.pointee.attributes.timeCapacity
      process.pointee.startsWithNormal = false
      process.pointee.wakeTime = moment.now.after(delay)
      // Those that need not wait keep the order in which they were started.
      if delay == .notAtAll {
        process.pointee.reason = .nothing
        process.pointee.wakeTime = .never
        process.pointee.state = process.pointee.isSuspended ? .waiting : .ready
      }
      if !capacity.isInfinite { setDeadline(process, moment.now.after(delay).after(capacity)) }
    }
  }

  /// Stops another process than the caller, wherever it waits; a mutex that it owns remains its own.
  ///
  /// - Returns: beside the code what the tracer is to be told, where it is to be told now.
  public func stop(
    _ process: ProcessIdentifier, _ moment: PartitionMoment
  ) -> (code: ReturnCode, telling: ProcessTelling?) {
    guard let own = block(process), process != state.pointee.running else { return (.invalidParameter, nil) }
    let wasDormant = own.pointee.state == .dormant
    endWait(own)
    if process == state.pointee.lockOwner { unlock() }
    own.pointee.state = .dormant
    own.pointee.reason = .nothing
    own.pointee.startsWithNormal = false
    (own.pointee.isStartUntold, own.pointee.isDeadlineUntold) = (false, false)
    own.pointee.wasStopped = true
    return wasDormant ? (.noAction, nil) : (.noError, tellStop(own, moment))
  }

  /// The running process ends.
  ///
  /// - Returns: false where nobody runs.
  public func stopSelf() -> Bool {
    guard let own = runningBlock else { return false }
    unlock()
    own.pointee.state = .dormant
    return true
  }
}

import APEXTypes

/// Who may run is changed: priorities, suspension, the preemption lock (ARINC 653 Part 1, 3.3.2).
extension ProcessScheduler {
  /// Changes the current priority: of a mutex's owner with the release. The process is the last among its equals then.
  public func setPriority(
    _ process: ProcessIdentifier, _ priority: Int32, _ moment: PartitionMoment
  ) -> ServiceStep {
    guard let own = block(process), priority >= ProcessLimits.minimumPriority,
      priority <= ProcessLimits.maximumPriority
    else { return .done(.invalidParameter) }
    guard own.pointee.state != .dormant else { return .done(.invalidMode) }
    own.pointee.retainedPriority = priority
    state.pointee.wantsTimer = true
    guard own.pointee.ownedMutex == 0 else { return .done(.noError) }
    own.pointee.priority = priority
    own.pointee.readyOrder = lastPlace()
    return process == state.pointee.running ? standBehind(own, moment) : .done(.noError)
  }

  // MARK: Suspension

  /// The caller waits until somebody resumes it, or for so long. Not for periodic processes.
  public func suspendSelf(_ timeOut: ServiceTime, _ moment: PartitionMoment) -> ServiceStep {
    guard mayWait(moment), let own = runningBlock else { return .done(.invalidMode) }
    if !timeOut.isTimeOut { return .done(.invalidParameter) }
    if own.pointee.attributes.isPeriodic { return .done(.invalidMode) }
    if timeOut == .notAtAll { return .done(.noError) }
    own.pointee.isSuspended = true
    return wait(own, for: .suspended, until: moment.now.after(timeOut))
  }

  /// Another process does not run until it is resumed, whatever becomes of what it waits for meanwhile.
  public func suspend(_ process: ProcessIdentifier, _ moment: PartitionMoment) -> ReturnCode {
    guard let own = block(process), process != state.pointee.running else { return .invalidParameter }
    if own.pointee.state == .dormant || own.pointee.attributes.isPeriodic || own.pointee.ownedMutex != 0
      || own.pointee.waitsForMutex || process == state.pointee.lockOwner
    {
      return .invalidMode
    }
    endSuspensionInTime(own, moment)
    if own.pointee.isSuspended { return .noAction }
    own.pointee.isSuspended = true
    // One whose place the error handler has taken is left when that is over.
    if own.pointee.state == .ready { own.pointee.state = .waiting }
    return .noError
  }

  /// A suspended process goes on, or goes on waiting for what it waited for before.
  public func resume(_ process: ProcessIdentifier, _ moment: PartitionMoment) -> ReturnCode {
    state.pointee.wantsTimer = true
    guard let own = block(process), process != state.pointee.running else { return .invalidParameter }
    if own.pointee.state == .dormant || own.pointee.attributes.isPeriodic { return .invalidMode }
    endSuspensionInTime(own, moment)
    if !own.pointee.isSuspended { return .noAction }
    own.pointee.isSuspended = false
    if own.pointee.reason == .suspended { own.pointee.wasWoken = true }
    if own.pointee.state == .running { return .noError }
    if own.pointee.reason == .suspended || own.pointee.reason == .nothing { makeReady(own) }
    return .noError
  }

  /// A suspension of its own whose time-out has passed is over, though nobody has looked at the clock.
  private func endSuspensionInTime(_ own: UnsafeMutablePointer<ProcessControlBlock>, _ moment: PartitionMoment) {
    if own.pointee.reason == .suspended, own.pointee.wakeTime <= moment.now { timeOut(own) }
  }

  // MARK: The preemption lock

  func unlock() {
    state.pointee.lockLevel = 0
    state.pointee.lockOwner = .none
  }

  /// Nobody takes the processor from the caller, until it has unlocked as often as it has locked.
  public func lockPreemption(_ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, let own = runningBlock else { return .noAction }
    if own.pointee.ownedMutex != 0 { return .invalidMode }
    if state.pointee.lockLevel == ProcessLimits.maximumLockLevel { return .invalidConfiguration }
    state.pointee.lockLevel &+= 1
    state.pointee.lockOwner = state.pointee.running
    return .noError
  }

  /// Undoes one `lockPreemption`. With the last, the clock and the ports are to be looked at.
  public func unlockPreemption(_ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, runningBlock != nil, state.pointee.lockLevel > 0 else { return .noAction }
    state.pointee.lockLevel &-= 1
    if state.pointee.lockLevel == 0 { unlock() }
    if !isOutranked { runningBlock?.pointee.standsBehind = false }
    return .noError
  }
}

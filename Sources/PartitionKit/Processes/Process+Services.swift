import APEXTypes
import ProcessScheduling

/// What processes ask for: time, order, the preemption lock (ARINC 653 Part 1, 3.3.2 and 3.4).
extension Process {
  // MARK: Time

  /// The caller waits so long; with 0 its equals go first.
  ///
  /// - Throws: `invalidMode` where it may not wait: outside a process, with a mutex or the preemption lock, and in the
  ///   handler of an interrupt; `invalidParameter` where the delay is negative, for ever, or out of range.
  public static func timedWait(_ delay: ServiceTime) throws(ReturnCode) {
    try ProcessMachine.try { $0.timedWait(delay, $1) }
  }

  /// The caller's job is complete: it waits for its next release point.
  ///
  /// - Throws: `invalidMode` where it may not wait, or is aperiodic.
  public static func periodicWait() throws(ReturnCode) {
    try ProcessMachine.tryInTime { $0.periodicWait($1) }
  }

  /// The caller's deadline is so far from now; who has no time capacity has none.
  ///
  /// - Throws: `noAction` outside a process, `invalidMode` where that is beyond a periodic one's next release,
  ///   `invalidParameter` where it is negative or out of range.
  public static func replenish(_ budget: ServiceTime) throws(ReturnCode) {
    try ProcessMachine.tryInTime { .done($0.replenish(budget, $1)) }
  }

  // MARK: Order

  /// Changes the current priority: of a mutex's owner with the release. The process is the last among its equals then.
  ///
  /// - Throws: `invalidParameter` where it is out of range, `invalidMode` where the process is not started.
  public func setPriority(_ priority: Int32) throws(ReturnCode) {
    try ProcessMachine.try { $0.setPriority(identifier, priority, $1) }
  }

  /// The caller waits until somebody resumes it, or for so long. Not for periodic processes.
  ///
  /// - Throws: `timedOut`; `invalidMode` where it may not wait, or is periodic.
  public static func suspendSelf(timeOut: ServiceTime = .forEver) throws(ReturnCode) {
    try ProcessMachine.try { $0.suspendSelf(timeOut, $1) }
  }

  /// It does not run until it is resumed, whatever becomes of what it waits for meanwhile.
  ///
  /// - Throws: `noAction` where it is suspended already, `invalidMode` where it is not started, is periodic, or owns or
  ///   waits for a mutex, `invalidParameter` for the caller itself.
  public func suspend() throws(ReturnCode) {
    try ProcessMachine.try { .done($0.suspend(identifier, $1)) }
  }

  /// It goes on, or goes on waiting for what it waited for before.
  ///
  /// - Throws: `noAction` where it is not suspended, `invalidMode` where it is not started or is periodic,
  ///   `invalidParameter` for the caller itself.
  public func resume() throws(ReturnCode) {
    try ProcessMachine.try { .done($0.resume(identifier, $1)) }
  }

  // MARK: The preemption lock

  /// How often preemption is locked: by the caller, or in the error handler by whom it has interrupted.
  public static var lockLevel: Int32 { ProcessMachine.scheduler.lockLevel }

  /// Nobody takes the processor from the caller, until it has unlocked as often as it has locked. It may not wait until
  /// then.
  ///
  /// - Returns: how often it has locked then.
  /// - Throws: `noAction` outside a process, `invalidMode` for a mutex's owner, `invalidConfiguration` beyond 16 times.
  @discardableResult
  public static func lockPreemption() throws(ReturnCode) -> Int32 {
    var level: Int32 = 0
    try ProcessMachine.try { scheduler, moment in
      let code = scheduler.lockPreemption(moment)
      level = scheduler.lockLevel
      return .done(code)
    }
    return level
  }

  /// Undoes one `lockPreemption`.
  ///
  /// - Returns: how often it has still locked.
  /// - Throws: `noAction` where it is not locked.
  @discardableResult
  public static func unlockPreemption() throws(ReturnCode) -> Int32 {
    var level: Int32 = 0
    try ProcessMachine.try { scheduler, moment in
      let code = scheduler.unlockPreemption(moment)
      level = scheduler.lockLevel
      if code == .noError, level == 0 {
        ProcessMachine.lookAtClock()
        ProcessMachine.armTimer()
      }
      return .done(code)
    }
    return level
  }

  /// What it owns that keeps others away; nil where there is no such process.
  public var ownedMutex: OwnedMutex? { ProcessMachine.ask { $0.ownedMutex(of: identifier) } }
}

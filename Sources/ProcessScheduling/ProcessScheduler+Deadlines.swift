import APEXTypes

/// Deadlines: errors of process level where they pass (ARINC 653 Part 1, 2.3.2.3 and 3.8).
extension ProcessScheduler {
  /// The process has another deadline from now on; `never` for none.
  func setDeadline(_ process: UnsafeMutablePointer<ProcessControlBlock>, _ instant: SystemTime) {
    process.pointee.deadline = instant
    process.pointee.isLate = false
  }

  /// When the next deadline passes of a process under way; `never` if there is none.
  public var nextDeadline: SystemTime {
    var next = SystemTime.never
    forEachProcess { process in
      if process.pointee.canBeLate { next = min(next, process.pointee.deadline) }
    }
    return next
  }

  /// Takes one of those whose deadline has passed, and of which the health monitor has not been told yet; `none` if
  /// there is no more. It is the late process until `tellingIsOver`: the error handler runs meanwhile.
  ///
  /// - Parameter after: the one taken before; `none` at first. In the order of creation, so that each comes once.
  public func takeLate(after: ProcessIdentifier, _ now: SystemTime) -> ProcessIdentifier {
    for index in Int(after.rawValue)..<max(Int(after.rawValue), Int(state.pointee.processCount)) {
      let process = processes + index
      guard process.pointee.canBeLate, process.pointee.deadline <= now else { continue }
      process.pointee.isLate = true
      state.pointee.late = identifier(process)
      return state.pointee.late
    }
    return .none
  }

  /// Whether the running process's deadline has passed, and the health monitor has not been told of it yet.
  ///
  /// It is asked before a service that gives the caller another deadline, or ends it: afterwards nobody would know. No
  /// tick has come where upcalls were masked, or where the window ended in the service's first instructions. In the
  /// handler of an interrupt it cannot be told.
  public func isOverdue(_ moment: PartitionMoment) -> Bool {
    guard let own = runningBlock, !moment.isInUpcall else { return false }
    return own.pointee.canBeLate && own.pointee.deadline <= moment.now
  }

  /// The health monitor is being told of a failure of this process, which does not run.
  public func beginTelling(of process: ProcessIdentifier) { state.pointee.late = process }

  /// Whether the health monitor is being told of a process's missed deadline, or of its overflowed stack.
  public var isTelling: Bool { !state.pointee.late.isNone }

  /// The health monitor knows.
  public func tellingIsOver() { state.pointee.late = .none }

  // MARK: The error handler

  /// The error handler takes the place of whoever runs.
  ///
  /// - Returns: who has failed: the late process, where one is being told of, else who runs.
  public func beginErrorHandling() -> ProcessIdentifier {
    state.pointee.interrupted = state.pointee.running
    runningBlock?.pointee.wasStopped = false
    state.pointee.running = .none
    state.pointee.isInErrorHandler = true
    return state.pointee.late.isNone ? state.pointee.interrupted : state.pointee.late
  }

  /// The error handler is over.
  ///
  /// - Returns: whether what it took the place of goes on; not a process that it has stopped.
  public func endErrorHandling() -> Bool {
    state.pointee.isInErrorHandler = false
    if let interrupted = block(state.pointee.interrupted), interrupted.pointee.wasStopped { return false }
    state.pointee.running = state.pointee.interrupted
    return true
  }
}

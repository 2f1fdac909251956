import APEXTypes

/// Waiting for the clock, and budgets (ARINC 653 Part 1, 3.4).
extension ProcessScheduler {
  /// Waits so long; with 0 its equals go first.
  public func timedWait(_ delay: ServiceTime, _ moment: PartitionMoment) -> ServiceStep {
    guard mayWait(moment), let own = runningBlock else { return .done(.invalidMode) }
    let end = moment.now.after(delay)
    if end == .never { return .done(.invalidParameter) }
    if delay == .notAtAll { return standBehind(own, moment) }
    _ = wait(own, for: .time, until: end)
    return .givesWay
  }

  /// The caller's job is complete: it waits for its next release point.
  public func periodicWait(_ moment: PartitionMoment) -> ServiceStep {
    guard mayWait(moment), let own = runningBlock, own.pointee.attributes.isPeriodic else {
      return .done(.invalidMode)
    }
    let (period, capacity) = (own.pointee.attributes.period, own.pointee.attributes.timeCapacity)
    own.pointee.outcome = .isComplete
    own.pointee.release = own.pointee.release.after(period)
    if !capacity.isInfinite { setDeadline(own, own.pointee.release.after(capacity)) }
    _ = wait(own, for: .time, until: own.pointee.release)
    return .givesWay
  }

  /// The caller's deadline is so far from now. Who has no time capacity has no deadline.
  public func replenish(_ budget: ServiceTime, _ moment: PartitionMoment) -> ReturnCode {
    guard moment.isNormal, let own = runningBlock else { return .noAction }
    let attributes = own.pointee.attributes
    let deadline = moment.now.after(budget)
    if attributes.isPeriodic, deadline > own.pointee.release.after(attributes.period) { return .invalidMode }
    if !budget.isTimeOut || (budget.rawValue >= 0 && deadline == .never) { return .invalidParameter }
    setDeadline(own, attributes.timeCapacity.isInfinite ? .never : deadline)
    if attributes.isPeriodic, own.pointee.hasDeadline {
      own.pointee.isDeadlineUntold = true
      state.pointee.hasUntold = true
    }
    state.pointee.wantsTimer = true
    return .noError
  }
}

import APEXTypes
import ModuleConfiguration

/// What the tracer is told of processes (`ProcessTelling`): the kernel sees partitions only.
extension ProcessScheduler {
  /// What it is told when a process gets the processor, or nobody does; nil where it knows.
  public func tellDispatch(of next: ProcessIdentifier, _ moment: PartitionMoment) -> ProcessTelling? {
    let left = block(state.pointee.told)
    let outcome = left?.pointee.outcome ?? .goesOn
    if state.pointee.told == next, outcome == .goesOn { return nil }
    let told = left.map { Self.told($0.pointee) } ?? .dormant
    left?.pointee.outcome = .goesOn
    state.pointee.told = next
    return ProcessTelling(
      from: left?.pointee.key ?? .none, told, to: block(next)?.pointee.key ?? .none, age: age(next, moment))
  }

  /// What it is told when a process is stopped by another; nil where it is told with the next one that gets the
  /// processor.
  func tellStop(_ stopped: UnsafeMutablePointer<ProcessControlBlock>, _ moment: PartitionMoment) -> ProcessTelling? {
    let told = state.pointee.told
    if identifier(stopped) == told {
      stopped.pointee.outcome = .isStopped
      return nil
    }
    return ProcessTelling(
      from: stopped.pointee.key, .dormant, to: block(told)?.pointee.key ?? .none, age: age(told, moment))
  }

  /// Whether there may be more to tell: `takeTelling` has it.
  public var mustTell: Bool { state.pointee.hasUntold }

  /// What it is told beside: that a periodic process was started, or that its job has another deadline; nil where there
  /// is no more. Whose stop is told with the next one that gets the processor is started after that.
  public func takeTelling(_ moment: PartitionMoment) -> ProcessTelling? {
    guard state.pointee.hasUntold else { return nil }
    var mustWait = false
    for index in 0..<Int(state.pointee.processCount) {
      let own = processes + index
      if own.pointee.isDeadlineUntold {
        own.pointee.isDeadlineUntold = false
        return ProcessTelling(
          from: own.pointee.key, .replenished, to: .none,
          age: Int64(bitPattern: moment.periodStart.nanoseconds &- own.pointee.deadline.nanoseconds))
      }
      guard own.pointee.isStartUntold else { continue }
      if own.pointee.outcome == .isStopped {
        mustWait = true
        continue
      }
      own.pointee.isStartUntold = false
      return ProcessTelling(from: .none, .started, to: own.pointee.key, age: 0 &- own.pointee.startDelay.rawValue)
    }
    state.pointee.hasUntold = mustWait
    return nil
  }

  /// It is to be told that a periodic process was started.
  func noteStart(_ process: UnsafeMutablePointer<ProcessControlBlock>) {
    process.pointee.isStartUntold = true
    state.pointee.hasUntold = true
  }

  private static func told(_ left: ProcessControlBlock) -> ProcessTelling.State {
    switch left.outcome {
    case .isComplete: return .complete
    case .isStopped: return .dormant
    case .goesOn: break
    }
    switch left.state {
    case .dormant: return .dormant
    case .waiting: return .waiting
    case .ready, .running: return .ready
    }
  }

  /// From the release of a process's job to the start of its partition's period.
  private func age(_ process: ProcessIdentifier, _ moment: PartitionMoment) -> Int64 {
    guard let own = block(process) else { return 0 }
    guard own.pointee.attributes.isPeriodic else { return ProcessTelling.aperiodic }
    return Int64(bitPattern: moment.periodStart.nanoseconds &- own.pointee.release.nanoseconds)
  }
}

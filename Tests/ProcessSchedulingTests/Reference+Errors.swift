import APEXTypes
import ModuleConfiguration
import ProcessScheduling

/// Deadlines, the error handler, and what the tracer is told.
extension Reference {
  func setDeadline(_ process: ReferenceProcess, _ instant: UInt64?) {
    process.deadline = instant
    process.isKnownToBeLate = false
  }

  /// Those whose deadline counts.
  private var hurried: [ReferenceProcess] {
    processes.filter { process in
      // Before NORMAL mode no time is counted.
      if case .normalMode = process.wait { return false }
      // A deadline that is foretold may yet be another.
      if case .firstPeriod = process.wait { return false }
      return !process.isDormant && process.deadline != nil && !process.isKnownToBeLate
    }
  }

  var nextDeadline: SystemTime { hurried.map { Self.time($0.deadline) }.min() ?? .never }

  func takeLate(after: Int32, _ now: SystemTime) -> Int32 {
    let late = hurried.first { $0.identifier > after && Self.time($0.deadline) <= now }
    guard let late else { return 0 }
    late.isKnownToBeLate = true
    beingTold = late
    return late.identifier
  }

  func tellingIsOver() { beingTold = nil }

  func isOverdue(_ moment: PartitionMoment) -> Bool {
    guard let runner, !moment.isInUpcall else { return false }
    return hurried.contains { $0 === runner && Self.time($0.deadline) <= moment.now }
  }

  func beginErrorHandling() -> Int32 {
    (interrupted, interruptedWasStopped, isHandlingError) = (runner, false, true)
    runner = nil
    return (beingTold ?? interrupted)?.identifier ?? 0
  }

  func endErrorHandling() -> Bool {
    isHandlingError = false
    runner = interrupted
    interrupted = nil
    return !interruptedWasStopped
  }

  // MARK: Tellings

  func tellDispatch(of next: Int32, _ moment: PartitionMoment) -> ProcessTelling? {
    let chosen = process(next)
    let left = told
    if left === chosen, left?.endOfJob == nil { return nil }
    var became = ProcessTellingState.dormant
    if let left {
      switch state(of: left) {
      case .dormant: became = .dormant
      case .waiting: became = .waiting
      case .ready, .running: became = .ready
      }
      became = left.endOfJob ?? became
    }
    left?.endOfJob = nil
    told = chosen
    return ProcessTelling(from: key(left), became, to: key(chosen), age: age(chosen, moment))
  }

  func tellStop(_ stopped: ReferenceProcess, _ moment: PartitionMoment) -> ProcessTelling? {
    if stopped === told {
      stopped.endOfJob = .dormant
      return nil
    }
    return ProcessTelling(from: key(stopped), .dormant, to: key(told), age: age(told, moment))
  }

  func takeTelling(_ moment: PartitionMoment) -> ProcessTelling? {
    // Of whom something else is to be told first nothing is told yet.
    guard let process = processes.first(where: { $0.deadlineIsNew || $0.startIsNew && $0.endOfJob != .dormant })
    else { return nil }
    if process.deadlineIsNew, let deadline = process.deadline {
      process.deadlineIsNew = false
      return ProcessTelling(
        from: key(process), .replenished, to: .none, age: Int64(moment.periodStart.nanoseconds) - Int64(deadline))
    }
    process.startIsNew = false
    return ProcessTelling(from: .none, .started, to: key(process), age: -process.delay)
  }

  private func key(_ process: ReferenceProcess?) -> ProcessKey {
    guard let process else { return .none }
    return Array(process.name.utf8.prefix(32)).withUnsafeBytes { ProcessKey(name: $0) }
  }

  private func age(_ process: ReferenceProcess?, _ moment: PartitionMoment) -> Int64 {
    guard let process else { return 0 }
    return process.isPeriodic
      ? Int64(moment.periodStart.nanoseconds) - Int64(process.release) : ProcessTelling.aperiodic
  }
}

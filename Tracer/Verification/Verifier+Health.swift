import APEXTypes
import TraceFormat

/// Exceptions, what the health monitor made of them, and modes.
extension Verifier {
  mutating func exception(_ event: TraceEvent) {
    enter(event)
    tally(.exceptionAnswered)
  }

  mutating func healthAction(_ event: TraceEvent) {
    guard event.partition != 0xFF, event.operand < 8, let action = PartitionRecoveryAction(rawValue: event.detail)
    else {
      if fails(.meaning) { explain("health action \(event.detail) for error \(event.operand) has no meaning") }
      return
    }
    tally(.healthAction)
    let configured = plan.healthActions[Int(event.partition) * 8 + Int(event.operand)]
    if event.detail != configured, fails(.healthAction) {
      explain("error \(event.operand) of \(name(event.partition)) got action \(action); configured is \(configured)")
    }
    if event.words.w0 != 0, step.kind != 0 { judgeCause(event) }
    guard action != .ignore else { return }
    tally(.healthCarriedOut)
    step.dueMode =
      switch action {
      case .coldStart: OperatingMode.coldStart.rawValue
      case .warmStart: OperatingMode.warmStart.rawValue
      default: OperatingMode.idle.rawValue
      }
    if !(partitions[Int(event.partition)].isStopped && action == .idle) { step.happenings.insert(.modeDue) }
  }

  private mutating func judgeCause(_ event: TraceEvent) {
    let belongs =
      step.kind == EventKind.exception.rawValue && event.partition == step.partition
      && event.words.w0 == UInt64(step.what) &+ 1 && !step.happenings.contains(.healthAction)
    if !belongs, fails(.exceptionAnswered) {
      explain("a health action for exception \(event.words.w0 &- 1) of \(name(event.partition)), which did not occur")
    }
    step.happenings.insert(.healthAction)
    guard belongs, let error = ErrorCode(rawValue: UInt8(event.operand)) else { return }
    let isRight =
      switch step.what {
      case 0, 16, 19: error == .numericError
      case 14: error == .memoryViolation || error == .stackOverflow
      default: true
      }
    if !isRight, fails(.healthAction) { explain("exception \(step.what) was taken for \(error)") }
  }

  mutating func closeException() {
    if !step.happenings.contains(.healthAction), fails(.exceptionAnswered) {
      explain("exception \(step.what) of \(name(step.partition)) at event \(step.position) got no health action")
    }
  }

  mutating func modeChange(_ event: TraceEvent) {
    guard event.partition != 0xFF, OperatingMode(rawValue: event.detail) != nil, event.operand < 4 else {
      if fails(.meaning) { explain("a change of mode from \(event.operand) to \(event.detail) has no meaning") }
      return
    }
    let index = Int(event.partition)
    tally(.modeChain)
    let mode = partitions[index].mode
    if mode != 0xFF, UInt32(mode) != event.operand, fails(.modeChain) {
      explain("\(name(event.partition)) changes from mode \(event.operand), and was in mode \(mode)")
    }
    if step.happenings.contains(.modeDue), event.detail == step.dueMode { step.happenings.remove(.modeDue) }
    if event.partition == step.partition { step.happenings.insert(.modeChanged) }
    partitions[index].mode = event.detail
    partitions[index].mayBeStopped = false
    if event.detail == OperatingMode.idle.rawValue {
      for process in processes.indices where processes[process].partition == event.partition {
        processes[process].isReleased = false
      }
      partitions[index].supplyKnown = false
    } else if event.detail != OperatingMode.normal.rawValue, partitions[index].hasRun {
      restart(index)
    }
  }

  /// A partition starts anew: what of its interrupts survives is not laid down, so nothing is taken as known.
  private mutating func restart(_ index: Int) {
    let mode = partitions[index].mode
    partitions[index].forget()
    partitions[index].mode = mode
    partitions[index].mayBeStopped = false
    partitions[index].hasRun = false
    for line in registrationKnown.indices { registrationKnown[line] &= ~(1 << UInt32(index)) }
  }
}

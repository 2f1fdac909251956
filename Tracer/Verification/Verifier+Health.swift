import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Errors: how they are entered, whom they are told to, and what follows.
extension Verifier {
  mutating func healthError(_ event: RowReference) {
    let state = UInt8(truncatingIfNeeded: event.operand >> 8)
    let level = UInt8(truncatingIfNeeded: event.operand)
    guard event.detail < 8, ErrorLevel(rawValue: level) != nil, SystemState(rawValue: state) != nil else {
      if fails(.meaning) { explain("error \(event.detail) of level \(level) in state \(state) has no meaning") }
      return
    }
    closeError()
    tally(.healthEntered)
    rare.isTouched = true
    rare.error = Int16(event.detail)
    rare.errorPartition = event.partition
    rare.errorLevel = level
    rare.errorState = state
    rare.errorVector = UInt8(truncatingIfNeeded: event.operand >> 16)
    rare.isErrorAnswered = false
    enterLog(event)
    // Of an exception that is said to be nobody's, too: it is not the step's.
    if rare.errorVector != 0, step.kind != 0 { judgeCause(event) }
    guard event.partition != 0xFF else { return }
    if let rule = plan.healthRule(event.partition, UInt32(event.detail), state) { judgeLevel(event, level, rule) }
    judgeState(event.partition, state)
    if event.detail == ErrorCode.stackOverflow.rawValue, rare.errorVector == 0, !isErrorRaised {
      partitions[Int(event.partition)].isOverflowTold = true
      judgeRoomTold(event.partition)
    }
    if level == ErrorLevel.module.rawValue { beginModuleError(event) }
  }

  private mutating func judgeLevel(_ event: RowReference, _ level: UInt8, _ rule: ModulePlan.HealthRule) {
    tally(.healthLevel)
    if level != rule.level.rawValue, fails(.healthLevel) {
      explain("error \(event.detail) of \(name(event.partition)) has level \(level); the table has \(rule.level)")
    }
  }

  private mutating func judgeState(_ partition: UInt8, _ state: UInt8) {
    assumeReflected(partition)
    let isOverTold = isHandlerOverTold(partition)
    if isOverTold, partitions[Int(partition)].handlerPhase == .shownOver {
      partitions[Int(partition)].handlerPhase = .over
    }
    let guest = guests[Int(partition)]
    let mode = partitions[Int(partition)].mode
    guard step.kind != 0 else { return }
    var expected: SystemState?
    if guest.callbackError >= 0 {
      expected = .errorHandling
    } else if guest.isCallbackKnown, guest.isReflectedKnown {
      guard let isInHandler = isInHandler(partition) else { return }
      if isInHandler {
        expected = .errorHandling
      } else if mode == OperatingMode.normal.rawValue {
        expected = .partitionExecution
      } else if mode == OperatingMode.coldStart.rawValue || mode == OperatingMode.warmStart.rawValue {
        expected = .partitionInitialisation
      }
    }
    guard let expected else { return }
    tally(.healthState)
    if expected.rawValue != state, fails(.healthState) {
      explain("an error of \(name(partition)) is told in state \(state); it was in \(expected)")
    }
  }

  /// Whether a partition's handler is at work, as the kernel had to take it; nil where its count was written back.
  private func isInHandler(_ partition: UInt8) -> Bool? {
    if isHandlerOverTold(partition) { return false }
    switch partitions[Int(partition)].handlerPhase {
    case .none, .over: return false
    case .inside: return true
    case .shownOver, .writtenBack: return nil
    }
  }

  /// Of an error that is found at a delivery the flag of the last entry tells whether the handler is over, and so the
  /// kernel learns it.
  private func isHandlerOverTold(_ partition: UInt8) -> Bool {
    let isOwnException = step.kind == EventKind.exception.rawValue && step.partition == partition
    return !isOwnException && partitions[Int(partition)].isHandlerOverTold
  }

  /// An error that a CPU exception caused must belong to the exception of the step.
  private mutating func judgeCause(_ event: RowReference) {
    let effective = gateMeant.map { UInt16($0) } ?? step.what
    let vector = UInt16(rare.errorVector) &- 1
    let belongs =
      step.kind == EventKind.exception.rawValue && event.partition == step.partition
      && (vector == step.what || vector == effective) && !step.happenings.contains(.healthAction)
    if !belongs, fails(.exceptionAnswered) {
      explain("an error by exception \(vector) of \(name(event.partition)), which did not occur")
    }
    step.happenings.insert(.healthAction)
    guard belongs else { return }
    let meant = error(by: step.what, at: step.argument0, of: event.partition)
    if event.detail != meant.rawValue, fails(.healthAction) {
      explain("exception \(step.what) was taken for error \(event.detail); it means \(meant)")
    }
  }

  /// The error that a CPU exception means. A page fault in the page below the stack is the stack's overflow.
  private func error(by vector: UInt16, at address: UInt64, of partition: UInt8) -> ErrorCode {
    switch vector {
    case 0, 4, 16, 19: return .numericError
    case 12: return .stackOverflow
    case 14:
      let bottom = plan.partitions[Int(partition)].stackBottom
      return address < bottom && bottom &- address <= 4096 ? .stackOverflow : .memoryViolation
    case 18: return .hardwareFault
    default: return .illegalRequest
    }
  }

  /// The error at hand gets no more answers.
  mutating func closeError() {
    guard rare.error >= 0, !rare.isErrorAnswered else { return }
    rare.isErrorAnswered = true
    if step.happenings.contains(.stopped) || step.kind == 0 { return }
    if fails(.healthEntered) {
      explain("error \(rare.error) of \(name(rare.errorPartition)) was entered in the log, and nothing followed")
    }
  }

  // MARK: Partition level

  mutating func healthAction(_ event: RowReference) {
    guard event.partition != 0xFF, event.operand < 8, let action = PartitionRecoveryAction(rawValue: event.detail)
    else {
      if fails(.meaning) { explain("health action \(event.detail) for error \(event.operand) has no meaning") }
      return
    }
    rare.isTouched = true
    let index = Int(event.partition)
    tally(.healthAction)
    if guests[index].callbackError >= 0, Int16(event.operand) == guests[index].callbackError {
      step.happenings.insert(.acted)
      judgeAfterCallback(event, index)
    } else if rare.error == Int16(event.operand), rare.errorPartition == event.partition, !rare.isErrorAnswered {
      judgeAction(event, action)
    } else if step.kind != 0 {
      // The exception has its answer all the same.
      step.happenings.insert(.healthAction)
      if guests[index].isCallbackKnown, fails(.healthEntered) {
        explain("action \(action) for error \(event.operand) of \(name(event.partition)), which the log does not know")
      }
    }
    guard action != .ignore else { return }
    tally(.healthCarriedOut)
    // Who has not yet been initialised has nothing to keep.
    let isCold = partitions[index].mode == OperatingMode.coldStart.rawValue
    step.dueMode =
      switch action {
      case .coldStart: OperatingMode.coldStart.rawValue
      case .warmStart: isCold ? OperatingMode.coldStart.rawValue : OperatingMode.warmStart.rawValue
      default: OperatingMode.idle.rawValue
      }
    step.mayStartCold = action == .warmStart && partitions[index].mode == 0xFF
    step.duePartition = event.partition
    if !(partitions[index].isStopped && action == .idle) { step.happenings.insert(.modeDue) }
  }

  private mutating func judgeAction(_ event: RowReference, _ action: PartitionRecoveryAction) {
    noteInLog(event.detail)
    rare.isErrorAnswered = true
    let rule = plan.healthRule(event.partition, event.operand, rare.errorState) ?? ModulePlan.HealthRule()
    if action != rule.action || rare.errorLevel == ErrorLevel.module.rawValue, fails(.healthAction) {
      explain(
        "error \(event.operand) of \(name(event.partition)) got action \(action); configured is \(rule.action) at "
          + "level \(rule.level)")
    }
    if event.words.w0 != UInt64(rare.errorVector), fails(.exceptionAnswered) {
      explain("an action for exception \(event.words.w0 &- 1) of \(name(event.partition)), which did not occur")
    }
    if rule.level == .process { judgeHandlerLeftOut(event.partition) }
    guard plan.partitions[Int(event.partition)].callbackEntry != 0, action != .ignore else { return }
    tally(.healthCallback)
    if rare.errorState != SystemState.errorHandling.rawValue, fails(.healthCallback) {
      explain("\(name(event.partition)) has a callback, and the action for error \(event.operand) came without it")
    }
  }

  // MARK: Process level

  mutating func judgeProcessLevel(_ event: RowReference, _ index: Int) {
    tally(.healthProcess)
    let belongs =
      rare.error >= 0 && rare.errorPartition == event.partition && !rare.isErrorAnswered
      && event.words.w1 == UInt64(rare.error)
    noteInLog(HealthState.takenByHandler)
    rare.isErrorAnswered = true
    let rule = plan.healthRule(event.partition, UInt32(max(rare.error, 0)), rare.errorState) ?? ModulePlan.HealthRule()
    let mode = partitions[index].mode
    let isNormal = mode == 0xFF || mode == OperatingMode.normal.rawValue
    if !belongs || rule.level != .process || !isNormal, fails(.healthProcess) {
      explain(
        "error \(event.words.w1) goes to the error handler of \(name(event.partition)); it has level \(rule.level), "
          + "the partition is in mode \(mode)" + (belongs ? "" : ", and it was not entered in the log"))
    }
    if guests[index].isReflectedKnown, isInHandler(event.partition) == true, fails(.healthProcess) {
      explain("error \(event.words.w1) goes to the error handler of \(name(event.partition)), whose handler is at work")
    }
  }

  /// The error that a call has raised is entered before its answer; what is entered after it is a mark's that found no
  /// room or depth.
  mutating func judgeErrorRaised() {
    let raisable = [ErrorCode.applicationError, .deadlineMissed, .stackOverflow]
    let raised = raisable.first { UInt64($0.rawValue) == step.argument0 }
    if raised.map({ Int16($0.rawValue) == rare.error }) != true, fails(.healthEntered) {
      explain("\(name(step.partition)) raised error \(step.argument0), and the health monitor has \(rare.error)")
    }
  }

  private var isStepRaise: Bool {
    step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.raiseApplicationError.rawValue
  }

  /// Whether an error that is entered now is the one that the step's call raises, and no mark's that found no room.
  private var isErrorRaised: Bool { isStepRaise && !step.happenings.contains(.answered) }

  /// An error of process level was not given to the partition's error handler.
  mutating func judgeHandlerLeftOut(_ partition: UInt8) {
    assumeReflected(partition)
    let guest = guests[Int(partition)]
    tally(.healthProcess)
    // A raised error tells by bit 32 whether a frame fits, and in the bits below the exceptions come back from.
    let hasFrame =
      isStepRaise
      ? step.looked >> 32 & 1 != 0 && guest.isReflectedKnown
        && guest.reflectedCount == UInt32(truncatingIfNeeded: step.looked)
      : step.flags.contains(.frameFits) && !step.flags.contains(.inReturnTail)
    guard guest.handlersKnown & 1 << 32 != 0, guest.handlers[Self.errorVector] != 0, guest.isEntryKnown,
      guest.exceptionEntry != 0, partitions[Int(partition)].mode == OperatingMode.normal.rawValue,
      step.partition == partition, hasFrame,
      rare.errorState == SystemState.partitionExecution.rawValue
    else { return }
    if fails(.healthProcess) {
      explain("an error of process level of \(name(partition)) was not given to its error handler")
    }
  }
}

import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Operating modes, and what a start takes: memory in pieces, registers, the first instruction.
extension Verifier {
  mutating func modeChange(_ event: RowReference) {
    let from = UInt8(truncatingIfNeeded: event.operand)
    let condition = UInt8(truncatingIfNeeded: event.operand >> 8)
    guard event.partition != 0xFF, OperatingMode(rawValue: event.detail) != nil, from < 4, event.operand >> 16 == 0,
      condition < 4
    else {
      if fails(.meaning) { explain("a change of mode from \(event.operand) to \(event.detail) has no meaning") }
      return
    }
    rare.isTouched = true
    let index = Int(event.partition)
    let bit: UInt32 = 1 << UInt32(index)
    // A start told before its change is the change's own. One that follows another change is over: a schedule's action
    // may take back what the health monitor has begun in the same step.
    let isStartTold =
      rare.begun & bit != 0 && rare.changed & bit == 0 && partitions[index].mode == event.detail
    tally(.modeChain)
    let mode = isStartTold ? partitions[index].modeBefore : partitions[index].mode
    if mode != 0xFF, mode != from, fails(.modeChain) {
      explain("\(name(event.partition)) changes from mode \(from), and was in mode \(mode)")
    }
    if step.happenings.contains(.modeDue), step.duePartition == event.partition, step.isDue(event.detail) {
      step.happenings.remove(.modeDue)
    }
    // Who goes to NORMAL goes on.
    if event.detail != OperatingMode.normal.rawValue {
      if event.partition == step.partition { step.happenings.insert(.modeChanged) }
      forgetReflection(to: event.partition)
      if rare.callbackDue == Int16(index) { rare.callbackDue = -1 }
    }
    judgeTransition(index, from, event.detail)
    judgeCondition(index, event.detail, condition)
    if !isStartTold {
      if rare.changed & ~rare.begun & bit != 0, isInStartMode(index) { rare.missed |= bit }
      partitions[index].modeBefore = from
      rare.begun &= ~bit
    }
    rare.changed |= bit
    partitions[index].mode = event.detail
    partitions[index].mayBeStopped = false
    if event.detail == OperatingMode.idle.rawValue {
      stopProcesses(of: event.partition)
      judgeUnansweredMarks(of: index)
      judgeUnenteredUpcall(of: index)
      // Its queues are gone, which may make room for any sender.
      ports.restart(event.partition, plan)
      rare.queueMarkAllowed = .max
      partitions[index].supplyKnown = false
      guests[index].callbackError = -1
      // Its window is idle time from here.
      step.happenings.insert(.timing)
    }
  }

  /// A process that is stopped is excused from nothing that it had to have done by now.
  private mutating func stopProcesses(of partition: UInt8) {
    for process in processes.indices where processes[process].partition == partition {
      judgeOverdue(process)
      processes[process].stop()
    }
  }

  // MARK: Causes

  /// Why a mode changes in this step.
  private enum Cause {
    case moduleStart, request, health, reset, schedule, unknown, none
  }

  private func cause(_ index: Int, _ mode: UInt8) -> Cause {
    let partition = UInt8(index)
    if step.kind == 0 { return .unknown }
    if step.kind == EventKind.start.rawValue { return .moduleStart }
    if rare.isModuleReset { return .reset }
    if step.duePartition == partition, step.isDue(mode) { return .health }
    // What is asked for is done before it is answered.
    if step.kind == EventKind.hypercall.rawValue, step.what == HypercallNumber.setPartitionMode.rawValue,
      step.partition == partition, step.argument0 == UInt64(mode), !step.happenings.contains(.answered)
    {
      return .request
    }
    if rare.actedFor == Int16(index) {
      if rare.scheduleDuty != .goOn { return rare.scheduleDuty == .unknown ? .unknown : .schedule }
      return .none
    }
    if rare.unknownFor == Int16(index) || !guests[index].isScheduleActionKnown { return .unknown }
    return .none
  }

  private mutating func judgeTransition(_ index: Int, _ from: UInt8, _ to: UInt8) {
    let cause = cause(index, to)
    guard cause != .unknown else { return }
    if cause == .request {
      rare.isRequestMet = true
      judgeChosenMode(index)
    }
    tally(.modeTransition)
    let isLegal: Bool
    switch OperatingMode(rawValue: to) {
    case .normal:
      isLegal =
        cause == .request && (from == OperatingMode.coldStart.rawValue || from == OperatingMode.warmStart.rawValue)
        && !partitions[index].isInitialising
    case .idle: isLegal = cause == .request || cause == .health
    case .warmStart:
      isLegal =
        cause == .request
        ? from != OperatingMode.idle.rawValue && from != OperatingMode.coldStart.rawValue : cause != .none
    default: isLegal = cause == .request || cause == .health ? from != OperatingMode.idle.rawValue : cause != .none
    }
    if cause == .none, rare.actedFor == Int16(index) { rare.isScheduleExceeded = true }
    guard !isLegal, fails(.modeTransition) else { return }
    explain(
      "\(name(UInt8(index))) goes from mode \(from) to mode \(to)"
        + (cause == .none ? ", and nothing called for it" : ", which the standard does not allow"))
  }

  private mutating func judgeCondition(_ index: Int, _ mode: UInt8, _ condition: UInt8) {
    let expected: StartCondition?
    switch OperatingMode(rawValue: mode) {
    case .idle: expected = nil
    case .normal: expected = guests[index].isConditionKnown ? StartCondition(rawValue: guests[index].condition) : nil
    default:
      switch cause(index, mode) {
      case .moduleStart: expected = .normalStart
      case .request, .schedule: expected = .partitionRestart
      case .health: expected = .healthPartitionRestart
      case .reset: expected = .healthModuleRestart
      case .unknown, .none: expected = nil
      }
    }
    guard let expected else { return }
    tally(.restartCondition)
    if expected.rawValue != condition, fails(.restartCondition) {
      explain("\(name(UInt8(index))) has start condition \(condition) in mode \(mode); its cause is \(expected)")
    }
  }

  /// A mode that was asked for and granted must have been entered, and no other.
  mutating func closeModeAsked() {
    guard step.resultCode == 0 else {
      if rare.isRequestMet, fails(.modeTransition) {
        explain("\(name(step.partition)) enters mode \(step.argument0), and is told that it was refused")
      }
      return
    }
    tally(.modeAsked)
    let partition = Int(step.partition)
    if (rare.changed | rare.restarted) & 1 << UInt32(partition) == 0, fails(.modeAsked) {
      explain("\(name(step.partition)) was granted mode \(step.argument0), and did not enter it")
    }
  }

  // MARK: Starts

  mutating func restart(_ event: RowReference) {
    let isMode = event.detail == OperatingMode.coldStart.rawValue || event.detail == OperatingMode.warmStart.rawValue
    let isMeant = event.words.w0 < 4
    if event.partition == 0xFF || !isMode || !isMeant, fails(.meaning) {
      explain("a restart in mode \(event.detail), condition \(event.words.w0), has no meaning")
    }
    // A start for no cause that there is, is a start all the same.
    guard event.partition != 0xFF, isMode else { return }
    rare.isTouched = true
    let index = Int(event.partition)
    let bit: UInt32 = 1 << UInt32(index)
    tally(.restartPieces)
    let pieces = plan.partitions[index].memoryPieces
    if UInt64(event.operand) != pieces, fails(.restartPieces) {
      explain("the start of \(name(event.partition)) has \(event.operand) pieces; the table gives \(pieces)")
    }
    if rare.changed & bit == 0, step.kind != EventKind.start.rawValue {
      // A start from a start mode into the same one may come without a change.
      judgeTransition(index, partitions[index].mode, event.detail)
    }
    if isMeant { judgeCondition(index, event.detail, UInt8(event.words.w0)) }
    if rare.begun & bit != 0, fails(.restartBegun) {
      explain("\(name(event.partition)) starts twice in one step, without another change of its mode")
    }
    if step.happenings.contains(.modeDue), step.duePartition == event.partition, step.isDue(event.detail) {
      step.happenings.remove(.modeDue)
    }
    if event.partition == step.partition { step.happenings.insert(.modeChanged) }
    // The action that was due has led here: what comes now is another's doing.
    if event.partition == step.duePartition { step.mayStartCold = false }
    rare.restarted |= bit
    rare.begun |= bit
    // A callback that was to begin does not: the registers that are due are the start's.
    if rare.callbackDue == Int16(index) { rare.callbackDue = -1 }
    startAnew(index, event)
  }

  private mutating func startAnew(_ index: Int, _ event: RowReference) {
    let before = rare.changed & 1 << UInt32(index) != 0 ? partitions[index].modeBefore : partitions[index].mode
    let isFirst = step.kind == EventKind.start.rawValue && gapCount == 0
    judgeUnansweredMarks(of: index)
    judgeUnenteredUpcall(of: index)
    forgetReflection(to: event.partition)
    partitions[index].startAnew()
    guests[index].startAnew()
    if isFirst {
      // The shared page is new, too.
      partitions[index].countersKnown = true
      guests[index].isReflectedKnown = true
    }
    partitions[index].mode = event.detail
    partitions[index].modeBefore = before
    guests[index].condition = UInt8(truncatingIfNeeded: event.words.w0)
    guests[index].isConditionKnown = event.words.w0 < 4
    guests[index].pieces = event.operand
    for line in 0..<Self.interruptStride {
      registeredBy[line] &= ~(1 << UInt32(index))
      registrationKnown[line] |= 1 << UInt32(index)
      counters[index * Self.interruptStride + line] = 0
    }
    if event.operand == 0 { partitions[index].isInitialising = false }
    if schedule.isOpen, schedule.owner == event.partition {
      schedule.awaitsFirst = false
      schedule.awaitsPiece = false
    }
    stopProcesses(of: event.partition)
    ports.restart(event.partition, plan)
  }

  mutating func memoryPiece(_ event: RowReference) {
    guard event.partition != 0xFF else {
      if fails(.meaning) { explain("a piece of nobody's memory is made") }
      return
    }
    enterWithin(event)
    let index = Int(event.partition)
    tally(.restartOrder)
    if guests[index].arePiecesKnown,
      event.operand != guests[index].nextPiece || !partitions[index].isInitialising, fails(.restartOrder)
    {
      explain(
        "piece \(event.operand) of \(name(event.partition)) is made; "
          + (partitions[index].isInitialising ? "piece \(guests[index].nextPiece) is next" : "it does not start"))
    }
    guests[index].nextPiece = event.operand &+ 1
    if event.partition == schedule.owner { schedule.awaitsPiece = false }
  }

  mutating func initialised(_ event: RowReference) {
    guard event.partition != 0xFF else {
      if fails(.meaning) { explain("nobody is initialised") }
      return
    }
    let index = Int(event.partition)
    tally(.restartOrder)
    if guests[index].arePiecesKnown,
      guests[index].nextPiece != guests[index].pieces || !partitions[index].isInitialising, fails(.restartOrder)
    {
      explain(
        "\(name(event.partition)) is initialised after \(guests[index].nextPiece) of \(guests[index].pieces) pieces")
    }
    partitions[index].isInitialising = false
    partitions[index].mayBeStopped = false
    // Idle time that its window had meanwhile is over.
    if schedule.isOpen, schedule.owner == event.partition {
      if schedule.isIdle { step.happenings.insert(.timing) }
      schedule.isIdle = false
      schedule.isIdleKnown = true
      schedule.idleUntil = nil
    }
  }

  mutating func contextReset(_ event: RowReference) {
    guard event.partition != 0xFF else {
      if fails(.meaning) { explain("nobody's registers are reset") }
      return
    }
    let index = Int(event.partition)
    tally(.restartContext)
    let isCallback = guests[index].callbackError >= 0
    let entry = isCallback ? plan.partitions[index].callbackEntry : plan.partitions[index].entryPoint
    // Not all of a stack's last line need be used.
    let isStack = PartitionLayout.stackTop &- event.words.w1 <= 16
    if guests[index].isCallbackKnown, event.words.w0 != entry || !isStack, fails(.restartContext) {
      explain(
        "\(name(event.partition)) is set to \(event.words.w0.hexadecimal) with its stack at "
          + "\(event.words.w1.hexadecimal); its entry is \(entry.hexadecimal)")
    }
    if guests[index].isCallbackKnown, !partitions[index].isContextDue, fails(.restartContext) {
      explain("\(name(event.partition)) has its registers reset, and nothing called for it")
    }
    partitions[index].isContextDue = false
  }
}

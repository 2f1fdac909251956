import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Operating modes: what they change from, why, and that they are kept.
extension ReferenceChecker {
  /// Why a mode changes.
  private enum Cause { case start, request, health, reset, schedule, none }

  func judgeModes() {
    for index in events.indices where kinds[index] == .modeChange || kinds[index] == .restart {
      let partition = partition(index)
      let isChange = kinds[index] == .modeChange
      let before = modeBefore(index)
      let from = isChange ? UInt8(truncatingIfNeeded: events[index].operand) : before
      if isChange, let before { require("mode.chain", from == before) }
      // Before the first input a mode has one before it, but no cause.
      guard let step = step(of: index) else { continue }
      let cause = cause(of: index, step)
      // A start that follows a change of mode is its consequence.
      let isConsequence =
        !isChange && (step.input..<index).contains { kinds[$0] == .modeChange && self.partition($0) == partition }
      if !isConsequence, cause == .none { wantonChanges.insert(index) }
      if !isConsequence, cause == .request {
        require("mode.transition", !isRefused(step))
        // Else no action would ever follow.
        require("health.callback", !isInCallback(partition, before: step.input))
      }
      if !isConsequence, cause != .start || isChange {
        require("mode.transition", isLegal(events[index].detail, from: from, cause, partition, index))
      }
      judgeCondition(index, cause)
    }
    for index in events.indices where isEntry(index) && events[index].partition != 0xFF {
      require("mode.quiet", !isStopped(partition(index), before: index))
    }
    for step in steps where success(step, .setPartitionMode) != nil {
      let isEntered = range(step).contains {
        (kinds[$0] == .modeChange || kinds[$0] == .restart) && events[$0].partition == events[step.input].partition
      }
      require("mode.asked", isEntered)
    }
  }

  /// The mode that a change starts from.
  private func modeBefore(_ index: Int) -> UInt8? {
    let isStartTold = kinds[index] == .modeChange && isToldAfterItsStart(index)
    return mode(of: partition(index), before: isStartTold ? input(of: index) ?? 0 : index)
  }

  /// A change of mode whose start was told before it: the first change of its partition in the step, and the last start
  /// there before it was into the same mode.
  func isToldAfterItsStart(_ change: Int) -> Bool {
    let partition = partition(change)
    let before = (input(of: change) ?? 0)..<change
    guard all(topic(.modeChange, partition), in: before).isEmpty,
      let start = all(topic(.restart, partition), in: before).last
    else { return false }
    return events[start].detail == events[change].detail
  }

  /// A partition has begun anew in `places`, of one step, and its mode has not changed anew since.
  func hasBegun(_ partition: Int, in places: Range<Int>) -> Bool {
    guard let start = all(topic(.restart, partition), in: places).last else { return false }
    return all(topic(.modeChange, partition), in: start..<places.upperBound).allSatisfy { isToldAfterItsStart($0) }
  }

  private func cause(of index: Int, _ step: Step) -> Cause {
    let partition = partition(index)
    let mode = events[index].detail
    if kinds[step.input] == .start { return .start }
    let moduleAction = last(before: index, of: .moduleAction)
    if let moduleAction, moduleAction > step.input, events[moduleAction].detail == ModuleRecoveryAction.reset.rawValue {
      return .reset
    }
    let action = last(before: index, of: .healthAction) { events[$0].detail != 0 }
    if let action, action > step.input, self.partition(action) == partition, isDue(mode, of: action) {
      return .health
    }
    // A call's effects come before its answer.
    let isAsked =
      isCall(step, .setPartitionMode) && self.partition(step.input) == partition && word(step, 3) == UInt64(mode)
    if isAsked, answer(step).map({ index < $0 }) ?? true { return .request }
    let start = all(.windowStart, in: step.input..<index).last { startsNewSchedule($0) }
    return start.map { owner($0) == partition && startDue(at: $0) != nil ? .schedule : .none } ?? .none
  }

  /// Whether a recovery action leads to that mode; where it is not known whether its partition was starting cold, a
  /// warm start may be a cold one.
  func isDue(_ mode: UInt8, of action: Int) -> Bool {
    let due = dueMode(of: action)
    let mayBeCold = due == OperatingMode.warmStart.rawValue && self.mode(of: partition(action), before: action) == nil
    return mode == due || mayBeCold && mode == OperatingMode.coldStart.rawValue
  }

  /// The mode that a recovery action of partition level leads to: out of a cold start nobody comes to a warm one.
  func dueMode(of action: Int) -> UInt8 {
    switch PartitionRecoveryAction(rawValue: events[action].detail) {
    case .coldStart: return OperatingMode.coldStart.rawValue
    case .warmStart:
      let isCold = mode(of: partition(action), before: action) == OperatingMode.coldStart.rawValue
      return isCold ? OperatingMode.coldStart.rawValue : OperatingMode.warmStart.rawValue
    default: return OperatingMode.idle.rawValue
    }
  }

  private func isLegal(_ to: UInt8, from: UInt8?, _ cause: Cause, _ partition: Int, _ index: Int) -> Bool {
    let isFromIdle = from == OperatingMode.idle.rawValue
    let isFromCold = from == OperatingMode.coldStart.rawValue
    switch OperatingMode(rawValue: to) {
    case .normal:
      return cause == .request && (isFromCold || from == OperatingMode.warmStart.rawValue)
        && !isInitialising(partition, before: index)
    case .idle: return cause == .request || cause == .health
    case .warmStart: return cause == .request ? !isFromIdle && !isFromCold : cause != .none
    default: return cause == .request || cause == .health ? !isFromIdle : cause != .none
    }
  }

  private func judgeCondition(_ index: Int, _ cause: Cause) {
    let isChange = kinds[index] == .modeChange
    let condition = isChange ? UInt64(events[index].operand >> 8 & 0xFF) : events[index].words.w0
    // An impossible one is another claim's affair.
    guard condition < 4 else { return }
    let expected: StartCondition?
    switch OperatingMode(rawValue: events[index].detail) {
    case .idle: return
    case .normal:
      let start = lastRestart(of: partition(index), before: index)
      guard let start, !isStartUntold(partition(index), before: index) else { return }
      expected = StartCondition(rawValue: UInt8(truncatingIfNeeded: events[start].words.w0))
    default:
      switch cause {
      case .start: expected = .normalStart
      case .request, .schedule: expected = .partitionRestart
      case .health: expected = .healthPartitionRestart
      case .reset: expected = .healthModuleRestart
      case .none: expected = nil
      }
    }
    guard let expected else { return }
    require("restart.condition", condition == UInt64(expected.rawValue))
  }

  /// The partition entered a start mode since its last start, and no start was told: what survived is not known.
  func isStartUntold(_ partition: Int, before index: Int) -> Bool { untoldStart(of: partition, before: index) != nil }

  /// It did so in a step.
  func isStartUntold(_ partition: Int, in step: Step) -> Bool {
    untoldStart(of: partition, before: step.end).map { $0 > step.input } ?? false
  }

  /// Whether what was so at a place is known to be so still: no start that was not told has come since.
  func isKept(_ place: Int, _ partition: Int, before index: Int) -> Bool {
    guard let untold = untoldStart(of: partition, before: index), let step = step(of: untold) else { return true }
    return place >= step.end
  }

  /// That change of mode.
  func untoldStart(of partition: Int, before index: Int) -> Int? {
    let place = last(before: index, of: topic(.modeChange, partition), topic(.restart, partition)) { place in
      if kinds[place] == .restart { return true }
      let isStart = events[place].detail == 1 || events[place].detail == 2
      guard isStart, let step = step(of: place), step.end <= index else { return false }
      let isFollowed = !all(topic(.restart, partition), in: place..<step.end).isEmpty
      return !isFollowed && !isToldAfterItsStart(place)
    }
    return place.flatMap { kinds[$0] == .modeChange ? $0 : nil }
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Errors: how they are entered, what answers them, and what the tables say.
extension ReferenceChecker {
  func level(_ error: Int) -> ErrorLevel? { ErrorLevel(rawValue: UInt8(truncatingIfNeeded: events[error].operand)) }
  func state(_ error: Int) -> SystemState? {
    SystemState(rawValue: UInt8(truncatingIfNeeded: events[error].operand >> 8))
  }
  /// CPU exception + 1 that an error came of, or 0.
  func cause(_ error: Int) -> Int { Int(events[error].operand >> 16 & 0xFF) }

  /// What the tables say of an error in a state.
  func rule(_ partition: Int, _ error: UInt8, _ state: SystemState?) -> HealthActionRecord {
    let found = (0..<table.count(HealthActionRecord.self)).map { table.record(HealthActionRecord.self, $0) }.first {
      Int($0.partition.rawValue) == partition && $0.error.rawValue == error && $0.state == state
    }
    return found
      ?? HealthActionRecord(
        partition: PartitionIndex(UInt8(partition)), error: ErrorCode(rawValue: error) ?? .hardwareFault, action: .idle,
        level: .partition)
  }

  func judgeHealth() {
    for index in places[Int(EventKind.healthError.rawValue)] {
      let before = last(before: index, of: .healthError)
      require("health.log", events[index].words.w1 == before.map { events[$0].words.w1 &+ 1 } ?? 0)
      // Of the level and state of nobody's error no table tells; it wants an answer as anybody's does.
      if partition(index) < table.partitionCount { judgeLevel(index) }
      guard let step = step(of: index) else { continue }
      if !has(step, .stop) { require("health.entered", answer(toError: index, step) != nil) }
      if partition(index) < table.partitionCount { judgeState(index, step) }
    }
    for index in places[Int(EventKind.healthAction.rawValue)] {
      if let step = step(of: index) { judgeAction(index, step) }
    }
    for index in places[Int(EventKind.callback.rawValue)] {
      if let step = step(of: index) { judgeCallback(index, step) }
    }
    for step in steps { judgeTold(step) }
    for index in places[Int(EventKind.windowEnd.rawValue)] {
      if let step = step(of: index), !has(step, .stop) { judgeCutShort(index, step) }
    }
    for index in places[Int(EventKind.hypercallResult.rawValue)]
    where isProperResult(index) && what(index) == Int(HypercallNumber.readErrorLog.rawValue) {
      if events[index].detail == 0 { judgeRead(index) } else { judgeUnread(index) }
    }
  }

  private func judgeLevel(_ index: Int) {
    require("health.level", level(index) == rule(partition(index), events[index].detail, state(index)).level)
  }

  /// What a step's raise or exception must lead to.
  private func judgeTold(_ step: Step) {
    if let result = success(step, .raiseApplicationError) {
      // An error after the answer is a mark's that found no room or depth.
      let error = all(.healthError, in: step.input..<result).last
      let codes = [ErrorCode.deadlineMissed, .applicationError, .stackOverflow].map { UInt64($0.rawValue) }
      let isRaised = error.map { UInt64(events[$0].detail) == word(step, 3) && codes.contains(word(step, 3)) } ?? false
      require("health.entered", isRaised)
    }
    // A completed callback's action comes in the same step.
    if isCall(step, .completeCallback), !has(step, .stop), isInCallback(partition(step.input), before: step.input) {
      require("health.callback", callbackNotEnded(of: partition(step.input), before: step.end) == nil)
    }
  }

  /// A window ends, and with it a callback of its partition: the action that waited comes in the same step.
  private func judgeCutShort(_ index: Int, _ step: Step) {
    let partition = partition(index)
    guard partition < table.partitionCount, let begun = callback(of: partition, before: index) else { return }
    require("health.callback", callbackNotEnded(of: partition, before: step.end) != begun)
  }

  // MARK: Answers

  /// The error that was entered last before an event of the same step, if nothing has answered it yet.
  func openError(before index: Int, _ step: Step) -> Int? {
    guard let error = last(before: index, of: .healthError), error > step.input else { return nil }
    return answer(toError: error, step).map { $0 < index } ?? false ? nil : error
  }

  /// What answered an error: the first of its actions before the next error; the error itself where system partitions
  /// are told in place of an action.
  private func answer(toError error: Int, _ step: Step) -> Int? {
    if isModuleError(error), table.module.hasModuleCallback { return error }
    let end = all(.healthError, in: (error + 1)..<step.end).first ?? step.end
    return (error..<end).first { place in
      switch kinds[place] {
      case .healthAction:
        partition(place) == partition(error)
          && (UInt8(truncatingIfNeeded: events[place].operand) == events[error].detail || isAfterCallback(place))
      case .callback, .moduleAction: true
      case .exceptionReflected: events[place].operand == 32
      default: false
      }
    }
  }

  /// The action is that which waited for its partition's callback.
  func isAfterCallback(_ action: Int) -> Bool {
    callback(of: partition(action), before: action).map { events[$0].operand == events[action].operand } ?? false
  }

  private func judgeAction(_ index: Int, _ step: Step) {
    let partition = partition(index)
    judgeCarriedOut(index, step)
    if isAfterCallback(index) {
      let begun = callback(of: partition, before: index)!
      // What is no action at all was refused when the callback began; actions have eight bits.
      require("health.action", UInt64(events[index].detail) == events[begun].words.w1 & 0xFF)
      let isComplete = isCall(step, .completeCallback) && self.partition(step.input) == partition
      let hasErred = !all(.healthError, in: step.input..<index).isEmpty
      let isOver = all(.windowEnd, in: max(step.input, begun)..<index).contains { self.partition($0) == partition }
      return require("health.callback", isComplete || isOver || hasErred)
    }
    guard let error = openError(before: index, step), self.partition(error) == partition,
      UInt32(events[error].detail) == events[index].operand
    else {
      // Whether an untold start ended a callback is not known.
      if !isStartUntold(partition, before: index) { require("health.entered", false) }
      return
    }
    let rule = rule(partition, events[error].detail, state(error))
    require("health.action", events[index].detail == rule.action.rawValue && level(error) != .module)
    require("exception.answered", events[index].words.w0 == UInt64(cause(error)))
    if rule.level == .process { judgeHandlerLeftOut(index, error, step) }
    if record(of: partition).callbackEntry != 0, rule.action != .ignore || events[index].detail != 0,
      events[index].detail != PartitionRecoveryAction.ignore.rawValue
    {
      require("health.callback", state(error) == .errorHandling)
    }
  }

  /// An action but IGNORE changes the mode of its partition, in the same step.
  private func judgeCarriedOut(_ index: Int, _ step: Step) {
    let partition = partition(index)
    guard events[index].detail != 0, !has(step, .stop) else { return }
    let mode = dueMode(of: index)
    if mode == 0, isStopped(partition, before: index) { return }
    let isDone = ((index + 1)..<step.end).contains {
      (kinds[$0] == .modeChange || kinds[$0] == .restart) && self.partition($0) == partition
        && isDue(events[$0].detail, of: index)
    }
    require("health.carriedOut", isDone)
  }

  private func judgeCallback(_ index: Int, _ step: Step) {
    let partition = partition(index)
    let entry = record(of: partition).callbackEntry
    guard let error = openError(before: index, step), self.partition(error) == partition,
      UInt32(events[error].detail) == events[index].operand, level(error) != .module
    else { return require("health.callback", false) }
    let rule = rule(partition, events[error].detail, state(error))
    require(
      "health.callback",
      entry != 0 && events[index].words.w0 == entry && events[index].words.w1 == UInt64(rule.action.rawValue))
    if rule.level == .process { judgeHandlerLeftOut(index, error, step) }
    // Its registers are set in the same step.
    let isSet = ((index + 1)..<step.end).contains { kinds[$0] == .contextReset && self.partition($0) == partition }
    if !has(step, .stop) { require("restart.context", isSet || isOvertaken(index, before: step.end)) }
  }

  /// An error of process level that the partition's error handler could have taken, and did not get.
  private func judgeHandlerLeftOut(_ index: Int, _ error: Int, _ step: Step) {
    let partition = partition(index)
    let isRaised = isCall(step, .raiseApplicationError)
    let hasFrame =
      isRaised
      ? word(step, 2) >> 32 & 1 != 0
        && isOutOfHandlers(partition, before: index, UInt32(truncatingIfNeeded: word(step, 2)))
      : events[step.input].detail & 6 == 4
    let couldTake =
      exceptionHandler(32, partition, before: index) ?? 0 != 0 && exceptionEntry(partition, before: index) ?? 0 != 0
      && mode(of: partition, before: index) == OperatingMode.normal.rawValue && self.partition(step.input) == partition
      && hasFrame && state(error) == .partitionExecution
    require("health.process", !couldTake)
  }

  // MARK: The log

  /// What the log has as an error's action; nil where the trace does not show it.
  private func actionLogged(_ error: Int, _ step: Step) -> UInt64? {
    if level(error) == .module, partition(error) < table.partitionCount {
      return UInt64(rule(partition(error), events[error].detail, state(error)).moduleAction.rawValue)
    }
    guard let answer = answer(toError: error, step) else { return nil }
    switch kinds[answer] {
    case .healthAction: return UInt64(events[answer].detail)
    case .callback: return events[answer].words.w1 & 0xFF
    case .exceptionReflected: return 0xFF
    default: return nil
    }
  }

  /// The errors that the log keeps, by the order in which they were entered: 32, and of more the first one goes of
  /// those partitions that none has more errors in it than. Of numbers that go back the last ones count.
  private func kept(before index: Int) -> [Int] {
    if keptErrors.upTo > index { keptErrors = (0, []) }
    for error in all(.healthError, in: keptErrors.upTo..<index) {
      keptErrors.places.removeAll { events[$0].words.w1 >= events[error].words.w1 }
      keptErrors.places.append(error)
      guard keptErrors.places.count > ModuleLimits.errorLogLength else { continue }
      let held = Dictionary(grouping: keptErrors.places, by: partition).mapValues(\.count)
      let most = held.values.max()!
      keptErrors.places.remove(at: keptErrors.places.firstIndex { held[partition($0)] == most }!)
    }
    keptErrors.upTo = index
    return keptErrors.places
  }

  /// The number of the next entry, from one on, of those that the reader may see.
  private func nextRead(_ index: Int) -> UInt64? {
    kept(before: index).filter { isSystem(partition(index)) || partition($0) == partition(index) }
      .map { events[$0].words.w1 }.filter { $0 >= argument(index, 0) }.min()
  }

  /// Nothing is read of a field that there is not, and of an entry that is not kept, or is another's.
  private func judgeUnread(_ index: Int) {
    switch ErrorLogField(rawValue: argument(index, 1)) {
    case nil: require("health.read", events[index].detail == ReturnCode.invalidParameter.rawValue)
    case .next:
      require("health.read", events[index].detail == ReturnCode.notAvailable.rawValue && nextRead(index) == nil)
    case .time, .description, .address:
      let isThere = nextRead(index) == argument(index, 0)
      require("health.read", events[index].detail == ReturnCode.notAvailable.rawValue && !isThere)
    }
  }

  private func judgeRead(_ index: Int) {
    let number = argument(index, 0)
    let kept = kept(before: index)
    if ErrorLogField(rawValue: argument(index, 1)) == .next {
      return require("health.read", nextRead(index) == events[index].words.w0)
    }
    let entry = kept.last { events[$0].words.w1 == number }
    if entry == nil { return require("health.read", false) }
    guard let entry, let told = step(of: entry) else { return }
    // A partition that is no system partition sees its own errors only.
    require("hypercall.known", partition(entry) == partition(index) || isSystem(partition(index)))
    let value = events[index].words.w0
    switch ErrorLogField(rawValue: argument(index, 1)) {
    case .time: require("health.read", value >= events[told.input].time && value <= events[entry].time)
    case .description:
      let operand = UInt64(events[entry].operand)
      let expected =
        UInt64(partition(entry)) | UInt64(events[entry].detail) << 8 | (operand >> 8 & 0xFF) << 16
        | (operand & 0xFF) << 24 | UInt64(cause(entry)) << 32
      let action = actionLogged(entry, told)
      require("health.read", value & ~(0xFF << 40) == expected && value >> 40 & 0xFF == action ?? value >> 40 & 0xFF)
    case .address: require("health.read", value == events[entry].words.w0)
    case .next, nil: require("health.read", false)
    }
  }
}

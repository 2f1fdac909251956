import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Errors at module level, and the log of all errors.
extension Verifier {
  mutating func beginModuleError(_ event: RowReference) {
    let rule = plan.healthRule(event.partition, UInt32(event.detail), rare.errorState) ?? ModulePlan.HealthRule()
    noteInLog(rule.moduleAction.rawValue)
    // Nothing is to be done with the module for it, and it ends a callback as an error of any level does.
    if rule.moduleAction == .ignore, guests[Int(event.partition)].callbackError >= 0 { return }
    if health.waiting == 0 || Self.severity(health.action) < Self.severity(rule.moduleAction.rawValue) {
      health.partition = event.partition
      health.error = UInt32(event.detail)
      health.action = rule.moduleAction.rawValue
    }
    health.waiting += 1
    guard plan.hasModuleCallback else { return }
    rare.isErrorAnswered = true
    for index in partitions.indices where plan.partitions[index].isSystem { rare.healthMarkDue |= 1 << UInt32(index) }
  }

  /// How severe an action at module level is: a module that is shut down need not be reset.
  private static func severity(_ action: UInt8) -> Int {
    switch ModuleRecoveryAction(rawValue: action) {
    case .shutdown: 2
    case .reset: 1
    default: 0
    }
  }

  mutating func moduleAction(_ event: RowReference) {
    guard event.operand < 8, let action = ModuleRecoveryAction(rawValue: event.detail) else {
      if fails(.meaning) { explain("action \(event.detail) at module level has no meaning") }
      return
    }
    rare.isTouched = true
    rare.isErrorAnswered = true
    rare.isModuleReset = action == .reset
    rare.isModuleShutdown = action == .shutdown
    tally(.healthModule)
    defer {
      health.waiting = 0
      health.isWaitingKnown = true
    }
    guard step.kind != 0, health.isWaitingKnown || health.waiting > 0 else { return }
    let isThat =
      health.waiting > 0 && event.partition == health.partition && event.operand == health.error
      && event.detail == health.action
    // An error that a loss hides may have come before, with an action no less severe.
    let isOfHidden = !health.isWaitingKnown && Self.severity(event.detail) >= Self.severity(health.action)
    if !isThat, !isOfHidden, fails(.healthModule) {
      explain(
        "the module gets action \(action) for error \(event.operand) of \(name(event.partition)); "
          + (health.waiting == 0
            ? "no error of its level is known"
            : "most severe is action \(health.action) for error \(health.error) of \(name(health.partition))"))
    }
  }

  /// The end of a step: an action at module level is taken in its step, or at the next major frame, and carried out.
  mutating func closeModule() {
    if health.waiting > 0, health.isWaitingKnown, !plan.hasModuleCallback || rare.hasFrameStarted && rare.error < 0 {
      health.waiting = 0
      if fails(.healthModule) {
        explain("error \(health.error) of \(name(health.partition)) at module level got no action")
      }
    }
    if rare.isModuleShutdown, !step.happenings.contains(.stopped), fails(.healthModule) {
      explain("the health monitor shuts the module down, and it goes on")
    }
    guard rare.isModuleReset else { return }
    for index in partitions.indices where UInt8(index) != plan.drainer && rare.restarted & 1 << UInt32(index) == 0 {
      if fails(.healthModule) { explain("the module is reset, and \(name(UInt8(index))) does not start anew") }
      break
    }
  }

  // MARK: The log

  mutating func enterLog(_ event: RowReference) {
    tally(.healthLog)
    let number = event.words.w1
    if health.isNextKnown, number != health.nextEntry, fails(.healthLog) {
      explain("entry \(number) of the error log follows entry \(health.nextEntry &- 1)")
    }
    health.nextEntry = number &+ 1
    health.isNextKnown = true
    let operand = UInt64(event.operand)
    // It takes the place of those that had its number or a later one: a piece learns from events that it has seen.
    health.entries.removeAll { $0.number >= number }
    health.entries.append(
      HealthState.Entry(
        number: number, partition: event.partition, isKnown: step.kind != 0, earliest: step.time, latest: time,
        description: UInt64(event.partition) | UInt64(event.detail) << 8 | (operand >> 8 & 0xFF) << 16
          | (operand & 0xFF) << 24 | (operand >> 16 & 0xFF) << 32, address: event.words.w0))
    if health.entries.count > ModuleLimits.errorLogLength { dropFromLog() }
  }

  /// The log is full: the partition with the most entries gives up its oldest.
  private mutating func dropFromLog() {
    var counts = InlineArray<256, UInt8>(repeating: 0)
    for entry in health.entries { counts[Int(entry.partition)] += 1 }
    let most = health.entries.reduce(0) { max($0, counts[Int($1.partition)]) }
    guard let place = health.entries.firstIndex(where: { counts[Int($0.partition)] == most }) else { return }
    health.entries.remove(at: place)
  }

  /// The error at hand gets its answer: that is what the log has of it from now on.
  mutating func noteInLog(_ action: UInt8) {
    guard rare.error >= 0, !rare.isErrorAnswered, let place = health.entries.indices.last else { return }
    guard !health.entries[place].isActionKnown else { return }
    health.entries[place].isActionKnown = true
    health.entries[place].description |= UInt64(action) << 40
  }

  /// A read of the log is refused: there is no such field, or no entry that is kept and that the caller may see.
  @inline(never)
  mutating func judgeErrorLogRefused(_ partition: UInt8) {
    let number = step.argument0
    let field = ErrorLogField(rawValue: step.argument1)
    let code = field == nil ? ReturnCode.invalidParameter : .notAvailable
    tally(.healthRead)
    guard step.resultCode == code.rawValue else {
      guard fails(.healthRead) else { return }
      return explain(
        "\(name(partition)) was answered \(step.resultCode) when it read field \(step.argument1) of the log's entry "
          + "\(number); there is no such answer")
    }
    guard let field, health.isLogKnown else { return }
    let isSystem = plan.partitions[Int(partition)].isSystem
    let seen = health.entries.first { entry in
      (isSystem || entry.partition == partition) && (field == .next ? entry.number >= number : entry.number == number)
    }
    if let seen, fails(.healthRead) {
      explain(
        "\(name(partition)) was told that the log does not have entry \(number)"
          + (field == .next ? ", nor a later one" : "") + "; entry \(seen.number) is kept")
    }
  }

  mutating func judgeErrorLog(_ partition: UInt8) {
    let number = step.argument0
    let field = ErrorLogField(rawValue: step.argument1)
    guard health.isNextKnown else { return }
    tally(.healthRead)
    if field == .next { return judgeNextEntry(partition, from: number) }
    guard let entry = health.entries.last(where: { $0.number == number }) else {
      guard health.isLogKnown || number >= health.nextEntry, fails(.healthRead) else { return }
      return explain("\(name(partition)) read entry \(number) of the log, which is not kept")
    }
    guard entry.isKnown else { return }
    if entry.partition != partition, !plan.partitions[Int(partition)].isSystem, fails(.hypercallKnown) {
      explain("\(name(partition)) is no system partition, and reads of another's error: entry \(number) of the log")
    }
    let value = step.resultValue
    let isRight =
      switch field {
      case .time: value >= entry.earliest && value <= entry.latest
      case .description: entry.isActionKnown ? value == entry.description : value & ~(0xFF << 40) == entry.description
      case .address: value == entry.address
      case .next, nil: false
      }
    if !isRight, fails(.healthRead) {
      explain("\(name(partition)) read \(value.hexadecimal) as field \(step.argument1) of the log's entry \(number)")
    }
  }

  /// A partition was told which entry comes next: the least number of those that it may read.
  private mutating func judgeNextEntry(_ partition: UInt8, from number: UInt64) {
    guard health.isLogKnown else { return }
    let isSystem = plan.partitions[Int(partition)].isSystem
    let next = health.entries.lazy.filter { $0.number >= number && (isSystem || $0.partition == partition) }
      .map(\.number).min()
    if step.resultValue != next, fails(.healthRead) {
      explain(
        "\(name(partition)) was told of entry \(step.resultValue) of the log, from \(number) on; "
          + (next.map { "the next one kept is \($0)" } ?? "none is kept"))
    }
  }
}

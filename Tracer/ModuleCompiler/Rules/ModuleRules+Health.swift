import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkHealthTables() {
    for entry in module.health.stateEntries { checkState(entry) }
    checkHealthLevels()
    for entry in module.health.moduleActions {
      checkAction(
        entry.errorIdentifier, entry.state, isIgnored: entry.action == .ignore, isModuleTable: true, line: entry.line)
    }
    for table in module.health.partitionTables {
      // Generators write empty ones for partitions that a file has not.
      checkPartition(
        table.partitionIdentifier, namedBy: "this Partition_HM_Table", line: table.line,
        as: table.isEmpty ? .warning : .error)
    }
    for entry in module.health.partitionActions {
      let mayBeTaken = checkAction(
        entry.errorIdentifier, entry.state, isIgnored: entry.action == .ignore, isModuleTable: false, line: entry.line)
      if mayBeTaken { checkDrainerRestart(entry) }
    }
    for callback in module.health.callbacks { checkCallback(callback) }
    for conflict in HealthActionTable(module).conflicts {
      diagnostics.warning(
        .conflictingActions, line: conflict.line,
        "error \(conflict.errorIdentifier) has the code of another error in this system state, and another level or "
          + "action", "say the same of both; until then the higher level and the safer action hold")
    }
  }

  private mutating func checkHealthLevels() {
    struct Place: Hashable {
      var state: UInt64
      var error: UInt64
    }
    var lineByPlace: [Place: Int] = [:]
    for level in module.health.levels {
      let place = Place(state: level.state, error: level.errorIdentifier)
      if let first = lineByPlace.updateValue(level.line, forKey: place) {
        diagnostics.error(
          .duplicateError, line: level.line,
          "error \(level.errorIdentifier) has a level in system state \(level.state) already (line \(first))",
          "give an error one level in each state")
      }
    }
  }

  private mutating func checkState(_ entry: HealthDescription.StateEntry) {
    guard HealthDescription.state(entry.state) == nil else { return }
    diagnostics.warning(
      .systemState, line: entry.line,
      "system state \(entry.state) never occurs here, and what stands under it has no effect",
      "write 1 (a partition executes), 2 (it initialises) or 3 (it handles an error), or leave the entry out")
  }

  /// Whether an action may ever be taken; one that cannot is told of once, and else may be what it likes.
  @discardableResult
  private mutating func checkAction(
    _ error: UInt64, _ state: UInt64, isIgnored: Bool, isModuleTable: Bool, line: Int
  ) -> Bool {
    guard HealthDescription.state(state) != nil else { return false }
    let levels = module.health.levels.filter { $0.errorIdentifier == error }
    guard let here = levels.first(where: { $0.state == state }) else {
      diagnostics.error(
        .unknownError, line: line,
        levels.isEmpty
          ? "error \(error) is not in System_HM_Table"
          : "error \(error) is in System_HM_Table, but not for system state \(state)",
        "add an Error_ID_Level for it")
      return true
    }
    guard here.code != nil else {
      diagnostics.warning(
        .errorWithoutCode, line: line,
        "error \(error) has no ErrorCode in System_HM_Table (line \(here.line)), so it never happens here and the "
          + "action is never taken", "add the ErrorCode of the fault that is meant, or leave the action out")
      return false
    }
    if (here.level == .module) != isModuleTable, !refuseTable(error, state, here, isModuleTable, line) { return false }
    checkIgnored(error, state, isIgnored: isIgnored, line: line)
    return true
  }

  /// An action stands in the other table than its error's level asks for; a second one there has no effect.
  ///
  /// - Returns: false where it is a second one.
  private mutating func refuseTable(
    _ error: UInt64, _ state: UInt64, _ here: HealthDescription.Level, _ isModuleTable: Bool, _ line: Int
  ) -> Bool {
    let problem =
      "error \(error) is \(isModuleTable ? "not " : "")of MODULE level in system state \(state) (line \(here.line))"
    let right =
      isModuleTable
      ? module.health.partitionActions.first { $0.errorIdentifier == error && $0.state == state }?.line
      : module.health.moduleActions.first { $0.errorIdentifier == error && $0.state == state }?.line
    let table = isModuleTable ? "Partition_HM_Table" : "Module_HM_Table"
    guard let right else {
      diagnostics.error(.wrongLevel, line: line, problem, "give its action in \(table)")
      return true
    }
    diagnostics.warning(
      .wrongLevel, line: line, problem + ", and the action here is never taken",
      "leave it out: \(table) has the error's (line \(right))")
    return false
  }

  /// Errors that the CPU raises come again from the same instruction.
  private static let faults: Set<ErrorCode> = [
    .numericError, .illegalRequest, .stackOverflow, .memoryViolation, .hardwareFault,
  ]

  private mutating func checkIgnored(_ error: UInt64, _ state: UInt64, isIgnored: Bool, line: Int) {
    guard isIgnored else { return }
    let codes = module.health.levels.filter { $0.errorIdentifier == error && $0.state == state }.compactMap(\.code)
    guard codes.contains(where: { Self.faults.contains($0) }) else { return }
    diagnostics.warning(
      .ignoredFault, line: line,
      "error \(error) is ignored: the instruction that caused it faults again, until its window ends, and in each "
        + "window that follows", "choose an action that ends it, or handle it in the partition")
  }

  private mutating func checkDrainerRestart(_ entry: HealthDescription.PartitionAction) {
    guard entry.action == .warmStart || entry.action == .coldStart,
      let index = module.partitionIndex(identifier: entry.partitionIdentifier), module.partitions[index].isDrainer
    else { return }
    diagnostics.error(
      .drainerRestart, line: entry.line, "the drainer would start again, in the middle of the trace",
      "choose IDLE: what it has written stands, as a trace without its end")
  }

  private mutating func checkCallback(_ callback: HealthDescription.Callback) {
    guard let index = module.partitionIndex(identifier: callback.partitionIdentifier) else { return }
    if module.partitions[index].isDrainer {
      diagnostics.error(
        .drainerRestart, line: callback.line, "the drainer has no callback: it runs in idle time, which no action ends",
        "leave PartitionCallback out")
    }
    let others = module.health.callbacks.filter { $0.partitionIdentifier == callback.partitionIdentifier }
    if let first = others.first, first.symbol != callback.symbol {
      diagnostics.error(
        .callbackSymbol, line: callback.line,
        "'\(module.partitions[index].name)' has another callback, '\(first.symbol)' (line \(first.line))",
        "name one callback a partition")
    }
  }

  /// Looks a partition's callback up in its image.
  mutating func callbackEntry(of partition: PartitionDescription, image: PartitionImage, elf: [UInt8]) -> UInt64 {
    let own = module.health.callbacks.first { $0.partitionIdentifier == partition.identifier }
    guard let callback = own else { return 0 }
    guard let address = PartitionImage.address(ofSymbol: callback.symbol, elf: elf) else {
      diagnostics.error(
        .callbackSymbol, line: callback.line,
        "the image of '\(partition.name)' has no function '\(callback.symbol)'",
        "keep it in the image (PARTITA_CALLBACK in C), unstripped, or leave PartitionCallback out")
      return 0
    }
    guard image.isExecutable(address) else {
      diagnostics.error(
        .callbackSymbol, line: callback.line, "'\(callback.symbol)' of '\(partition.name)' is no code",
        "name a function")
      return 0
    }
    return address
  }
}

import APEXTypes
import ModuleConfiguration

extension ModuleRules {
  mutating func checkHealthActions() {
    for entry in module.healthActions {
      checkPartition(entry.partitionIdentifier, namedBy: "the health-monitor table", line: entry.line)
      let levels = module.errorLevels.filter { $0.errorIdentifier == entry.errorIdentifier }
      if levels.isEmpty {
        diagnostics.error(
          .unknownError, line: entry.line, "error \(entry.errorIdentifier) is not in System_HM_Table",
          "add an Error_ID_Level for it")
      } else if levels.allSatisfy({ $0.code == nil }) {
        diagnostics.error(
          .errorWithoutCode, line: entry.line,
          "error \(entry.errorIdentifier) has no ErrorCode in System_HM_Table (line \(levels[0].line))",
          "add the ErrorCode, so that the kernel knows which fault is meant")
      }
    }
    for conflict in HealthActionTable(module).conflicts {
      diagnostics.warning(
        .conflictingActions, line: conflict.line,
        "error \(conflict.errorIdentifier) of partition \(conflict.partitionIdentifier) has different actions in "
          + "different system states, which this kernel does not tell apart",
        "give one action; until then the safest of them is taken")
    }
  }
}

/// The health monitor's actions by partition and error code, system states laid together.
///
/// Where states differ, the safest action wins: idle before cold start, cold before warm start, ignoring last.
struct HealthActionTable {
  private(set) var records: [HealthActionRecord] = []
  private(set) var conflicts: [HealthActionDescription] = []

  init(_ module: ModuleDescription) {
    var codes: [UInt64: [ErrorCode]] = [:]
    for level in module.errorLevels {
      if let code = level.code, codes[level.errorIdentifier]?.contains(code) != true {
        codes[level.errorIdentifier, default: []].append(code)
      }
    }
    struct Key: Hashable {
      var partition: Int
      var error: ErrorCode
    }
    var places: [Key: Int] = [:]
    for entry in module.healthActions {
      guard let partition = module.partitionIndex(identifier: entry.partitionIdentifier),
        let index = UInt8(exactly: partition)
      else { continue }
      for code in codes[entry.errorIdentifier] ?? [] {
        let key = Key(partition: partition, error: code)
        guard let place = places[key] else {
          places[key] = records.count
          records.append(.init(partition: PartitionIndex(index), error: code, action: entry.action))
          continue
        }
        guard records[place].action != entry.action else { continue }
        conflicts.append(entry)
        if Self.safety(entry.action) > Self.safety(records[place].action) { records[place].action = entry.action }
      }
    }
  }

  private static func safety(_ action: PartitionRecoveryAction) -> Int {
    switch action {
    case .ignore: 0
    case .warmStart: 1
    case .coldStart: 2
    case .idle: 3
    }
  }
}

import APEXTypes
import ModuleConfiguration

/// What the module's health-monitor tables say, ready to be looked up: by partition, system state and error.
struct HealthTable {
  struct Rule: BitwiseCopyable {
    // Where the tables are silent.
    var level: ErrorLevel = .partition
    var action: PartitionRecoveryAction = .idle
    var moduleAction: ModuleRecoveryAction = .shutdown
  }
  private static let errorCount = 8
  private static let stateCount = 3
  private let rules: StateTable<Rule>

  init(_ table: ModuleTable, memory: inout StateMemory) {
    rules = memory.table(of: table.partitionCount * Self.stateCount * Self.errorCount, filledWith: Rule())
    for index in 0..<table.count(HealthActionRecord.self) {
      let record = table.record(HealthActionRecord.self, index)
      rules[Self.place(record.partition, record.state, record.error)] = Rule(
        level: record.level, action: record.action, moduleAction: record.moduleAction)
    }
  }

  /// Bytes of memory that the table of a module needs.
  static func byteCount(for table: ModuleTable) -> Int {
    table.partitionCount * stateCount * errorCount * MemoryLayout<Rule>.stride
  }

  private static func place(_ partition: PartitionIndex, _ state: SystemState, _ error: ErrorCode) -> Int {
    (Int(partition.rawValue) &* stateCount &+ Int(state.rawValue) &- 1) &* errorCount &+ Int(error.rawValue)
  }

  func rule(_ partition: PartitionIndex, _ state: SystemState, _ error: ErrorCode) -> Rule {
    rules[Self.place(partition, state, error)]
  }
}

/// An action at module level that waits for the next major frame, so that the system partitions can act before it.
struct PendingModuleAction: BitwiseCopyable {
  var isPending = false
  var action: ModuleRecoveryAction = .ignore
  var error: ErrorCode = .deadlineMissed
  var culprit: UInt8 = 0

  /// All of it in one word, for keyframes.
  var word: UInt64 {
    get {
      (isPending ? 1 : 0) | UInt64(action.rawValue) &<< 8 | UInt64(error.rawValue) &<< 16 | UInt64(culprit) &<< 24
    }
    set {
      isPending = newValue & 1 != 0
      action = ModuleRecoveryAction(rawValue: UInt8(newValue &>> 8 & 3)) ?? .shutdown
      error = ErrorCode(rawValue: UInt8(newValue &>> 16 & 7)) ?? .hardwareFault
      culprit = UInt8(truncatingIfNeeded: newValue &>> 24)
    }
  }
}

import APEXTypes

/// What the health-monitor tables of a module file say, entry by entry.
struct HealthDescription: Sendable {
  /// One `Error_ID_Level` of the system's table.
  struct Level: Sendable {
    var state: UInt64
    var errorIdentifier: UInt64
    var level: ErrorLevel
    var code: ErrorCode?
    var line: Int
  }
  /// One `Error_ID_Action` of the module's table.
  struct ModuleAction: Sendable {
    var state: UInt64
    var errorIdentifier: UInt64
    var action: ModuleRecoveryAction
    var line: Int
  }
  /// One `Error_ID_Action` of a partition's table.
  struct PartitionAction: Sendable {
    var partitionIdentifier: UInt64
    var state: UInt64
    var errorIdentifier: UInt64
    var action: PartitionRecoveryAction
    var line: Int
  }
  /// One `Partition_HM_Table` that names its partition.
  struct PartitionTable: Sendable {
    var partitionIdentifier: UInt64
    /// Without an entry and a callback: it has no effect, whose ever it is.
    var isEmpty: Bool
    var line: Int
  }
  /// The function that a partition wants called before an action on it.
  struct Callback: Sendable {
    var partitionIdentifier: UInt64
    var symbol: String
    var line: Int
  }
  /// One `System_State_Entry` of any table, whatever stands in it.
  struct StateEntry: Sendable {
    var state: UInt64
    var line: Int
  }
  /// Of `System_HM_Table`; nil where the file has none.
  var systemTableLine: Int?
  var stateEntries: [StateEntry] = []
  var levels: [Level] = []
  var moduleActions: [ModuleAction] = []
  var partitionTables: [PartitionTable] = []
  var partitionActions: [PartitionAction] = []
  var callbacks: [Callback] = []
  var hasModuleCallback = false

  /// Whether an error may restart the whole module.
  var mayReset: Bool { moduleActions.contains { $0.action == .reset && Self.state($0.state) != nil } }

  /// The system states that the kernel tells apart, by the numbers that a file gives them; nil for those of other
  /// systems, which never occur here.
  static func state(_ number: UInt64) -> SystemState? {
    UInt8(exactly: number).flatMap(SystemState.init(rawValue:))
  }
}

import APEXTypes

/// What the health-monitor tables of a module file say, entry by entry.
public struct HealthDescription: Sendable {
  /// One `Error_ID_Level` of the system's table.
  public struct Level: Sendable {
    public var state: UInt64
    public var errorIdentifier: UInt64
    public var level: ErrorLevel
    public var code: ErrorCode?
    public var line: Int
  }
  /// One `Error_ID_Action` of the module's table.
  public struct ModuleAction: Sendable {
    public var state: UInt64
    public var errorIdentifier: UInt64
    public var action: ModuleRecoveryAction
    public var line: Int
  }
  /// One `Error_ID_Action` of a partition's table.
  public struct PartitionAction: Sendable {
    public var partitionIdentifier: UInt64
    public var state: UInt64
    public var errorIdentifier: UInt64
    public var action: PartitionRecoveryAction
    public var line: Int
  }
  /// One `Partition_HM_Table` that names its partition.
  public struct PartitionTable: Sendable {
    public var partitionIdentifier: UInt64
    /// Without an entry and a callback: it has no effect, whose ever it is.
    public var isEmpty: Bool
    public var line: Int
  }
  /// The function that a partition wants called before an action on it.
  public struct Callback: Sendable {
    public var partitionIdentifier: UInt64
    public var symbol: String
    public var line: Int
  }
  /// One `System_State_Entry` of any table, whatever stands in it.
  public struct StateEntry: Sendable {
    public var state: UInt64
    public var line: Int
  }
  /// Of `System_HM_Table`; nil where the file has none.
  public var systemTableLine: Int?
  public var stateEntries: [StateEntry] = []
  public var levels: [Level] = []
  public var moduleActions: [ModuleAction] = []
  public var partitionTables: [PartitionTable] = []
  public var partitionActions: [PartitionAction] = []
  public var callbacks: [Callback] = []
  public var hasModuleCallback = false

  public init() {}

  /// Whether an error may restart the whole module.
  var mayReset: Bool { moduleActions.contains { $0.action == .reset && Self.state($0.state) != nil } }

  /// The system states that the kernel tells apart, by the numbers that a file gives them; nil for those of other
  /// systems, which never occur here.
  static func state(_ number: UInt64) -> SystemState? {
    UInt8(exactly: number).flatMap(SystemState.init(rawValue:))
  }
}

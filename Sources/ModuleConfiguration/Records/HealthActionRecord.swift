import APEXTypes

/// What the health monitor does with one error of one partition in one system state.
///
/// An error without a record is of partition level and puts the partition to idle; of module level, the module stops.
public struct HealthActionRecord: Equatable, Sendable {
  /// Whose error it is.
  public var partition: PartitionIndex
  /// What has happened.
  public var error: ErrorCode
  /// What was going on when it happened.
  public var state: SystemState
  /// Who has to deal with it; this chooses between the two actions below.
  public var level: ErrorLevel
  /// At partition level, and at process level where no error handler takes it.
  public var action: PartitionRecoveryAction
  /// At module level.
  public var moduleAction: ModuleRecoveryAction

  /// By default an error of partition level, while the partition executes in NORMAL.
  public init(
    partition: PartitionIndex, error: ErrorCode, action: PartitionRecoveryAction,
    state: SystemState = .partitionExecution, level: ErrorLevel = .partition,
    moduleAction: ModuleRecoveryAction = .shutdown
  ) {
    self.partition = partition
    self.error = error
    self.state = state
    self.level = level
    self.action = action
    self.moduleAction = moduleAction
  }
}

extension HealthActionRecord: TableRecord {
  /// At most one record for each partition, state and error; the packer sorts them in this order.
  public static var section: ModuleSection { .healthActions }
  /// Nil where one of the words 1 … 5 is no value of its type.
  public init?(_ word: (Int) -> UInt64) {
    for index in 1..<6 where word(index) > 255 { return nil }
    guard let error = ErrorCode(rawValue: UInt8(truncatingIfNeeded: word(1))),
      let action = PartitionRecoveryAction(rawValue: UInt8(truncatingIfNeeded: word(2))),
      let state = SystemState(rawValue: UInt8(truncatingIfNeeded: word(3))),
      let level = ErrorLevel(rawValue: UInt8(truncatingIfNeeded: word(4))),
      let moduleAction = ModuleRecoveryAction(rawValue: UInt8(truncatingIfNeeded: word(5)))
    else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    self.error = error
    self.state = state
    self.level = level
    self.action = action
    self.moduleAction = moduleAction
  }
  /// Six words: partition, error, action, state, level, module action.
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(UInt64(error.rawValue))
    put(UInt64(action.rawValue))
    put(UInt64(state.rawValue))
    put(UInt64(level.rawValue))
    put(UInt64(moduleAction.rawValue))
  }
}

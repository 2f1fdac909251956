import APEXTypes

/// What the health monitor does with one error of one partition in one system state.
///
/// An error without a record is of partition level and puts the partition to idle; of module level, the module stops.
public struct HealthActionRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var error: ErrorCode
  public var state: SystemState
  public var level: ErrorLevel
  /// At partition level, and at process level where no error handler takes it.
  public var action: PartitionRecoveryAction
  /// At module level.
  public var moduleAction: ModuleRecoveryAction

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
  public static var section: ModuleSection { .healthActions }
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
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(UInt64(error.rawValue))
    put(UInt64(action.rawValue))
    put(UInt64(state.rawValue))
    put(UInt64(level.rawValue))
    put(UInt64(moduleAction.rawValue))
  }
}

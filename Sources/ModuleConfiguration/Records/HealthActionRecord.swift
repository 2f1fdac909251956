import APEXTypes

/// What the health monitor does with one error of one partition; an error without a record puts the partition to idle.
public struct HealthActionRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var error: ErrorCode
  public var action: PartitionRecoveryAction

  public init(partition: PartitionIndex, error: ErrorCode, action: PartitionRecoveryAction) {
    self.partition = partition
    self.error = error
    self.action = action
  }
}

extension HealthActionRecord: TableRecord {
  public static var section: ModuleSection { .healthActions }
  public init?(_ word: (Int) -> UInt64) {
    guard let error = ErrorCode(rawValue: UInt8(truncatingIfNeeded: word(1))),
      let action = PartitionRecoveryAction(rawValue: UInt8(truncatingIfNeeded: word(2)))
    else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    self.error = error
    self.action = action
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(UInt64(error.rawValue))
    put(UInt64(action.rawValue))
  }
}

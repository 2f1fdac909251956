import APEXTypes

/// I/O ports that a partition may use directly.
public struct PortGrantRecord: Equatable, Sendable {
  /// Who may use them; another partition's access is a protection fault.
  public var partition: PartitionIndex
  /// The lowest one's number in I/O space.
  public var firstPort: UInt64
  /// How many follow each other from there; each is one byte wide.
  public var count: UInt64

  /// A grant of `count` ports; a table whose grants go beyond `ModuleLimits.grantablePortCount` does not open.
  public init(partition: PartitionIndex, firstPort: UInt64, count: UInt64) {
    self.partition = partition
    self.firstPort = firstPort
    self.count = count
  }
}

extension PortGrantRecord: TableRecord {
  /// A partition's grants follow each other (`PartitionRecord.portGrants`).
  public static var section: ModuleSection { .portGrants }
  /// Never nil; of word 0 only bits 0–7 count.
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    firstPort = word(1)
    count = word(2)
  }
  /// Three words: partition, first port, count.
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(firstPort)
    put(count)
  }
}

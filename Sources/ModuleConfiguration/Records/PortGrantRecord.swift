import APEXTypes

/// I/O ports that a partition may use directly.
public struct PortGrantRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var firstPort: UInt64
  public var count: UInt64

  public init(partition: PartitionIndex, firstPort: UInt64, count: UInt64) {
    self.partition = partition
    self.firstPort = firstPort
    self.count = count
  }
}

extension PortGrantRecord: TableRecord {
  public static var section: ModuleSection { .portGrants }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    firstPort = word(1)
    count = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(firstPort)
    put(count)
  }
}

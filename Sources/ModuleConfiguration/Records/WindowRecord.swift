import APEXTypes

/// A partition window: [start, start + duration − L) within its major frame.
public struct WindowRecord: Equatable, Sendable {
  public var start: Nanoseconds
  public var duration: Nanoseconds
  public var partition: PartitionIndex
  public var identifier: UInt64
  /// Whether a period of the partition starts with this window.
  public var isPeriodStart: Bool

  public init(
    start: Nanoseconds, duration: Nanoseconds, partition: PartitionIndex, identifier: UInt64, isPeriodStart: Bool
  ) {
    self.start = start
    self.duration = duration
    self.partition = partition
    self.identifier = identifier
    self.isPeriodStart = isPeriodStart
  }
}

extension WindowRecord: TableRecord {
  public static var section: ModuleSection { .windows }
  public init?(_ word: (Int) -> UInt64) {
    start = Nanoseconds(word(0))
    duration = Nanoseconds(word(1))
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(2)))
    identifier = word(3)
    isPeriodStart = word(4) != 0
  }
  public func write(_ put: (UInt64) -> Void) {
    put(start.count)
    put(duration.count)
    put(UInt64(partition.rawValue))
    put(identifier)
    put(isPeriodStart ? 1 : 0)
  }
}

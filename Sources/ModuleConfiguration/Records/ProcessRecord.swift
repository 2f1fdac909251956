import APEXTypes

/// A process whose deadline is claimed: released where a period of its partition starts, complete when its partition
/// yields next.
///
/// The first release is at the first period's start after its partition's start. From then on it is released at every
/// period's start; at those alone that come a period of its own or more after its last release, where that period is
/// a multiple of its partition's.
public struct ProcessRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var name: NameReference
  /// From one release to the next.
  public var period: Nanoseconds
  public var capacity: Nanoseconds
  /// Relative to the release; `Nanoseconds.max` where there is none.
  public var deadline: Nanoseconds
  public var priority: UInt64

  public init(
    partition: PartitionIndex, name: NameReference, period: Nanoseconds, capacity: Nanoseconds, deadline: Nanoseconds,
    priority: UInt64
  ) {
    self.partition = partition
    self.name = name
    self.period = period
    self.capacity = capacity
    self.deadline = deadline
    self.priority = priority
  }
}

extension ProcessRecord: TableRecord {
  public static var section: ModuleSection { .processes }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    period = Nanoseconds(word(2))
    capacity = Nanoseconds(word(3))
    deadline = Nanoseconds(word(4))
    priority = word(5)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(period.count)
    put(capacity.count)
    put(deadline.count)
    put(priority)
  }
}

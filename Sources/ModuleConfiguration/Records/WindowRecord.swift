import APEXTypes

/// A partition window: [start, start + duration − L) within its major frame.
public struct WindowRecord: Equatable, Sendable {
  /// From the major frame's start.
  public var start: Nanoseconds
  /// To the nominal end, which another window may start at; never 0.
  public var duration: Nanoseconds
  /// Whose window it is.
  public var partition: PartitionIndex
  /// The module file's; kernel and trace use the index among the windows.
  public var identifier: UInt64
  /// Whether a period of the partition starts with this window.
  public var isPeriodStart: Bool

  /// A window; its place in its schedule follows from `start`.
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
  /// A schedule's windows follow each other, by their starts (`ScheduleRecord.windows`).
  public static var section: ModuleSection { .windows }
  /// Never nil; of word 2 only bits 0–7 count.
  public init?(_ word: (Int) -> UInt64) {
    start = Nanoseconds(word(0))
    duration = Nanoseconds(word(1))
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(2)))
    identifier = word(3)
    isPeriodStart = word(4) != 0
  }
  /// The words follow the properties.
  public func write(_ put: (UInt64) -> Void) {
    put(start.count)
    put(duration.count)
    put(UInt64(partition.rawValue))
    put(identifier)
    put(isPeriodStart ? 1 : 0)
  }
}

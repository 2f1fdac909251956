import APEXTypes

/// A sampling port. (Queuing ports take kind 1 when they come.)
public struct PortRecord: Equatable, Sendable {
  public var partition: PartitionIndex
  public var name: NameReference
  public var kind: UInt64
  public var direction: PortDirection
  public var maximumMessageBytes: UInt64
  public var refreshPeriod: Nanoseconds
  /// Index of the channel the port is an end of.
  public var channel: UInt64

  public init(
    partition: PartitionIndex, name: NameReference, kind: UInt64, direction: PortDirection,
    maximumMessageBytes: UInt64, refreshPeriod: Nanoseconds, channel: UInt64
  ) {
    self.partition = partition
    self.name = name
    self.kind = kind
    self.direction = direction
    self.maximumMessageBytes = maximumMessageBytes
    self.refreshPeriod = refreshPeriod
    self.channel = channel
  }
}

extension PortRecord: TableRecord {
  public static var section: ModuleSection { .ports }
  public init?(_ word: (Int) -> UInt64) {
    guard let direction = PortDirection(rawValue: UInt8(truncatingIfNeeded: word(3))), word(3) < 256 else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    kind = word(2)
    self.direction = direction
    maximumMessageBytes = word(4)
    refreshPeriod = Nanoseconds(word(5))
    channel = word(6)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(kind)
    put(UInt64(direction.rawValue))
    put(maximumMessageBytes)
    put(refreshPeriod.count)
    put(channel)
  }
}

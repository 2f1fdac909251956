import APEXTypes

/// A sampling or a queuing port.
public struct PortRecord: Equatable, Sendable {
  /// Whether the latest message is kept, or all until they are received (ARINC 653 Part 1, 3.6.2).
  public enum Kind: UInt64, Sendable {
    case sampling = 0
    case queuing = 1
  }
  /// Whose end of the channel it is.
  public var partition: PartitionIndex
  /// What the partition creates it by; no two ports of a partition share one.
  public var name: NameReference
  /// A channel's ports are all of one kind.
  public var kind: Kind
  /// As its partition sees it.
  public var direction: PortDirection
  /// Bytes of its longest message, 1 … `ModuleLimits.maximumMessageBytes`.
  public var maximumMessageBytes: UInt64
  /// Sampling ports only.
  public var refreshPeriod: Nanoseconds
  /// Index of the channel the port is an end of.
  public var channel: UInt64
  /// Queuing ports only: messages that the port holds, 1 … `ModuleLimits.maximumQueuedMessages`.
  public var maximumMessageCount: UInt64
  /// Queuing destinations only: a message that finds the queue full is discarded and the overflow told to the receiver,
  /// instead of holding back the sender.
  public var discardsWhenFull: Bool

  /// What the other kind of port has is 0 or false.
  public init(
    partition: PartitionIndex, name: NameReference, kind: Kind, direction: PortDirection,
    maximumMessageBytes: UInt64, refreshPeriod: Nanoseconds, channel: UInt64, maximumMessageCount: UInt64 = 0,
    discardsWhenFull: Bool = false
  ) {
    self.partition = partition
    self.name = name
    self.kind = kind
    self.direction = direction
    self.maximumMessageBytes = maximumMessageBytes
    self.refreshPeriod = refreshPeriod
    self.channel = channel
    self.maximumMessageCount = maximumMessageCount
    self.discardsWhenFull = discardsWhenFull
  }
}

extension PortRecord: TableRecord {
  /// A partition's ports follow each other (`PartitionRecord.ports`); the trace names a port by its place there.
  public static var section: ModuleSection { .ports }
  /// Nil where word 2 is no `Kind`, or word 3 no `PortDirection`.
  public init?(_ word: (Int) -> UInt64) {
    guard let direction = PortDirection(rawValue: UInt8(truncatingIfNeeded: word(3))), word(3) < 256,
      let kind = Kind(rawValue: word(2))
    else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    self.kind = kind
    self.direction = direction
    maximumMessageBytes = word(4)
    refreshPeriod = Nanoseconds(word(5))
    channel = word(6)
    maximumMessageCount = word(7)
    discardsWhenFull = word(8) & 1 != 0
  }
  /// The words follow the properties.
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(kind.rawValue)
    put(UInt64(direction.rawValue))
    put(maximumMessageBytes)
    put(refreshPeriod.count)
    put(channel)
    put(maximumMessageCount)
    put(discardsWhenFull ? 1 : 0)
  }
}

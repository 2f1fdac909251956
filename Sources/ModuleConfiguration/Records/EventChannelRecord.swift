import APEXTypes

/// A channel by which one partition raises a virtual interrupt of another (lineage row L4).
public struct EventChannelRecord: Equatable, Sendable {
  /// What its two partitions name it by (`HypercallNumber.bindEvent`, `raiseEvent`).
  public var identifier: UInt64
  /// Who may raise it.
  public var source: PartitionIndex
  /// Who is marked, once it has bound its end.
  public var destination: PartitionIndex
  /// The destination's vector, 48 … 63; no two channels of a destination share one.
  public var vector: UInt8

  /// A channel; `vector` has to be one of `VirtualInterrupt.eventVectors`, or the record cannot be read.
  public init(identifier: UInt64, source: PartitionIndex, destination: PartitionIndex, vector: UInt8) {
    self.identifier = identifier
    self.source = source
    self.destination = destination
    self.vector = vector
  }
}

extension EventChannelRecord: TableRecord {
  /// At most `ModuleLimits.maximumEventChannelCount`; the trace names a channel by its place there.
  public static var section: ModuleSection { .eventChannels }
  /// Nil where word 3 is no vector that event channels may use.
  public init?(_ word: (Int) -> UInt64) {
    guard VirtualInterrupt.eventVectors.contains(word(3)) else { return nil }
    identifier = word(0)
    source = PartitionIndex(UInt8(truncatingIfNeeded: word(1)))
    destination = PartitionIndex(UInt8(truncatingIfNeeded: word(2)))
    vector = UInt8(truncatingIfNeeded: word(3))
  }
  /// Four words: identifier, source, destination, vector.
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(UInt64(source.rawValue))
    put(UInt64(destination.rawValue))
    put(UInt64(vector))
  }
}

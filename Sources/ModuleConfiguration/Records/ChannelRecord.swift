import APEXTypes

/// A channel from one source port to the destination ports that name it.
public struct ChannelRecord: Equatable, Sendable {
  public var identifier: UInt64
  /// Index of the source among the ports.
  public var sourcePort: UInt64
  public var maximumMessageBytes: UInt64

  public init(identifier: UInt64, sourcePort: UInt64, maximumMessageBytes: UInt64) {
    self.identifier = identifier
    self.sourcePort = sourcePort
    self.maximumMessageBytes = maximumMessageBytes
  }
}

extension ChannelRecord: TableRecord {
  public static var section: ModuleSection { .channels }
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    sourcePort = word(1)
    maximumMessageBytes = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(sourcePort)
    put(maximumMessageBytes)
  }
}

import APEXTypes

/// A channel from one source port to the destination ports that name it.
public struct ChannelRecord: Equatable, Sendable {
  /// The module file's; kernel and trace use the index among the channels.
  public var identifier: UInt64
  /// Index of the source among the ports.
  public var sourcePort: UInt64
  /// Bytes of the source's longest message: what the kernel makes the channel's places for.
  public var maximumMessageBytes: UInt64

  /// The destinations are not named here: each port names its channel.
  public init(identifier: UInt64, sourcePort: UInt64, maximumMessageBytes: UInt64) {
    self.identifier = identifier
    self.sourcePort = sourcePort
    self.maximumMessageBytes = maximumMessageBytes
  }
}

extension ChannelRecord: TableRecord {
  /// One record a channel: ports name theirs by its place there.
  public static var section: ModuleSection { .channels }
  /// Never nil: every word is a number.
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    sourcePort = word(1)
    maximumMessageBytes = word(2)
  }
  /// Three words: identifier, source port, longest message.
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(sourcePort)
    put(maximumMessageBytes)
  }
}

import TraceFormat

/// How many bytes, blocks and events a reader has met.
public struct TraceSizes: Equatable, Sendable {
  /// Blocks of all types that have their place in the trace.
  public var blockCount: UInt64 = 0
  /// Events, as the blocks' headers say: those of a block that cannot be decoded too.
  public var eventCount: UInt64 = 0
  /// Bytes of the file, headers included.
  public var storedBytes: UInt64 = 0
  /// Bytes of payloads before compression.
  public var rawBytes: UInt64 = 0
  /// Bytes of the module table's block, which are part of `storedBytes`.
  public var tableBytes: UInt64 = 0

  /// Nothing is read yet.
  public init() {}

  mutating func count(_ header: BlockHeader) {
    blockCount += 1
    eventCount += UInt64(header.eventCount)
    rawBytes += UInt64(header.rawByteCount)
    let stored = UInt64(BlockHeader.byteCount) + UInt64(header.storedByteCount)
    storedBytes += stored
    if header.type == BlockType.moduleTable.rawValue { tableBytes += stored }
  }
}

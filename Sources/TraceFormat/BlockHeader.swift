/// What a block of a trace holds. The numbers are part of the format.
public enum BlockType: UInt8, Sendable {
  /// The module table, once, first.
  case moduleTable = 1
  /// Events in column groups.
  case events = 2
  /// No payload: the trace is whole, and this is its end. Every field follows from the blocks before.
  case seal = 3
}

/// How a block's payload is stored. The numbers are part of the format.
public enum BlockCompression: UInt8, Sendable {
  case stored = 0
  /// One LZ4 block.
  case lz4 = 1
}

/// The 72 bytes in front of every block's payload; all numbers are little-endian.
///
/// | offset | bytes | field |
/// |---|---|---|
/// | 0 | 8 | `magic` |
/// | 8 | 2 | `version` |
/// | 10 | 1 | type |
/// | 11 | 1 | compression |
/// | 12 | 1 | CPU |
/// | 13 | 3 | reserved, 0 |
/// | 16 | 4 | sequence number |
/// | 20 | 4 | event count |
/// | 24 | 8 | index of the first event |
/// | 32 | 8 | base time, ns |
/// | 40 | 8 | events lost before |
/// | 48 | 4 | raw bytes |
/// | 52 | 4 | stored bytes |
/// | 56 | 8 | chain: the checksum of the block before |
/// | 64 | 8 | checksum: XXH64 of the payload as stored, seeded with the XXH64 of the header's first 64 bytes |
public struct BlockHeader: Equatable, Sendable {
  /// "PARTITRC", read as a little-endian word.
  public static let magic: UInt64 = 0x4352_5449_5452_4150
  /// The version that blocks are written in, but for traces out of which kinds of events are left.
  ///
  /// 2: schedulers tell of starts and of moved deadlines too (`ProcessTelling`), which readers of version 1 would take
  /// for changes of the processor's owner. Nothing else is otherwise.
  public static let version: UInt16 = 2
  /// The version of traces out of which kinds of events are left (`LeftOutKinds`).
  ///
  /// Nothing else is otherwise; readers of versions 1 and 2 would take what is left out for missing.
  public static let thinnedVersion: UInt16 = 3
  /// The versions that are read; a reader refuses a trace of another one.
  public static let readableVersions: ClosedRange<UInt16> = 1...thinnedVersion
  /// Bytes of a header; the payload follows at once.
  public static let byteCount = 72
  static let checkedByteCount = 64
  /// The chain of a trace's first block.
  public static let chainStart: UInt64 = 0

  /// As read: a reader asks `isReadable`.
  public var version: UInt16 = BlockHeader.version
  /// Whether the block has a version that this reader knows.
  public var isReadable: Bool { Self.readableVersions.contains(version) }
  /// `BlockType`, raw: a reader names an unknown one in its message.
  public var type: UInt8
  /// `BlockCompression`, raw.
  public var compression: UInt8 = 0
  /// Whose ring the events come from; 0 of a machine with one.
  public var cpu: UInt8 = 0
  /// The three reserved bytes; 0 in this version.
  public var reserved: UInt32 = 0
  /// Number of the block in its trace, from 0.
  public var sequence: UInt32 = 0
  /// Events in the payload; 0 in a block of another type than `events`.
  public var eventCount: UInt32 = 0
  /// How many events the blocks before hold: the epoch of the state that the block begins in.
  public var firstEventIndex: UInt64 = 0
  /// Time of the block's first event, or of the trace's last in a block without events; ns.
  public var baseTime: UInt64 = 0
  /// Events lost before the block's first, ever, as the `loss` events before it count them.
  public var eventsLostBefore: UInt64 = 0
  /// Bytes of the payload before compression.
  public var rawByteCount: UInt32 = 0
  /// Bytes of the payload as it follows the header; fewer than `rawByteCount` where it is compressed.
  public var storedByteCount: UInt32 = 0
  /// Checksum of the block before, so that a block missing between two shows.
  public var chain: UInt64 = BlockHeader.chainStart
  /// Of the header's first 64 bytes and the payload as stored.
  public var checksum: UInt64 = 0

  /// A header with every other field as in an empty trace, to be filled in.
  public init(type: BlockType) { self.type = type.rawValue }

  /// Reads the fields, whatever they say; nil where the magic number is not there.
  ///
  /// - Precondition: `bytes` has `byteCount` bytes or more.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count >= BlockHeader.byteCount)
    func word(_ offset: Int) -> UInt64 {
      UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    guard word(0) == BlockHeader.magic else { return nil }
    version = UInt16(truncatingIfNeeded: word(8))
    type = UInt8(truncatingIfNeeded: word(8) &>> 16)
    compression = UInt8(truncatingIfNeeded: word(8) &>> 24)
    cpu = UInt8(truncatingIfNeeded: word(8) &>> 32)
    reserved = UInt32(truncatingIfNeeded: word(8) &>> 40)
    sequence = UInt32(truncatingIfNeeded: word(16))
    eventCount = UInt32(truncatingIfNeeded: word(16) &>> 32)
    firstEventIndex = word(24)
    baseTime = word(32)
    eventsLostBefore = word(40)
    rawByteCount = UInt32(truncatingIfNeeded: word(48))
    storedByteCount = UInt32(truncatingIfNeeded: word(48) &>> 32)
    chain = word(56)
    checksum = word(64)
  }

  /// Writes the 72 bytes, with the checksum as it stands.
  ///
  /// - Precondition: `target` has `byteCount` bytes or more.
  public func write(to target: UnsafeMutableRawBufferPointer) {
    precondition(target.count >= BlockHeader.byteCount)
    func put(_ word: UInt64, _ offset: Int) {
      target.storeBytes(of: word.littleEndian, toByteOffset: offset, as: UInt64.self)
    }
    put(BlockHeader.magic, 0)
    put(
      UInt64(version) | UInt64(type) &<< 16 | UInt64(compression) &<< 24 | UInt64(cpu) &<< 32
        | UInt64(reserved) &<< 40, 8)
    put(UInt64(sequence) | UInt64(eventCount) &<< 32, 16)
    put(firstEventIndex, 24)
    put(baseTime, 32)
    put(eventsLostBefore, 40)
    put(UInt64(rawByteCount) | UInt64(storedByteCount) &<< 32, 48)
    put(chain, 56)
    put(checksum, 64)
  }

  /// What the checksum of a block should be, from the bytes of its header and its payload as stored.
  ///
  /// - Precondition: `header` has `byteCount` bytes or more.
  public static func checksum(
    header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer
  ) -> UInt64 {
    precondition(header.count >= byteCount)
    let checked = UnsafeRawBufferPointer(rebasing: header[0..<checkedByteCount])
    return XXH64.hash(payload, seed: XXH64.hash(checked))
  }
}

/// Bounds that every block keeps, so that a reader knows how much memory the worst file can make it take.
public enum TraceLimits {
  /// Bytes of the module table.
  public static let maximumTableBytes = 16 << 20
  /// Events of one block, which a reader decodes as a whole.
  public static let maximumEventsPerBlock = 1 << 16
  /// Bytes of an event block's payload before compression.
  public static let maximumEventPayloadBytes = 8 << 20
  /// Groups of an event block; while it is encoded a byte has a group's number.
  public static let maximumGroupCount = 255
  /// Words of an event beside its time, as `TraceEvent.Words` has them.
  public static let maximumWordCount = 8
}

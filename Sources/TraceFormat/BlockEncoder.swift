/// Turns records of the kernel's ring into the blocks of a trace.
///
/// The encoder keeps what runs through a trace: sequence number, event index, events lost and the chain of
/// checksums. Its memory is the caller's; it takes no heap and keeps no pointer to records or output between calls.
/// A trace is `encodeModuleTable`, any number of `encodeEvents`, `encodeSeal`, and their bytes written one after the
/// other.
public struct BlockEncoder: ~Copyable {
  /// What a call of `encodeEvents` has done.
  public struct Progress: Equatable, Sendable {
    /// Bytes of the block at the start of the output; 0 where not one record was whole, or all are left out.
    public var byteCount: Int
    /// Words of the ring that are dealt with: those of the block, and of what is left out; 0 where no record was whole.
    public var wordCount: Int
    /// Events that the block holds.
    public var eventCount: Int
  }

  /// Where a trace stands that another encoder began: what its next block follows from.
  public struct Standing: Equatable, Sendable {
    /// Number of the next block.
    public var sequence: UInt32
    /// Checksum of the block before; whatever it says where that block is missing.
    public var chain: UInt64
    /// Events of all blocks before: the index of the next one.
    public var eventCount: UInt64
    /// Events lost before the next one, ever, as `loss` events have told.
    public var eventsLost: UInt64
    /// Time of the last event, ns; 0 where events are missing behind it, or there is none.
    public var lastTime: UInt64
    /// Events left out before.
    public var leftOutCount: UInt64

    /// Where a reader has found a trace to break off; `BlockEncoder.resume` goes on from there.
    public init(
      sequence: UInt32, chain: UInt64, eventCount: UInt64, eventsLost: UInt64, lastTime: UInt64,
      leftOutCount: UInt64 = 0
    ) {
      self.sequence = sequence
      self.chain = chain
      self.eventCount = eventCount
      self.eventsLost = eventsLost
      self.lastTime = lastTime
      self.leftOutCount = leftOutCount
    }
  }

  /// Payload bytes an event that `scratchBytes` provides for; a block of wider events holds fewer of them.
  private static let payloadBytesPerEvent = 48
  private static let payloadReserveBytes = 16384

  private var columns: EventColumnEncoder
  private let payload: UnsafeMutableRawBufferPointer
  private let table: UnsafeMutableBufferPointer<UInt32>
  private let cpu: UInt8
  private var chain = BlockHeader.chainStart
  private var lastTime: UInt64 = 0
  private var eventsLost: UInt64 = 0
  /// How blocks of events are stored; where LZ4 would not make them smaller they are stored as they are all the same.
  public var compression = BlockCompression.lz4
  /// Kinds of events that are left out of the trace.
  public var leftOut: LeftOutKinds {
    get { columns.thinning.kinds }
    set { columns.thinning.kinds = newValue }
  }
  /// Events left out so far.
  public var leftOutCount: UInt64 { columns.thinning.count }
  /// Blocks encoded so far.
  public private(set) var sequence: UInt32 = 0
  /// Events encoded so far: those of the trace.
  public private(set) var eventCount: UInt64 = 0
  /// Records dealt with so far, those left out among them: events as the kernel counts them.
  public var recordCount: UInt64 { eventCount &+ leftOutCount }

  /// Bytes of scratch for blocks of up to `maximumEvents` events.
  public static func scratchBytes(maximumEvents: Int) -> Int {
    EventColumnEncoder.scratchBytes(maximumEvents: maximumEvents) + 8
      + LZ4BlockEncoder.tableEntryCount * MemoryLayout<UInt32>.stride + payloadBytes(maximumEvents: maximumEvents)
  }

  /// Bytes that a block of up to `maximumEvents` events can take, and so the least size of the output.
  public static func outputBytes(maximumEvents: Int) -> Int {
    BlockHeader.byteCount + payloadBytes(maximumEvents: maximumEvents)
  }

  private static func payloadBytes(maximumEvents: Int) -> Int {
    maximumEvents * payloadBytesPerEvent + payloadReserveBytes
  }

  /// - Parameter scratch: memory that is the encoder's alone as long as it lives; 8-byte aligned.
  /// - Precondition: `maximumEvents` is 1 … `TraceLimits.maximumEventsPerBlock` and `scratch` has `scratchBytes`
  ///   bytes.
  public init(scratch: UnsafeMutableRawBufferPointer, maximumEvents: Int, cpu: UInt8 = 0) {
    precondition(maximumEvents > 0 && maximumEvents <= TraceLimits.maximumEventsPerBlock)
    precondition(scratch.count >= Self.scratchBytes(maximumEvents: maximumEvents))
    guard let base = scratch.baseAddress else { preconditionFailure() }
    precondition(UInt(bitPattern: base) & 7 == 0)
    let columnBytes = (EventColumnEncoder.scratchBytes(maximumEvents: maximumEvents) + 7) & ~7
    let tableBytes = LZ4BlockEncoder.tableEntryCount * MemoryLayout<UInt32>.stride
    // The scratch is cut in three: columns, hash table, payload; the sizes above add up to what was checked.
    table = UnsafeMutableBufferPointer(
      start: (base + columnBytes).bindMemory(to: UInt32.self, capacity: LZ4BlockEncoder.tableEntryCount),
      count: LZ4BlockEncoder.tableEntryCount)
    payload = UnsafeMutableRawBufferPointer(
      start: base + columnBytes + tableBytes, count: Self.payloadBytes(maximumEvents: maximumEvents))
    columns = EventColumnEncoder(
      scratch: UnsafeMutableRawBufferPointer(start: base, count: columnBytes), payload: payload,
      maximumEvents: maximumEvents)
    self.cpu = cpu
  }

  /// Goes on from where a trace stands, whatever was encoded before.
  public mutating func resume(at standing: Standing) {
    sequence = standing.sequence
    chain = standing.chain
    eventCount = standing.eventCount
    eventsLost = standing.eventsLost
    lastTime = standing.lastTime
    columns.thinning.resume(
      after: standing.lastTime > 0 ? standing.lastTime : nil, count: standing.leftOutCount)
  }

  /// Encodes the first block.
  ///
  /// - Returns: the bytes in `output`, and whether the payload follows: then `output` has the header alone, and the
  ///   caller writes the table's own bytes after it (the table did not fit compressed).
  /// - Precondition: no block was encoded before, the table has 1 … `TraceLimits.maximumTableBytes` bytes, and
  ///   `output` has `BlockHeader.byteCount` bytes or more.
  public mutating func encodeModuleTable(
    _ table: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> (byteCount: Int, payloadFollows: Bool) {
    precondition(sequence == 0 && table.count > 0 && table.count <= TraceLimits.maximumTableBytes)
    let header = BlockHeader(type: .moduleTable)
    let space = UnsafeMutableRawBufferPointer(rebasing: output[BlockHeader.byteCount...])
    if let stored = compress(table, into: space) {
      let kept = UnsafeRawBufferPointer(rebasing: space[0..<stored])
      finish(header, .lz4, raw: table.count, kept, output)
      return (BlockHeader.byteCount + stored, false)
    }
    finish(header, .stored, raw: table.count, table, output)
    return (BlockHeader.byteCount, true)
  }

  /// Encodes the records at the start of `words`, at most `limit` of them, as one block; those that are left out count
  /// too, so that blocks end where they would with them.
  ///
  /// - Parameter words: whole records in the form of `RingRecord`; one cut off at the end is left for the next block.
  /// - Precondition: `output` has `outputBytes` bytes for the encoder's `maximumEvents`.
  public mutating func encodeEvents(
    _ words: UnsafeBufferPointer<UInt64>, limit: Int, into output: UnsafeMutableRawBufferPointer
  ) -> Progress {
    precondition(output.count >= BlockHeader.byteCount + payload.count)
    guard let records = words.baseAddress else { return Progress(byteCount: 0, wordCount: 0, eventCount: 0) }
    columns.prepare(records, wordCount: words.count, limit: limit)
    guard columns.eventCount > 0 else {
      return Progress(byteCount: 0, wordCount: columns.wordCount, eventCount: 0)
    }
    let raw = columns.write(records)
    var header = BlockHeader(type: .events)
    header.eventCount = UInt32(truncatingIfNeeded: columns.eventCount)
    header.baseTime = columns.firstTime
    let source = UnsafeRawBufferPointer(rebasing: payload[0..<raw])
    let space = UnsafeMutableRawBufferPointer(rebasing: output[BlockHeader.byteCount...])
    var stored = raw
    if compression == .lz4, let compressed = compress(source, into: space) {
      stored = compressed
      finish(header, .lz4, raw: raw, UnsafeRawBufferPointer(rebasing: space[0..<compressed]), output)
    } else {
      space.copyMemory(from: source)
      finish(header, .stored, raw: raw, source, output)
    }
    eventCount &+= UInt64(columns.eventCount)
    eventsLost &+= columns.lost
    lastTime = columns.lastTime
    return Progress(
      byteCount: BlockHeader.byteCount + stored, wordCount: columns.wordCount, eventCount: columns.eventCount)
  }

  /// Encodes the last block, which says that the trace is whole; returns its bytes.
  ///
  /// - Precondition: `output` has `BlockHeader.byteCount` bytes or more.
  public mutating func encodeSeal(into output: UnsafeMutableRawBufferPointer) -> Int {
    var header = BlockHeader(type: .seal)
    header.baseTime = lastTime
    finish(header, .stored, raw: 0, UnsafeRawBufferPointer(start: nil, count: 0), output)
    return BlockHeader.byteCount
  }

  /// Compresses where that makes the bytes fewer.
  private func compress(_ source: UnsafeRawBufferPointer, into space: UnsafeMutableRawBufferPointer) -> Int? {
    let room = UnsafeMutableRawBufferPointer(rebasing: space[0..<min(space.count, source.count - 1)])
    return LZ4BlockEncoder.encode(source, into: room, table: table)
  }

  /// Completes a header by what runs through the trace, and writes it.
  private mutating func finish(
    _ partial: BlockHeader, _ compression: BlockCompression, raw: Int, _ stored: UnsafeRawBufferPointer,
    _ output: UnsafeMutableRawBufferPointer
  ) {
    var header = partial
    if !leftOut.isEmpty { header.version = BlockHeader.thinnedVersion }
    header.compression = compression.rawValue
    header.cpu = cpu
    header.sequence = sequence
    header.firstEventIndex = eventCount
    header.eventsLostBefore = eventsLost
    header.rawByteCount = UInt32(truncatingIfNeeded: raw)
    header.storedByteCount = UInt32(truncatingIfNeeded: stored.count)
    header.chain = chain
    header.write(to: output)
    header.checksum = BlockHeader.checksum(header: UnsafeRawBufferPointer(output), payload: stored)
    header.write(to: output)
    chain = header.checksum
    sequence &+= 1
  }
}

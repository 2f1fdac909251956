import Dispatch
import EventRows
import TraceFormat

/// Blocks that follow each other in the file, which one thread reads, checks and decodes, one after the other.
///
/// Unchecked: reader and worker hand a stretch to each other through a semaphore, and never use it together.
public final class BlockStretch: @unchecked Sendable {
  /// A block of it: set by the reader, for good.
  struct Block {
    /// Where in the file it is.
    let position: UInt64
    let header: BlockHeader

    var byteCount: Int { BlockHeader.byteCount + Int(header.storedByteCount) }
  }

  /// What became of a block: set by the worker.
  struct Outcome {
    /// Whether the bytes could be read, and the checksum fits.
    var isValid = false
    /// Why the payload could not be decoded, if so.
    var defect: PayloadDefect?
    var digest: BlockDigest?
  }

  /// Its number among those that are used again and again.
  let number: Int
  /// Its number in the file, from 0.
  public internal(set) var ordinal = 0
  private(set) var blocks: [Block] = []
  private(set) var outcomes: [Outcome] = []
  /// Events of all its blocks together, as their headers say.
  public private(set) var eventCount = 0
  private(set) var storedBytes = 0
  private(set) var rawBytes = 0
  /// Blocks right before it, for whoever must know what came before.
  private var earlier: [Block] = []
  /// Those of the last block decoded, where the worker has none of its own.
  var columns = EventColumns()
  private var isWaitedFor = false
  private let isDone = DispatchSemaphore(value: 0)
  private let source: RandomAccessBytes
  /// The blocks' bytes, as far as they have been read: they lie as in the file.
  private let bytes = ColumnArena()
  /// Those of one earlier block.
  private let earlierBytes = ColumnArena()

  /// - Parameter source: the bytes of the trace.
  init(number: Int, _ source: RandomAccessBytes) {
    self.number = number
    self.source = source
  }

  /// Index of its first event in the trace.
  public var firstPosition: UInt64 { blocks.first?.header.firstEventIndex ?? 0 }
  /// Where the block after it must begin.
  var endPosition: UInt64 { blocks.last.map { $0.position + UInt64($0.byteCount) } ?? 0 }
  /// Whether all its blocks could be decoded: known when a worker has done so.
  public var isWhole: Bool { outcomes.allSatisfy { $0.isValid && $0.defect == nil } }

  // MARK: Filling

  /// How much of what came before is kept with a stretch: so many events and so much time, if there is so much, but not
  /// more events than a third of a stretch's.
  public struct Earlier: Sendable {
    /// So many events are wanted.
    public var eventCount = 1_500
    /// So much of the module's time is wanted, up to the stretch's first event.
    public var nanoseconds: UInt64
    static let maximumEventCount = 20_000

    /// With the usual number of events; how much time is of use depends on the module.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// How many of a block's first events are not wanted.
    ///
    /// - Parameters:
    ///   - columns: the block.
    ///   - count: how many events there are from the block's first to the stretch's beginning.
    ///   - start: when the stretch begins; ns.
    func surplus(_ columns: EventColumns, of count: Int, before start: UInt64) -> Int {
      var surplus = max(0, min(count - eventCount, columns.eventCount - 1))
      while surplus > 0, start &- columns.time(at: surplus) < nanoseconds { surplus -= 1 }
      return surplus
    }
  }

  /// Forgets its blocks, and keeps the last ones of `before`.
  func begin(after before: BlockStretch?, _ wanted: Earlier?) {
    earlier.removeAll(keepingCapacity: true)
    if let before, let wanted {
      var first = before.blocks.count
      var count = 0
      let end = before.blocks.last?.header.baseTime ?? 0
      while first > 0, count < Earlier.maximumEventCount {
        first -= 1
        let header = before.blocks[first].header
        count += Int(header.eventCount)
        if count >= wanted.eventCount, end &- header.baseTime >= wanted.nanoseconds { break }
      }
      earlier.append(contentsOf: before.blocks[first...])
    }
    blocks.removeAll(keepingCapacity: true)
    outcomes.removeAll(keepingCapacity: true)
    (self.eventCount, storedBytes, rawBytes) = (0, 0, 0)
    isWaitedFor = false
  }

  func append(_ header: BlockHeader, at position: UInt64) {
    let block = Block(position: position, header: header)
    blocks.append(block)
    outcomes.append(Outcome())
    eventCount += Int(header.eventCount)
    storedBytes += block.byteCount
    rawBytes += Int(header.rawByteCount)
  }

  /// Forgets earlier blocks that are not wanted, now that it is known when its own begin.
  func trimEarlier(_ wanted: Earlier?) {
    guard let wanted, let start = blocks.first?.header.baseTime else { return }
    var count = earlier.reduce(0) { $0 + Int($1.header.eventCount) }
    var first = 0
    while first + 1 < earlier.count {
      count -= Int(earlier[first].header.eventCount)
      guard count >= wanted.eventCount, start &- earlier[first + 1].header.baseTime >= wanted.nanoseconds else { break }
      first += 1
    }
    earlier.removeFirst(first)
  }

  // MARK: Working

  /// Checks and decodes all its blocks, and calls `body` for those that can be, with their indices.
  ///
  /// - Parameter columns: where to: the worker's own, or those of the stretch.
  func decodeEach(into columns: EventColumns, _ body: (EventColumns, Int) -> Void) {
    _ = bytes.reserve(storedBytes)
    for index in blocks.indices {
      // Read right before it is decoded, a block is still in the core's own memory then.
      let block = place(of: index)
      outcomes[index].isValid = read(blocks[index], into: block)
      guard outcomes[index].isValid else { continue }
      do throws(PayloadDefect) {
        try columns.decode(Self.payload(block), blocks[index].header)
        outcomes[index].digest = BlockDigest(columns)
        body(columns, index)
      } catch {
        outcomes[index].defect = error
      }
    }
  }

  /// Checks and decodes all its blocks, and calls `body` for those that can be.
  ///
  /// - Parameter columns: where to: the worker's own.
  public func decode(into columns: EventColumns, _ body: (EventColumns) -> Void) {
    decodeEach(into: columns) { columns, _ in body(columns) }
  }

  /// Decodes the blocks before it once more, as far as they are kept; false where one is spoilt, or there is none.
  ///
  /// - Parameters:
  ///   - columns: where to: the worker's own.
  ///   - wanted: how much of what came before is of use, at least.
  ///   - body: gets the events that are wanted, in order, as they lie in memory, and the position of the first of them.
  public func decodeEarlier(
    into columns: EventColumns, _ wanted: Earlier, _ body: (RowBuffer, UInt64) -> Void
  ) -> Bool {
    var count = earlier.reduce(0) { $0 + Int($1.header.eventCount) }
    let start = blocks.first?.header.baseTime ?? 0
    for block in earlier {
      let space = UnsafeMutableRawBufferPointer(start: earlierBytes.reserve(block.byteCount), count: block.byteCount)
      guard read(block, into: space) else { return false }
      do throws(PayloadDefect) { try columns.decode(Self.payload(space), block.header) } catch { return false }
      columns.complete()
      let surplus = wanted.surplus(columns, of: count, before: start)
      columns.forEachRun(in: surplus..<columns.eventCount) { first, events in
        body(events, columns.firstPosition &+ UInt64(first))
      }
      count -= columns.eventCount
    }
    return !earlier.isEmpty
  }

  /// Decodes one of its blocks once more; nil where it cannot be decoded.
  func decodeAgain(_ index: Int) -> EventColumns? {
    guard outcomes[index].isValid, outcomes[index].defect == nil else { return nil }
    do throws(PayloadDefect) { try columns.decode(Self.payload(place(of: index)), blocks[index].header) } catch {
      return nil
    }
    return columns
  }

  /// Decodes its blocks once more, in order: those that can be.
  public func forEachBlockAgain(_ body: (EventColumns) -> Void) {
    for index in blocks.indices {
      if let columns = decodeAgain(index) { body(columns) }
    }
  }

  /// Where the bytes of one of its blocks are, once `bytes` has room for all.
  private func place(of index: Int) -> UnsafeMutableRawBufferPointer {
    let offset = Int(blocks[index].position - blocks[0].position)
    return UnsafeMutableRawBufferPointer(start: bytes.reserve(0) + offset, count: blocks[index].byteCount)
  }

  /// Reads a block; false where it cannot be read, or is not the one whose header was seen, or is spoilt.
  private func read(_ block: Block, into space: UnsafeMutableRawBufferPointer) -> Bool {
    guard source.read(into: space, at: block.position) else { return false }
    let bytes = UnsafeRawBufferPointer(space)
    return BlockHeader(bytes) == block.header
      && BlockHeader.checksum(header: bytes, payload: Self.payload(space)) == block.header.checksum
  }

  private static func payload(_ block: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...])
  }

  func finish() { isDone.signal() }

  func wait() {
    guard !isWaitedFor else { return }
    isDone.wait()
    isWaitedFor = true
  }
}

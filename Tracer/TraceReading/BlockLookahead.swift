import Dispatch
import Foundation
import TraceFormat

/// Blocks that lie ahead of the reader, checked and decoded by other threads while it works on earlier ones.
///
/// What is found ahead changes nothing of what the reader says: it asks for the block at the byte where it is, and
/// gets what its own look would have shown, or nothing. So the answer is the same with any number of threads.
final class BlockLookahead {
  /// A block ahead: its bytes, and what became of them.
  final class Slot: @unchecked Sendable {
    // Unchecked: reader and worker hand a slot to each other through semaphores, and never use it together.
    /// Where in the file the block is.
    fileprivate(set) var position: UInt64 = 0
    fileprivate(set) var header = BlockHeader(type: .events)
    /// Whether the checksum fits.
    fileprivate(set) var isValid = false
    /// Why the payload could not be decoded, if so.
    fileprivate(set) var defect: PayloadDefect?
    var columns = EventColumns()
    fileprivate(set) var digest: BlockDigest?
    /// Its number among all slots.
    let number: Int
    fileprivate var isWaitedFor = false
    fileprivate let isDone = DispatchSemaphore(value: 0)
    private let bytes = ColumnArena()

    fileprivate init(number: Int) { self.number = number }

    fileprivate func take(_ block: UnsafeRawBufferPointer, _ header: BlockHeader, at position: UInt64) {
      self.position = position
      self.header = header
      isValid = false
      isWaitedFor = false
      defect = nil
      digest = nil
      bytes.reserve(block.count).copyMemory(from: block.baseAddress!, byteCount: block.count)
    }

    /// - Parameter columns: where to; nil for the slot's own.
    fileprivate func decode(into columns: EventColumns?, _ body: (EventColumns, Int) -> Void) {
      let columns = columns ?? self.columns
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      let block = UnsafeRawBufferPointer(start: bytes.reserve(0), count: length)
      let payload = UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...])
      isValid = BlockHeader.checksum(header: block, payload: payload) == header.checksum
      guard isValid else { return }
      do throws(PayloadDefect) {
        try columns.decode(payload, header)
        digest = BlockDigest(columns)
        body(columns, number)
      } catch {
        defect = error
      }
    }

    /// Memory that the block may take, roughly; bytes.
    fileprivate var weight: Int {
      Int(header.storedByteCount) + Int(header.rawByteCount) + Int(header.eventCount) * 100
    }
  }

  /// Memory for all blocks ahead, roughly; bytes. One block is looked at however large.
  private static let weightLimit = 12 << 20

  let slotCount: Int
  private let pool: WorkerPool
  private var free: [Slot]
  private var ahead: [Slot] = []
  private var first = 0
  private var weight = 0
  private var nextPosition: UInt64 = 0
  private let body: (@Sendable (EventColumns, Int) -> Void)?
  private let spares = SpareColumns()

  /// - Parameters:
  ///   - threads: how many decode.
  ///   - body: called by them with every block decoded, and its slot's number; the columns are then the thread's, which
  ///     stay in its core's memory, and the slot's are not used.
  init(threads: Int, body: (@Sendable (EventColumns, Int) -> Void)?) {
    slotCount = Self.slotCount(threads: threads)
    free = (0..<slotCount).map { Slot(number: $0) }
    pool = WorkerPool(threads: threads)
    self.body = body
  }

  static func slotCount(threads: Int) -> Int { threads * 2 + 2 }

  deinit { clear() }

  /// The block at the source's place, checked and decoded; nil where only the reader can tell what is there.
  ///
  /// The slot is the caller's until it calls `release`.
  func block(of source: ByteSource) -> Slot? {
    if first < ahead.count, ahead[first].position != source.position { clear() }
    if first == ahead.count { nextPosition = source.position }
    look(source)
    guard first < ahead.count else { return nil }
    let slot = ahead[first]
    wait(slot)
    guard slot.isValid else {
      clear()
      return nil
    }
    first += 1
    weight -= slot.weight
    return slot
  }

  /// Gives a slot back.
  func release(_ slot: Slot) { free.append(slot) }

  /// Hands over blocks to be decoded, as many as slots and memory allow.
  private func look(_ source: ByteSource) {
    // Work is handed over in bunches: each look at the source may move its bytes.
    guard free.count > slotCount / 2 || first == ahead.count else { return }
    if first > 64 {
      ahead.removeFirst(first)
      first = 0
    }
    while let slot = free.last, first == ahead.count || weight < Self.weightLimit {
      let offset = Int(nextPosition - source.position)
      guard source.ensure(offset + BlockHeader.byteCount) >= offset + BlockHeader.byteCount,
        let header = source.withBytes(from: offset, BlockHeader.byteCount, { BlockHeader($0) }),
        header.version == BlockHeader.version, header.type == BlockType.events.rawValue, BlockProbe.isSane(header)
      else { return }
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      guard source.ensure(offset + length) >= offset + length else { return }
      source.withBytes(from: offset, length) { slot.take($0, header, at: nextPosition) }
      free.removeLast()
      ahead.append(slot)
      weight += slot.weight
      nextPosition += UInt64(length)
      let (body, spares) = (body, spares)
      pool.perform {
        if let body {
          let columns = spares.take()
          slot.decode(into: columns, body)
          spares.give(columns)
        } else {
          slot.decode(into: nil) { _, _ in }
        }
        slot.isDone.signal()
      }
    }
  }

  private func wait(_ slot: Slot) {
    guard !slot.isWaitedFor else { return }
    slot.isDone.wait()
    slot.isWaitedFor = true
  }

  /// Forgets what is ahead.
  func clear() {
    while first < ahead.count {
      wait(ahead[first])
      free.append(ahead[first])
      first += 1
    }
    ahead.removeAll(keepingCapacity: true)
    first = 0
    weight = 0
  }
}

/// Columns that no thread uses; the last given are the first taken, for they are nearest.
private final class SpareColumns: @unchecked Sendable {
  // Unchecked: `columns` is touched under `lock` only, and whoever has taken columns has them alone.
  private let lock = NSLock()
  private var columns: [EventColumns] = []

  func take() -> EventColumns { lock.withLock { columns.popLast() } ?? EventColumns() }

  func give(_ used: EventColumns) { lock.withLock { columns.append(used) } }
}

/// A few threads that do what they are handed, in the order handed.
public final class WorkerPool {
  private final class Queue: @unchecked Sendable {
    // Unchecked: `tasks` is touched under `lock` only.
    private let lock = NSLock()
    private let ready = DispatchSemaphore(value: 0)
    private var tasks: [@Sendable () -> Void] = []
    private var next = 0

    func append(_ task: @escaping @Sendable () -> Void) {
      lock.withLock { tasks.append(task) }
      ready.signal()
    }

    func stop(_ threads: Int) { for _ in 0..<threads { ready.signal() } }

    /// Works until there is a signal without a task.
    func work() {
      while true {
        ready.wait()
        let task = lock.withLock { () -> (@Sendable () -> Void)? in
          guard next < tasks.count else { return nil }
          defer { next += 1 }
          let task = tasks[next]
          if next == 255 {
            tasks.removeFirst(256)
            next = -1
          }
          return task
        }
        guard let task else { return }
        task()
      }
    }
  }

  private let queue = Queue()
  private let threads: Int

  public init(threads: Int) {
    self.threads = threads
    for _ in 0..<threads {
      let thread = Thread { [queue] in queue.work() }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { queue.stop(threads) }

  public func perform(_ task: @escaping @Sendable () -> Void) { queue.append(task) }

  /// The cores that the machine gives to this process, for the default of `--threads`.
  public static var processorCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}

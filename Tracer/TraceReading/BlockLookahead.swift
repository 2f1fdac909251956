import Foundation
import TraceFormat

/// Blocks that lie ahead of the reader, read, checked and decoded by other threads while it works on earlier ones.
///
/// Of what lies ahead only headers are read here, to see where blocks begin. Their bytes are read by the thread that
/// needs them: they would otherwise go through two cores' memory.
///
/// What is found ahead changes nothing of what the reader says: it asks for the block at the byte where it is, and
/// gets what its own look would have shown, or nothing. So the answer is the same with any number of threads.
final class BlockLookahead {
  /// A block of a stretch; it is the reader's until that asks for another.
  struct Found {
    let stretch: BlockStretch
    let index: Int

    var header: BlockHeader { stretch.blocks[index].header }
    var outcome: BlockStretch.Outcome { stretch.outcomes[index] }
    var isLast: Bool { index + 1 == stretch.blocks.count }
  }

  /// What the threads do, and in which portions.
  enum Work {
    /// Decode each block into columns that are the reader's then.
    case columns
    /// The same, and call this with the thread's own columns, which stay in its core's memory, and the stretch.
    case block(@Sendable (EventColumns, BlockStretch) -> Void)
    /// Do this with a stretch of many blocks, and the thread's own columns: it must decode all of them.
    case stretch(Portion, @Sendable (BlockStretch, EventColumns) -> Void)
  }

  /// How large stretches are.
  ///
  /// The first is a single block, for the others' work may have to wait for it. Those that follow have each thread's
  /// share of what is left of the file, less a third, so that all threads end at about the same time.
  struct Portion {
    /// A stretch ends with so many events at most, where blocks are not larger.
    var events: Int
    /// It does not end before so many.
    var leastEvents: Int
    /// What is kept of the blocks before a stretch; nil for nothing.
    var earlier: BlockStretch.Earlier?
    /// How much memory comes of an event and waits for its turn, roughly; bytes.
    var resultBytesPerEvent = 0
  }

  /// Memory for all blocks ahead, roughly; bytes. One block is looked at however large.
  private static let weightLimit = 12 << 20
  /// The same for what was made of blocks and waits for its turn: lines of text are longer than what they tell of.
  private static let resultLimit = 16 << 20

  let slotCount: Int
  private let bytes: RandomAccessBytes
  private let threads: Int
  private let pool: WorkerPool
  private var free: [BlockStretch]
  private var ahead: [BlockStretch] = []
  private var first = 0
  /// The next block of the first stretch ahead.
  private var nextIndex = 0
  private var weight = 0
  private var eventsAhead = 0
  private var nextPosition: UInt64 = 0
  private var latest: BlockStretch?
  private var stretchCount = 0
  /// Events of all stretches so far.
  private var portionedEvents = 0
  private let work: Work
  private let spares = SpareColumns()

  /// - Parameters:
  ///   - bytes: those of the trace.
  ///   - threads: how many work.
  init(_ bytes: RandomAccessBytes, threads: Int, _ work: Work) {
    slotCount = Self.slotCount(threads: threads)
    self.bytes = bytes
    self.threads = threads
    free = (0..<slotCount).map { BlockStretch(number: $0, bytes) }
    pool = WorkerPool(threads: threads)
    self.work = work
  }

  static func slotCount(threads: Int) -> Int { threads * 2 + 2 }

  deinit { clear() }

  /// The block at the reader's place, checked and decoded; nil where only the reader can tell what is there.
  ///
  /// The block found before is given back by that.
  func block(at position: UInt64, after before: Found?) -> Found? {
    if let before, before.isLast { free.append(before.stretch) }
    if first < ahead.count, ahead[first].blocks[nextIndex].position != position { clear() }
    if first == ahead.count { nextPosition = position }
    look()
    guard first < ahead.count else { return nil }
    let stretch = ahead[first]
    stretch.wait()
    guard stretch.outcomes[nextIndex].isValid else {
      clear()
      return nil
    }
    let found = Found(stretch: stretch, index: nextIndex)
    nextIndex += 1
    if found.isLast {
      first += 1
      nextIndex = 0
      weight -= weight(of: stretch)
      eventsAhead -= stretch.eventCount
    }
    return found
  }

  /// Hands over blocks to be decoded, as many as slots and memory allow.
  private func look() {
    // Work is handed over in bunches.
    guard free.count > slotCount / 2 || first == ahead.count else { return }
    if first > 64 {
      ahead.removeFirst(first)
      first = 0
    }
    let end = bytes.count
    while let stretch = free.last, first == ahead.count || weight < Self.weightLimit && resultBytes < Self.resultLimit {
      let isNext = latest?.endPosition == nextPosition
      stretch.begin(after: isNext ? latest : nil, portion?.earlier)
      fill(stretch, end)
      stretch.trimEarlier(portion?.earlier)
      guard !stretch.blocks.isEmpty else { return }
      free.removeLast()
      ahead.append(stretch)
      weight += weight(of: stretch)
      eventsAhead += stretch.eventCount
      stretch.ordinal = stretchCount
      stretchCount += 1
      portionedEvents += stretch.eventCount
      latest = stretch
      let (work, spares) = (work, spares)
      pool.perform {
        Self.perform(work, stretch, spares)
        stretch.finish()
      }
    }
  }

  /// Nil where each block is a stretch by itself.
  private var portion: Portion? { if case .stretch(let portion, _) = work { portion } else { nil } }

  private var resultBytes: Int { eventsAhead * (portion?.resultBytesPerEvent ?? 0) }

  private func weight(of stretch: BlockStretch) -> Int {
    portion != nil ? stretch.storedBytes : stretch.storedBytes + stretch.rawBytes + stretch.eventCount * 100
  }

  private static func perform(_ work: Work, _ stretch: BlockStretch, _ spares: SpareColumns) {
    switch work {
    case .columns: stretch.decode(into: stretch.columns) { $0.complete() }
    case .block(let body):
      let columns = spares.take()
      stretch.decode(into: columns) { body($0, stretch) }
      spares.give(columns)
    case .stretch(_, let body):
      let columns = spares.take()
      body(stretch, columns)
      spares.give(columns)
    }
  }

  /// Takes the next block into a stretch, or the next ones.
  private func fill(_ stretch: BlockStretch, _ end: UInt64) {
    let events = wantedEvents(end)
    while stretch.eventCount < events, stretch.storedBytes < Self.weightLimit / 4 {
      guard let header = bytes.header(at: nextPosition), header.isReadable,
        header.type == BlockType.events.rawValue, BlockProbe.isSane(header)
      else { return }
      // Blocks of a stretch are numbered without gap: so the reader takes all of them where it takes the first.
      if let before = stretch.blocks.last, header.sequence != before.header.sequence &+ 1 { return }
      let length = UInt64(BlockHeader.byteCount) + UInt64(header.storedByteCount)
      guard nextPosition + length <= end else { return }
      stretch.append(header, at: nextPosition)
      nextPosition += length
      // A block without events ends a stretch, so that it ends.
      if header.eventCount == 0 { return }
    }
  }

  /// With how many events the next stretch ends.
  ///
  /// Where work is done on a guess of what came before, none has more than all before it: in the beginning there is
  /// little to guess from, and what comes for the first time makes guesses wrong.
  ///
  /// - Parameter end: where the trace ends.
  private func wantedEvents(_ end: UInt64) -> Int {
    guard let portion, let latest else { return 1 }
    guard end > nextPosition, latest.storedBytes > 0 else { return portion.leastEvents }
    let rest = Double(end - nextPosition) * Double(latest.eventCount) / Double(latest.storedBytes)
    let share = rest * 2 / 3 / Double(threads)
    let most = portion.earlier == nil ? portion.events : min(portion.events, portionedEvents)
    return max(portion.leastEvents, share < Double(most) ? Int(share) : most)
  }

  /// Forgets what is ahead.
  func clear() {
    while first < ahead.count {
      ahead[first].wait()
      free.append(ahead[first])
      first += 1
    }
    ahead.removeAll(keepingCapacity: true)
    first = 0
    nextIndex = 0
    weight = 0
    eventsAhead = 0
    latest = nil
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

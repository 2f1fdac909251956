import TraceFormat
import TraceReading

/// A trace's events by number, in memory that does not follow its length: blocks are read when they are asked for.
///
/// A trace is read from its beginning to its end. To go back, or far ahead, it is opened anew: a whole file at a block
/// shortly before, else at its beginning. Blocks on the way are kept, as many as the limit allows.
public final class EventStore {
  /// A block's place. An event is named by its ordinal, its number among those that the file has; its position counts
  /// the missing ones too.
  struct Block {
    var ordinal: Int
    var position: UInt64
    var count: Int
    var time: UInt64
    /// Why events before this block are missing; nil where none are.
    var gap: String?
  }
  /// Events kept decoded, in whole blocks: some 20 MB, however large the blocks are.
  static let keptEventCount = 1 << 18
  /// Of the blocks before the one asked for, so many events are kept on the way, for steps back.
  static let keptOnTheWay = 1 << 17

  private(set) var blocks: [Block] = []
  /// Events that the trace has: ordinals are below it.
  public private(set) var eventCount = 0
  /// The latest time that an event has, ns: in a damaged trace that need not be the last event's.
  public private(set) var lastTime: UInt64 = 0
  /// A major frame by its start, as the trace tells it.
  public struct Frame: Equatable, Sendable {
    /// As the kernel counts major frames, from 0.
    public var number: UInt64
    /// Its `majorFrameStart` event.
    public var ordinal: Int
    /// Index of the module schedule.
    public var schedule: Int
    /// Nominal start, ns.
    public var start: UInt64
  }
  /// In the order of the trace; those whose start is missing are not there.
  public private(set) var frames: [Frame] = []
  /// Events before which others are missing, and those that tell of a loss: what was known before holds no more.
  private var breaks: [Int] = []
  /// What the one reading from end to end has found.
  public private(set) var condition = TraceCondition.unread
  /// What the recorder lost of the trace.
  public private(set) var losses = RecorderLosses()
  /// Why the trace may have gone on behind its last event; empty where it has its end.
  private(set) var doubtsBehind: [String] = []
  private let open: () throws -> TraceReader
  private var reader: TraceReader?
  private var nextBlock = 0
  /// Where the blocks are in the file, once that was asked for.
  private var places: BlockIndex?
  private var kept: [Int: [TraceEvent]] = [:]
  private(set) var keptCount = 0
  private var order: [Int] = []

  /// Reads the trace once, for its blocks and frames.
  ///
  /// - Parameters:
  ///   - open: opens the trace at its beginning; called again for each way back.
  ///   - onProgress: told how many events have been read; what it throws ends the reading.
  public init(
    opening open: @escaping () throws -> TraceReader, onProgress: (Int) throws -> Void = { _ in }
  ) throws {
    self.open = open
    let reader = try open()
    // Of all that the trace has nothing is as far: what is missing at the end is missing of it.
    var coverage = SpanCoverage(TraceSpan(from: .event(.max)))
    var gap: String?
    while let batch = reader.nextBatch() {
      switch batch {
      case .gap(let found):
        coverage.note(found)
        gap = "events are missing before event \(found.nextPosition): \(found.defect)"
      case .events(let first, let events):
        guard let head = events.first else { continue }
        _ = coverage.side(of: head, position: first, defectCount: reader.defectCount)
        blocks.append(
          Block(ordinal: eventCount, position: first, count: events.count, time: max(lastTime, head.time), gap: gap))
        if gap != nil { breaks.append(eventCount) }
        gap = nil
        for index in events.indices {
          lastTime = max(lastTime, events[index].time)
          note(events[index], eventCount + index)
        }
        eventCount += events.count
        try onProgress(eventCount)
      }
    }
    condition = reader.condition
    losses = reader.losses
    coverage.finish()
    doubtsBehind = coverage.doubts(of: reader)
  }

  private func note(_ event: TraceEvent, _ ordinal: Int) {
    if event.kind == EventKind.loss.rawValue { breaks.append(ordinal) }
    guard event.kind == EventKind.majorFrameStart.rawValue else { return }
    frames.append(
      Frame(
        number: UInt64(event.operand), ordinal: ordinal, schedule: Int(event.detail), start: event.words.w0))
  }

  /// The major frame that an event is in as the events before it tell; nil before the first, or where some are missing
  /// since the last one that is there.
  func frame(at ordinal: Int) -> Frame? {
    guard let index = Self.last(in: frames, where: { $0.ordinal <= ordinal }) else { return nil }
    let isCut = lastBreak(upTo: ordinal).map { $0 > frames[index].ordinal } ?? false
    return isCut ? nil : frames[index]
  }

  /// The last event up to this one before which others are missing; nil where none are.
  func lastBreak(upTo ordinal: Int) -> Int? {
    Self.last(in: breaks, where: { $0 <= ordinal }).map { breaks[$0] }
  }

  /// Why events right before this one are missing; nil where none are.
  func gap(before ordinal: Int) -> String? {
    let index = block(of: ordinal)
    return blocks[index].ordinal == ordinal ? blocks[index].gap : nil
  }

  /// Why events may be missing behind one event and before another; nil where none are.
  ///
  /// - Parameters:
  ///   - first: nil for the trace's beginning.
  ///   - last: nil for its end, behind which it may have gone on.
  ///   - isLossCounted: whether what the recorder lost is missing too.
  func doubt(after first: Int?, before last: Int?, isLossCounted: Bool) -> String? {
    let between = breaks.filter { $0 > first ?? -1 && $0 <= last ?? eventCount }
    if let gap = between.lazy.compactMap({ self.gap(before: $0) }).first { return gap }
    if isLossCounted, !between.isEmpty { return losses.sentence }
    return last == nil ? doubtsBehind.first : nil
  }

  /// How many events are missing right before this one, 0 where nobody knows; nil where none are.
  func missing(before ordinal: Int) -> UInt64? {
    let index = block(of: ordinal)
    guard blocks[index].ordinal == ordinal, blocks[index].gap != nil else { return nil }
    let end = index > 0 ? blocks[index - 1].position &+ UInt64(blocks[index - 1].count) : 0
    return blocks[index].position > end ? blocks[index].position - end : 0
  }

  /// The event with that ordinal and its position.
  ///
  /// - Precondition: `ordinal` is below `eventCount`.
  public func event(_ ordinal: Int) throws -> (position: UInt64, event: TraceEvent) {
    let index = block(of: ordinal)
    let offset = ordinal - blocks[index].ordinal
    return (blocks[index].position &+ UInt64(offset), try events(ofBlock: index)[offset])
  }

  /// The ordinal of the event at a position, or of the first one after it; nil behind the last.
  public func ordinal(ofPosition position: UInt64) -> Int? {
    guard let index = lastBlock(where: { $0.position <= position }) else { return eventCount > 0 ? 0 : nil }
    let offset = position - blocks[index].position
    guard offset >= UInt64(blocks[index].count) else { return blocks[index].ordinal + Int(offset) }
    return index + 1 < blocks.count ? blocks[index + 1].ordinal : nil
  }

  /// The first event at an instant or later; nil behind the last.
  public func ordinal(atTime time: UInt64) throws -> Int? {
    guard !blocks.isEmpty else { return nil }
    // Events of the same instant may begin in the block before.
    var index = lastBlock(where: { $0.time < time }) ?? 0
    while index < blocks.count {
      if let offset = try events(ofBlock: index).firstIndex(where: { $0.time >= time }) {
        return blocks[index].ordinal + offset
      }
      index += 1
    }
    return nil
  }

  func block(of ordinal: Int) -> Int { lastBlock(where: { $0.ordinal <= ordinal }) ?? 0 }

  /// The last block for which `condition` holds, where it holds for a first part of them.
  private func lastBlock(where condition: (Block) -> Bool) -> Int? { Self.last(in: blocks, where: condition) }

  /// The last element for which `condition` holds, where it holds for a first part of them.
  private static func last<Element>(in elements: [Element], where condition: (Element) -> Bool) -> Int? {
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if condition(elements[middle]) { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  func events(ofBlock index: Int) throws -> [TraceEvent] {
    if let events = kept[index] { return events }
    if reader == nil || index < nextBlock || isFarAhead(index) { try reopen(toReach: index) }
    while let batch = reader?.nextBatch() {
      guard case .events(_, let events) = batch, !events.isEmpty else { continue }
      let number = nextBlock
      nextBlock += 1
      guard number < blocks.count, events.count == blocks[number].count else { break }
      if blocks[index].ordinal - blocks[number].ordinal <= Self.keptOnTheWay { keep(events, number) }
      if number == index { return events }
    }
    throw EventStoreError.traceChanged
  }

  /// Whether a block is so far ahead in a whole file that it is not worth while to decode what lies between.
  private func isFarAhead(_ index: Int) -> Bool {
    condition.isComplete && nextBlock < index && blocks[index].ordinal - blocks[nextBlock].ordinal > Self.keptEventCount
  }

  /// Opens the trace anew, where that is possible at the first of the blocks that are kept on the way.
  private func reopen(toReach index: Int) throws {
    let reader = try open()
    self.reader = reader
    nextBlock = 0
    // Of a damaged file the headers may tell of blocks that cannot be read.
    guard condition.isComplete else { return }
    if places == nil { places = reader.makeIndex() }
    let before = lastBlock { blocks[index].ordinal - $0.ordinal > Self.keptOnTheWay }
    guard let first = before.map({ $0 + 1 }), let places, places.entries.count == blocks.count,
      reader.begin(at: places.entries[first])
    else { return }
    nextBlock = first
  }

  /// Keeps a block, and forgets those kept longest while there are too many events; the new one stays in any case.
  private func keep(_ events: [TraceEvent], _ index: Int) {
    guard kept.updateValue(events, forKey: index) == nil else { return }
    order.append(index)
    keptCount += events.count
    while keptCount > Self.keptEventCount, order.count > 1 {
      keptCount -= kept.removeValue(forKey: order.removeFirst())?.count ?? 0
    }
  }
}

/// Why an event cannot be given.
public enum EventStoreError: Error, Equatable, CustomStringConvertible {
  case traceChanged

  /// What the command prints.
  public var description: String { "the trace has changed since it was opened" }
}

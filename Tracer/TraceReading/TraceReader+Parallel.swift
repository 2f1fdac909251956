import TraceFormat

/// A piece of a trace that was worked on by one of several threads.
public enum MappedBlock<Result> {
  /// What came of the block's events.
  case events(Result)
  case gap(TraceGap)
}

extension TraceReader {
  /// Works on all blocks, several at a time, and takes what came of them in the order of the trace.
  ///
  /// - Parameters:
  ///   - threads: how many work at a time, 1 or more; with 1 it is the caller's own.
  ///   - resultBytesPerEvent: how much memory comes of an event, roughly: not more of it waits for its turn than
  ///     memory allows.
  ///   - map: called once for every block's events, by any thread; the columns are its own only for the call.
  ///   - take: called by the caller's thread, in order; false ends the reading.
  public func forEachBlock<Result: Sendable>(
    threads: Int, resultBytesPerEvent: Int = 0, map: @escaping @Sendable (EventColumns) -> Result,
    take: (MappedBlock<Result>) -> Bool
  ) {
    let results = ResultSlots<[Result?]>(count: BlockLookahead.slotCount(threads: threads))
    if threads > 1 {
      // Several blocks at a time: handing over takes time too. Where much comes of an event, less waits for its turn.
      let portion = BlockLookahead.Portion(
        events: resultBytesPerEvent == 0 ? 65_536 : 16_384, leastEvents: 4_096,
        resultBytesPerEvent: resultBytesPerEvent)
      decodeAhead(
        threads: threads,
        .stretch(portion) { stretch, columns in
          var found = [Result?](repeating: nil, count: stretch.blocks.count)
          stretch.decodeEach(into: columns) { found[$1] = map($0) }
          results.slots[stretch.number] = found
        })
    }
    defer { decodeAhead(threads: 0) }
    while let batch = nextColumns() {
      let goesOn =
        switch batch {
        case .gap(let gap): take(.gap(gap))
        case .events(let columns): take(.events(found.flatMap { results.remove($0) } ?? map(columns)))
        }
      guard goesOn else { return }
    }
  }
}

/// Events that follow each other in memory, or their absence.
public enum EventRun {
  /// Events in a row, of which the first has this position. They hold for the call only.
  case events(firstPosition: UInt64, UnsafeBufferPointer<TraceEvent>)
  case gap(TraceGap)
}

extension TraceReader {
  /// Hands out all events in order, many at a time: the fast way for who looks at one event after the other.
  ///
  /// With several threads the others not only decode but put the events together, too: the caller then reads memory
  /// straight on, which another core has written.
  ///
  /// - Parameters:
  ///   - threads: that of the caller included, 1 or more.
  ///   - body: false ends the reading.
  public func forEachEvents(threads: Int, _ body: (EventRun) -> Bool) {
    let rows = EventRows(slotCount: BlockLookahead.slotCount(threads: threads - 1))
    if threads > 1 { decodeAhead(threads: threads - 1, .block { rows.take($0, $1.number) }) }
    defer { decodeAhead(threads: 0) }
    while let batch = nextColumns() {
      var goesOn = true
      switch batch {
      case .gap(let gap): goesOn = body(.gap(gap))
      case .events(let columns):
        if let slot = found?.stretch.number {
          goesOn = body(.events(firstPosition: rows.firstPosition(slot), rows.events(slot)))
        } else {
          let first = columns.firstPosition
          goesOn = columns.withEvents { body(.events(firstPosition: first, $0)) }
        }
      }
      guard goesOn else { return }
    }
  }
}

/// The events of each slot, put together.
///
/// Unsafe room, and unchecked: a slot's events are written by the thread that decodes it, and read after that is known
/// to be done.
private final class EventRows: @unchecked Sendable {
  private struct Row {
    var base: UnsafeMutablePointer<TraceEvent>?
    var capacity = 0
    var count = 0
    var firstPosition: UInt64 = 0
  }
  private let rows: UnsafeMutableBufferPointer<Row>

  init(slotCount: Int) {
    rows = .allocate(capacity: slotCount)
    rows.initialize(repeating: Row())
  }

  deinit {
    for row in rows { row.base?.deallocate() }
    rows.deallocate()
  }

  func firstPosition(_ slot: Int) -> UInt64 { rows[slot].firstPosition }

  func events(_ slot: Int) -> UnsafeBufferPointer<TraceEvent> { .init(start: rows[slot].base, count: rows[slot].count) }

  func take(_ columns: EventColumns, _ slot: Int) {
    let count = columns.eventCount
    if count > rows[slot].capacity {
      rows[slot].base?.deallocate()
      rows[slot].base = .allocate(capacity: count)
      rows[slot].capacity = count
    }
    if let base = rows[slot].base { columns.fill(base) }
    rows[slot].count = count
    rows[slot].firstPosition = columns.firstPosition
  }
}

/// A place for the result of each slot.
///
/// Unchecked: a slot's result is written by the thread that decodes it, and read after that is known to be done.
final class ResultSlots<Result: Sendable>: @unchecked Sendable {
  let slots: UnsafeMutableBufferPointer<Result?>

  init(count: Int) {
    slots = .allocate(capacity: count)
    slots.initialize(repeating: nil)
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }
}

extension ResultSlots {
  /// Hands over what came of a block: it must not stay in memory until the slot is used again.
  func remove<Item>(_ block: BlockLookahead.Found) -> Item? where Result == [Item?] {
    let slot = block.stretch.number
    guard let item = slots[slot]?[block.index] else { return nil }
    slots[slot]?[block.index] = nil
    return item
  }
}

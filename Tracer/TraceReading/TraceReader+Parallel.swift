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
  ///   - map: called once for every block's events, by any thread; the columns are its own only for the call.
  ///   - take: called by the caller's thread, in order; false ends the reading.
  public func forEachBlock<Result: Sendable>(
    threads: Int, map: @escaping @Sendable (EventColumns) -> Result, take: (MappedBlock<Result>) -> Bool
  ) {
    let slotCount = BlockLookahead.slotCount(threads: threads)
    let results = ResultSlots<Result>(count: slotCount)
    if threads > 1 {
      decodeAhead(threads: threads) { columns, slot in results.slots[slot] = map(columns) }
    }
    defer { decodeAhead(threads: 0) }
    while let batch = nextColumns() {
      let goesOn =
        switch batch {
        case .gap(let gap): take(.gap(gap))
        case .events(let columns): take(.events(deliveredSlot.flatMap { results.slots[$0] } ?? map(columns)))
        }
      guard goesOn else { return }
    }
  }
}

/// A place for the result of each slot.
///
/// Unchecked: a slot's result is written by the thread that decodes it, and read after that is known to be done.
private final class ResultSlots<Result: Sendable>: @unchecked Sendable {
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

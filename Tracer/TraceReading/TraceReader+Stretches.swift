import TraceFormat

/// A part of a trace, as the reader comes to it.
public enum StretchItem<Result> {
  /// Blocks in a row that a thread has worked on, and what came of that.
  case stretch(BlockStretch, Result)
  /// A block by itself: its columns hold for the call only.
  case events(EventColumns)
  case gap(TraceGap)
}

extension TraceReader {
  /// Works on stretches of many blocks, several at a time, and hands out in the order of the trace what came of them.
  ///
  /// - Parameters:
  ///   - threads: how many work at a time.
  ///   - earlier: what is kept of the blocks before a stretch.
  ///   - work: called by any thread, once for every stretch; it must `decode` that, into the columns given, which are
  ///     its own for the call only. Stretches are begun in order.
  ///   - take: called by the caller's thread. It gets a stretch where all its blocks are right and nothing lies between
  ///     them, and single blocks where not; false ends the reading.
  public func forEachStretch<Result: Sendable>(
    threads: Int, earlier: BlockStretch.Earlier, work: @escaping @Sendable (BlockStretch, EventColumns) -> Result?,
    take: (StretchItem<Result>) -> Bool
  ) {
    let results = ResultSlots<Result>(count: BlockLookahead.slotCount(threads: threads))
    // Each stretch costs a look at what came before it, and handing over.
    let portion = BlockLookahead.Portion(events: 262_144, leastEvents: 16_384, earlier: earlier)
    decodeAhead(threads: threads, .stretch(portion) { results.slots[$0.number] = work($0, $1) })
    defer { decodeAhead(threads: 0) }
    /// Of which stretch blocks wait to be handed out, and how many.
    var waiting: (stretch: BlockStretch, count: Int)?
    /// Hands out what waits, block by block.
    func flush() -> Bool {
      guard let (stretch, count) = waiting else { return true }
      waiting = nil
      for index in 0..<count {
        if let columns = stretch.decodeAgain(index), !take(.events(columns)) { return false }
      }
      return true
    }
    while let batch = nextColumns() {
      switch batch {
      case .gap(let gap):
        guard flush(), take(.gap(gap)) else { return }
      case .events(let columns):
        guard let found else {
          guard flush(), take(.events(columns)) else { return }
          continue
        }
        let stretch = found.stretch
        if found.index == 0, stretch.isWhole, results.slots[stretch.number] != nil { waiting = (stretch, 0) }
        if waiting?.count != found.index, !flush() { return }
        guard waiting != nil else {
          if let columns = stretch.decodeAgain(found.index), !take(.events(columns)) { return }
          continue
        }
        waiting?.count += 1
        guard found.isLast, let result = results.slots[stretch.number] else { continue }
        waiting = nil
        guard take(.stretch(stretch, result)) else { return }
      }
    }
    _ = flush()
  }
}

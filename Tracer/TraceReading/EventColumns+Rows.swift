import ColumnKernels
import EventRows
import TraceFormat

extension EventColumns {
  /// Puts all events together, one behind the other in the order of the trace: the fast way for who looks at each.
  ///
  /// - Parameter body: gets them for the call only.
  public func withEvents<Result>(_ body: (UnsafeBufferPointer<TraceEvent>) -> Result) -> Result {
    let rows = rowArena.reserve(max(1, eventCount) * MemoryLayout<TraceEvent>.stride)
      .bindMemory(to: TraceEvent.self, capacity: eventCount)
    fill(rows)
    return body(UnsafeBufferPointer(start: rows, count: eventCount))
  }

  /// Hands out events in order as rows, so many at a time that they stay near the core from when they are put together
  /// until they are looked at.
  ///
  /// - Parameters:
  ///   - range: which; all where it is nil.
  ///   - body: gets the index of the first and the rows, for the call only.
  public func forEachRun(in range: Range<Int>? = nil, _ body: (Int, RowBuffer) -> Void) {
    let range = range ?? 0..<eventCount
    precondition(range.lowerBound >= 0 && range.upperBound <= eventCount)
    let memory = rowArena.reserve(Self.runCount * (MemoryLayout<EventRow>.stride + MemoryLayout<EventRow.Rest>.stride))
    let rows = memory.bindMemory(to: EventRow.self, capacity: Self.runCount)
    let rests = (memory + Self.runCount * MemoryLayout<EventRow>.stride)
      .bindMemory(to: EventRow.Rest.self, capacity: Self.runCount)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: groups.count) { cursors in
      guard let cursors = cursors.baseAddress else { return }
      findPlaces(of: range.lowerBound, cursors)
      var first = range.lowerBound
      while first < range.upperBound {
        let end = min(first + Self.runCount, range.upperBound)
        forEachGroup(cursors) { partita_rows($0, $1, first, end, rows, rests) }
        body(first, RowBuffer(UnsafeBufferPointer(start: rows, count: end - first), rests: rests))
        first = end
      }
    }
  }

  private static let runCount = 2048

  /// Hands out the events of a range in order, some at a time, as they then lie in memory one behind the
  /// other, near the core. For several threads at a time, once the columns are complete.
  ///
  /// - Parameter body: gets the index of the first and the events, which are its own for the call only; false ends it.
  @inline(__always)
  public func forEachBatch(in range: Range<Int>, _ body: (Int, UnsafeBufferPointer<TraceEvent>) -> Bool) {
    precondition(range.lowerBound >= 0 && range.upperBound <= eventCount)
    withUnsafeTemporaryAllocation(of: TraceEvent.self, capacity: Self.batchCount) { batch in
      withUnsafeTemporaryAllocation(of: Int.self, capacity: groups.count) { cursors in
        guard let rows = batch.baseAddress, let cursors = cursors.baseAddress else { return }
        findPlaces(of: range.lowerBound, cursors)
        var first = range.lowerBound
        while first < range.upperBound {
          let end = min(first + Self.batchCount, range.upperBound)
          fill(rows, first..<end, cursors)
          guard body(first, UnsafeBufferPointer(start: rows, count: end - first)) else { return }
          first = end
        }
      }
    }
  }

  private static let batchCount = 1024

  /// For each group the first place whose event has at least this index: within a group indices increase.
  @inline(never)
  func findPlaces(of index: Int, _ cursors: UnsafeMutablePointer<Int>) {
    for (number, group) in groups.enumerated() {
      var (low, high) = (group.first, group.first + group.count)
      while index > 0, low < high {
        let middle = (low + high) / 2
        if Int(eventIndices[middle]) < index { low = middle + 1 } else { high = middle }
      }
      cursors[number] = low
    }
  }

  /// Puts all events together.
  ///
  /// Unsafe: `rows` has room for all of them.
  func fill(_ rows: UnsafeMutablePointer<TraceEvent>) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: groups.count) { cursors in
      guard let cursors = cursors.baseAddress else { return }
      findPlaces(of: 0, cursors)
      fill(rows, 0..<eventCount, cursors)
    }
  }

  /// Puts the events of a range together, which begins where the last one ended.
  ///
  /// Group by group: an event's place in the trace is known, and all of a group have as many words.
  /// Unsafe: `rows` has room for them. Each place has its event's index, which `order` has made sure of.
  @inline(never)
  func fill(_ rows: UnsafeMutablePointer<TraceEvent>, _ range: Range<Int>, _ cursors: UnsafeMutablePointer<Int>) {
    forEachGroup(cursors) { partita_events($0, $1, range.lowerBound, range.upperBound, rows) }
  }

  /// Hands each group to `body`, with its next place, and keeps the place that it answers.
  @inline(__always)
  private func forEachGroup(
    _ cursors: UnsafeMutablePointer<Int>, _ body: (UnsafePointer<PartitaGroup>, Int) -> Int
  ) {
    let (indices, times, heads, words) = (eventIndices, timePointer, headPointer, wordPointer)
    for (number, group) in groups.enumerated() {
      let columns = PartitaGroup(
        indices: indices, times: times, heads: heads, words: words + (group.words - group.first),
        word_count: group.wordCount, stride: group.count, last: group.first + group.count)
      cursors[number] = withUnsafePointer(to: columns) { body($0, cursors[number]) }
    }
  }
}

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

  /// Group by group: an event's place in the trace is known, and all of a group have as many words.
  ///
  /// Unsafe: `rows` has room for all events. Each place has its event's index, which `order` has made sure of.
  func fill(_ rows: UnsafeMutablePointer<TraceEvent>) {
    for group in groups {
      switch group.wordCount {
      case 0: fill(rows, group, 0)
      case 1: fill(rows, group, 1)
      case 2: fill(rows, group, 2)
      case 3: fill(rows, group, 3)
      case 4: fill(rows, group, 4)
      case 5: fill(rows, group, 5)
      case 6: fill(rows, group, 6)
      case 7: fill(rows, group, 7)
      default: fill(rows, group, 8)
      }
    }
  }

  @inline(__always)
  private func fill(_ rows: UnsafeMutablePointer<TraceEvent>, _ group: Group, _ wordCount: Int) {
    let first = group.first
    let (indices, times, heads) = (eventIndices + first, timePointer + first, headPointer + first)
    let words = wordPointer + group.words
    let count = group.count
    for place in 0..<count {
      let row = rows + Int(indices[place])
      row.pointee.time = times[place]
      EventHead(rawValue: heads[place]).store(in: row)
      let target = UnsafeMutableRawPointer(row) + EventHead.wordsOffset
      for word in 0..<wordCount {
        target.storeBytes(of: words[word &* count &+ place], toByteOffset: word &* 8, as: UInt64.self)
      }
      for word in wordCount..<8 { target.storeBytes(of: 0, toByteOffset: word &* 8, as: UInt64.self) }
    }
  }
}

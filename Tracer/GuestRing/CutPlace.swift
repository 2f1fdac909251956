import TraceFormat

/// Where in the ring a trace ends that was cut off, and out of which kinds of events are left.
struct CutPlace {
  /// Words of the ring up to there.
  var wordCount: UInt64
  /// Events that the kernel had recorded up to there.
  var recordCount: UInt64

  /// Looks in the ring for the last events of a cut trace; nil where the ring's begin behind them.
  ///
  /// - Throws: where the ring's events are not those of the trace's run.
  init?(of cut: CutTrace, in ring: RingSnapshot) throws(RescueError) {
    let oldest = ring.drained.first { $0.position >= ring.firstIntact && $0.isPossible }
    let beginning = ring.firstIntact == 0 ? RingSnapshot.Claim(position: 0, events: 0) : oldest
    guard let beginning else { return nil }
    // Numbers of the records that are the trace's too, and where each begins.
    var kept: [(number: UInt64, place: UInt64, next: UInt64)] = []
    var (place, number) = (beginning.position, beginning.events)
    while let record = ring.record(at: place) {
      if !cut.leftOut.contains(record.kind) { kept.append((number, place, record.next)) }
      (place, number) = (record.next, number + 1)
    }
    if beginning.position == 0, !Self.areFirst(kept.map(\.place), cut, ring) {
      throw .otherRun(path: cut.path, reason: "its first events are not those in the ring")
    }
    let last = Self.records(in: cut.lastWords)
    let found = kept.indices.first { end in
      let overlap = min(end + 1, last.count)
      return (0..<overlap).allSatisfy { age in
        Self.isSame(last[last.count - 1 - age], ring, kept[end - age].place)
      }
    }
    guard let found else {
      // What the ring has begins behind the trace, or is another run's.
      guard kept.first.map({ ring[$0.place] >= cut.standing.lastTime }) ?? true else {
        throw .otherRun(path: cut.path, reason: "its last events are not those in the ring")
      }
      return nil
    }
    wordCount = kept[found].next
    recordCount = kept[found].number + 1
    guard recordCount >= cut.standing.eventCount else {
      throw .ringDamaged(reason: "it counts fewer events than the trace to be continued has")
    }
  }

  private static func areFirst(_ places: [UInt64], _ cut: CutTrace, _ ring: RingSnapshot) -> Bool {
    zip(records(in: cut.firstWords), places).allSatisfy { isSame($0, ring, $1) }
  }

  /// Words of records, record by record.
  private static func records(in words: [UInt64]) -> [ArraySlice<UInt64>] {
    var records: [ArraySlice<UInt64>] = []
    var place = 0
    while place + 1 < words.count {
      let next = min(place + 2 + RingRecord.wordCount(words[place + 1]), words.count)
      records.append(words[place..<next])
      place = next
    }
    return records
  }

  /// Whether a record of the trace is the one at a place of the ring.
  ///
  /// An entry's delay may count from an event that the trace has not, and the end counts such.
  private static func isSame(_ record: ArraySlice<UInt64>, _ ring: RingSnapshot, _ place: UInt64) -> Bool {
    let kind = UInt8(truncatingIfNeeded: record[record.startIndex + 1])
    let other = EventClass(ofKind: kind) == .input ? 3 : kind == EventKind.end.rawValue ? 2 : Int.max
    return record.indices.allSatisfy {
      let index = $0 - record.startIndex
      return index == other || record[$0] == ring[place + UInt64(index)]
    }
  }
}

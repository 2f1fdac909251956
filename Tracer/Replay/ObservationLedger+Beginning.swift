import PartitionCore

/// A ledger that begins in the middle of a run, with a keyframe.
extension ObservationLedger {
  /// What a ledger that began with a keyframe has met of the time before it.
  struct Beginning {
    /// The pad that is due.
    var padNanoseconds: UInt64
    /// Digests of messages read that were written before.
    var reads: [UInt64?]
    /// The first tail of the drainer.
    var firstTail: UInt64?
    /// Two reads of one earlier message differ.
    var isDoubtful = false
  }

  /// Begins after a keyframe: all is done but the wait for the window's instant; `continues` tells later if that is so.
  mutating func begin(notBefore: UInt64) {
    padNanoseconds = notBefore
    beginning = Beginning(padNanoseconds: notBefore, reads: Array(repeating: nil, count: digests.count))
  }

  /// Whether all that was taken for granted at the beginning is how `earlier` ended.
  func continues(_ earlier: ObservationLedger) -> Bool {
    guard let beginning, !beginning.isDoubtful, earlier.owed == Decision.Works(),
      earlier.padNanoseconds == beginning.padNanoseconds,
      earlier.padNanoseconds == 0 || !earlier.isPadOptional && earlier.lastPadNanoseconds != earlier.padNanoseconds,
      beginning.firstTail ?? .max > earlier.drainTail
    else { return false }
    for place in digests.indices {
      if let read = beginning.reads[place], let written = earlier.digests[place], read != written { return false }
    }
    return true
  }

  /// Takes over what `earlier` knew: now nothing is taken for granted any more.
  mutating func inherit(_ earlier: ObservationLedger) {
    for place in digests.indices where digests[place] == nil { digests[place] = earlier.digests[place] }
    drainTail = max(drainTail, earlier.drainTail)
    if lastPadNanoseconds == 0 { lastPadNanoseconds = earlier.lastPadNanoseconds }
    beginning = nil
  }

  /// A message was read whose writing was not seen.
  mutating func noteRead(_ digest: UInt64, at place: Int) {
    guard let read = beginning?.reads[place] ?? nil else {
      beginning?.reads[place] = digest
      return
    }
    if read != digest { beginning?.isDoubtful = true }
  }
}

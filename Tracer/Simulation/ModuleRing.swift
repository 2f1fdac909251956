import DrainPump

/// How full a module's own ring is, whatever room a simulation has.
///
/// The drainer is taken to write in no time, in each of its turns, the blocks that are due (`DrainPump`): what is still
/// too much for the ring then is too much for any drainer.
struct ModuleRing {
  private let wordCount: UInt64
  private let eventsPerBlock: UInt64
  private var tail: UInt64 = 0
  private var writtenEventCount: UInt64 = 0
  private var lastBlock: UInt64 = 0
  /// When more was recorded than it holds, ns; nil for never.
  private(set) var overflow: UInt64?

  init(byteCount: UInt64, eventsPerBlock: UInt64) {
    wordCount = byteCount / 8
    // No drainer has memory for more.
    self.eventsPerBlock = min(4096, max(1, eventsPerBlock))
  }

  /// So much has been recorded.
  mutating func note(_ head: UInt64, at instant: UInt64) {
    if overflow == nil, head - tail > wordCount { overflow = instant }
  }

  /// The drainer has a turn. Events are taken to be of one length, where a block has but some of them.
  mutating func drain(_ head: UInt64, eventCount: UInt64, at instant: UInt64) {
    while head > tail, eventCount > writtenEventCount {
      let (words, events) = (head - tail, eventCount - writtenEventCount)
      guard
        events >= eventsPerBlock || words > wordCount / 2
          || instant - min(instant, lastBlock) > DrainPump<SimulatedRing>.patience
      else { return }
      let taken = min(events, eventsPerBlock)
      tail = taken == events ? head : tail + words * taken / events
      writtenEventCount += taken
      lastBlock = instant
    }
  }
}

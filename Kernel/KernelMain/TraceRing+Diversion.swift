/// A full ring: what is taken the short way all the same is recorded in the spill, and counted as lost.
///
/// The long way would count it too, and takes several times as long: whoever fills the ring would slow down all others.
extension TraceRing {
  /// Where the ring goes on, and what it says of the last event.
  struct Diversion {
    fileprivate let next: UnsafeMutablePointer<UInt64>
    fileprivate let batchLimit: UnsafeMutablePointer<UInt64>
    fileprivate let events: UInt64
    fileprivate let lastTime: UInt64
  }

  /// Gives the next batch the spill. Until `end` nothing else is recorded.
  mutating func divert() -> Diversion {
    // Who finds the machine just now takes `next` for no place in the ring, and goes by what was published.
    publish()
    let diversion = Diversion(next: next, batchLimit: batchLimit, events: events, lastTime: lastTime)
    next = spill
    batchLimit = spill
    return diversion
  }

  /// Goes back to the ring, which has nothing of what was recorded since, and counts that as lost.
  mutating func end(_ diversion: Diversion) {
    let lost = events &- diversion.events
    (events, lastTime) = (diversion.events, diversion.lastTime)
    (next, batchLimit) = (diversion.next, diversion.batchLimit)
    lose(lost)
  }
}

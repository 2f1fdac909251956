import ModuleConfiguration

// What a partition's own scheduler decides by the clock: that cannot be played again as it was.
extension RecordedBehaviour {
  /// A deed of one of several processes comes: in doubt where it is not the one that the last upcall came before.
  func noteTurn(_ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    guard players[index].top == 0, scheduled.contains(index), deed.upcallCount != players[index].upcallCount
    else { return }
    players[index].weakness.noteOtherTurn(at: instant)
  }

  /// A partition's scheduler does not give up the window where an upcall has come meanwhile that came later in the
  /// recorded run: it goes on with whom that has released.
  func skipYield(_ index: Int, at exit: UInt64) {
    guard players[index].top == 0, scheduled.contains(index) else { return }
    let activity = players[index].activities[0]
    guard let deed = activity.strand.deed(activity.next), deed.kind == HypercallNumber.yield.rawValue,
      deed.upcallCount < players[index].upcallCount
    else { return }
    players[index].weakness.noteOtherTurn(at: exit)
    activity.strand.pass(activity.next)
    players[index].activities[0].goOn()
  }

  /// The instant to which a partition sets its timer: as far from the call as it was, or from its period's start.
  func timerInstant(_ recorded: UInt64, _ deed: RecordedDeed, _ index: Int, at instant: UInt64) -> UInt64 {
    let byCall = recorded &- deed.instant &+ instant
    guard recorded >= deed.instant, let period = deed.period, let own = periods.period(of: index),
      let byPeriod = own.instant(like: recorded, in: period)
    else { return byCall }
    reader.learnUsualTimes()
    switch reader.demand.timers.origin(index, recorded, in: period) {
    case .call: return byCall
    case .period: return byPeriod
    case .open:
      if byCall != byPeriod { openTimers.insert(index) }
      return scheduled.contains(index) == assumption.timersAreOtherwise ? byCall : byPeriod
    }
  }
}

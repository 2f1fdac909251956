import ModuleConfiguration

// What a partition's own scheduler decides by the clock: that cannot be played again as it was.
extension RecordedBehaviour {
  /// A deed of one of several processes comes: in doubt where it is not the one that the last upcall came before.
  func noteTurn(_ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    guard players[index].top == 0 else { return }
    noteWindow(index, deed, at: instant)
    guard scheduled.contains(index) else { return }
    if deed.upcallCount != players[index].upcallCount || (release(of: deed, index).map { instant < $0 } ?? false) {
      players[index].weakness.noteOtherTurn(at: instant)
    }
  }

  /// When the job is released that the deed tells to go on; nil where it tells of none. What was released before its
  /// period began counts as that period's.
  private func release(of deed: RecordedDeed, _ index: Int) -> UInt64? {
    guard let telling = deed.telling, !telling.to.isNone, telling.age != ProcessTelling.aperiodic,
      let period = deed.period, let own = periods.period(of: index)
    else { return nil }
    return own.instant(like: period.start &+ (telling.age < 0 ? telling.age.magnitude : 0), in: period)
  }

  /// The age of a job that is told in another period than it was: what is told is its release.
  func age(_ telling: ProcessTelling, _ deed: RecordedDeed, _ index: Int) -> Int64 {
    guard !telling.to.isNone, telling.age != ProcessTelling.aperiodic, let period = deed.period,
      let own = periods.period(of: index), let same = own.instant(like: period.start, in: period)
    else { return telling.age }
    return telling.age &+ Int64(bitPattern: own.start &- same)
  }

  /// The new deadline of a job, told at another instant than it was: as far from that as it was then. Nil where the
  /// deed tells of none.
  func replenishedAge(_ deed: RecordedDeed, _ index: Int, at instant: UInt64) -> Int64? {
    guard let told = deed.replenishment else { return nil }
    guard let period = deed.period, let own = periods.period(of: index) else { return told.age }
    let left = period.start &- UInt64(bitPattern: told.age) &- deed.instant
    return Int64(bitPattern: own.start &- instant &- left)
  }

  /// An upcall begins, which may take the processor from a process.
  func noteUpcall(_ index: Int) {
    players[index].upcallCount += 1
    guard players[index].top == 0, scheduled.contains(index) else { return }
    players[index].activities[0].doneBeforeUpcall = players[index].activities[0].done
    // What is computed before the next deed depends on whether it tells that.
    players[index].activities[0].total = nil
  }

  /// What a partition computes before a deed. A process that loses the processor after less of its work than in the
  /// recorded run has the rest left when it gets it again.
  func ownComputation(_ deed: RecordedDeed, _ index: Int) -> UInt64 {
    let all = computation(deed.computation)
    let player = players[index]
    guard player.top == 0, scheduled.contains(index) else { return all }
    // What a process tells when it is done or waits it has computed for.
    let isOfScheduler =
      deed.timerInstant != nil
      || deed.telling.map { $0.from.isNone || $0.from != player.running || $0.state == .ready } ?? false
    if player.activities[0].done == nil, !isOfScheduler, let arrears = player.arrears[player.running] {
      players[index].arrears[player.running] = nil
      players[index].activities[0].carried = arrears
    }
    // Where nobody had the processor, the scheduler waited for the upcall.
    if deed.telling?.state == .ready || deed.endsIdling, let before = deed.computationBeforeUpcall,
      let done = player.activities[0].doneBeforeUpcall, deed.upcallCount == player.upcallCount
    {
      let late = Int64(clamping: computation(before)) - Int64(clamping: done)
      if late != 0, !deed.endsIdling { players[index].arrears[player.running, default: 0] += late }
      players[index].activities[0].doneBeforeUpcall = nil
      return done + (all - min(all, computation(before)))
    }
    let carried = players[index].activities[0].carried
    return carried < 0 ? all - min(all, carried.magnitude) : all + carried.magnitude
  }

  /// A partition's scheduler does not give up the window where an upcall has come meanwhile that came later in the
  /// recorded run: it goes on with whom that has released.
  func skipYield(_ index: Int, at exit: UInt64) {
    guard players[index].top == 0, scheduled.contains(index) else { return }
    let activity = players[index].activities[0]
    guard let deed = activity.strand.deed(activity.next), deed.isYield,
      deed.upcallCount < players[index].upcallCount
    else { return }
    players[index].weakness.noteOtherTurn(at: exit)
    activity.strand.pass(activity.next)
    players[index].activities[0].goOn()
  }

  /// The instant to which a partition sets its timer: as far from the call as it was, or from its period's start. Where
  /// that is over nobody sets a timer to it, and what is done instead the recorded run does not tell.
  func timerInstant(_ recorded: UInt64, _ deed: RecordedDeed, _ index: Int, at instant: UInt64) -> UInt64 {
    let byCall = recorded &- deed.instant &+ instant
    guard recorded >= deed.instant, let period = deed.period, let own = periods.period(of: index),
      let byPeriod = own.instant(like: recorded, in: period), byPeriod > instant
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

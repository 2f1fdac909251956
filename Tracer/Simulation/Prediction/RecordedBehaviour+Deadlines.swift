import ModuleConfiguration

// Where a deadline passes that was met in the recorded run, or is met that was not: a partition's own scheduler tells
// the health monitor of it, or does not, otherwise than was recorded.
extension RecordedBehaviour {
  /// A partition is about to do this, outside of upcalls' handlers.
  func noteJobs(_ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    let evidence = reader.demand.deadlines
    guard players[index].top == 0, !evidence.processes.isEmpty else { return }
    players[index].follower.otherWay = players[index].weakness.otherWay
    players[index].follower.latest = deed.instant
    if deed.tellsOfDeadline {
      players[index].follower.lastCall = instant
      if !isDue(deed, index, at: instant) { players[index].weakness.noteUndueCall(at: instant) }
    }
    noteReplenishment(deed, index, at: instant)
    guard let telling = deed.telling else { return }
    if let left = evidence.index(of: telling.from, in: index),
      telling.state == .complete || telling.state == .dormant || evidence.processes[left].isOpen,
      let job = players[index].follower.jobs[left], !job.isOver
    {
      compare(left, job, index, deed, at: instant)
      players[index].follower.jobs[left]?.isOver = true
      if telling.state == .dormant { players[index].follower.jobs[left] = nil }
    }
    guard let next = evidence.index(of: telling.to, in: index), let period = deed.period,
      let own = periods.period(of: index), let job = job(telling, deed, index, in: period, own)
    else { return }
    players[index].follower.jobs[next] = job
    // Until it has the processor its deadline may pass, too.
    compare(next, job, index, deed, at: instant)
  }

  /// Beyond the next release no deadline is moved: the call would have failed.
  private func noteReplenishment(_ deed: RecordedDeed, _ index: Int, at instant: UInt64) {
    guard let told = deed.replenishment, let age = replenishedAge(deed, index, at: instant) else { return }
    let evidence = reader.demand.deadlines
    guard let own = evidence.index(of: told.from, in: index), let job = players[index].follower.jobs[own],
      let period = periods.period(of: index)
    else { return players[index].weakness.noteOtherAnswer(at: instant) }
    let deadline = period.start &- UInt64(bitPattern: age)
    if deadline > DeadlineEvidence.sum(job.own, evidence.processes[own].period) {
      players[index].weakness.noteOtherAnswer(at: instant)
    }
  }

  /// The job that goes on. Of one without releases it is compared when it has the processor in its partition's period.
  private func job(
    _ telling: ProcessTelling, _ deed: RecordedDeed, _ index: Int, in period: PeriodFollower.Period,
    _ own: PeriodFollower.Period
  ) -> Job? {
    guard telling.age == ProcessTelling.aperiodic else {
      return Job(
        recorded: period.start &- UInt64(bitPattern: telling.age),
        own: own.start &- UInt64(bitPattern: age(telling, deed, index)))
    }
    guard let same = own.instant(like: period.start, in: period) else { return nil }
    // The partition may have started after its period.
    let late = max(players[index].follower.start, same) - same
    return Job(recorded: period.start &+ late, own: same + late)
  }

  private func compare(_ process: Int, _ job: Job, _ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    players[index].follower.compare(
      process, job, took: instant - min(instant, job.own), recorded: deed.instant - min(deed.instant, job.recorded))
  }

  /// Whether a deadline has passed for sure of which the health monitor is told: as much of the period is over as was
  /// then, and whoever had done nothing more has not done it here.
  private func isDue(_ deed: RecordedDeed, _ index: Int, at instant: UInt64) -> Bool {
    guard let period = deed.period, let own = periods.period(of: index),
      let same = own.instant(like: deed.instant, in: period)
    else { return false }
    return instant &+ DeadlineEvidence.tolerance >= same
  }

  /// A partition starts anew; it did so at `recorded` in the recorded run, if it did at all.
  func cutJobs(_ index: Int, at instant: UInt64, recorded: UInt64?) {
    let processes = reader.demand.deadlines.processes
    guard !processes.isEmpty else { return }
    let latest = recorded ?? players[index].follower.latest
    players[index].follower.otherWay = players[index].weakness.otherWay
    players[index].follower.cut(at: instant, processes) { latest - min(latest, $1.recorded) }
    players[index].follower.start = instant
  }

  /// The prediction is over; who has no processes under way any more has none that is late.
  func endJobs(at instant: UInt64, isRunning: (Int) -> Bool) {
    let evidence = reader.demand.deadlines
    guard !evidence.processes.isEmpty else { return }
    for index in players.indices where isRunning(index) {
      guard let activity = players[index].activities.first else { continue }
      players[index].follower.otherWay = players[index].weakness.otherWay
      players[index].follower.cut(at: instant, evidence.processes) { process, job in
        let end = self.end(of: evidence.processes[process].key, in: activity)
        return end - min(end, job.recorded)
      }
    }
  }

  /// When a process was told of next in the recorded run, as far as that is known; 0 where it is not.
  private func end(of key: ProcessKey, in activity: Activity) -> UInt64 {
    for number in activity.next..<max(activity.next, activity.strand.count) {
      guard let deed = activity.strand.deed(number) else { return 0 }
      if let telling = deed.telling, telling.from == key || telling.to == key { return deed.instant }
    }
    return reader.demand.time
  }

  /// The first deadlines of a partition that pass here though they did not, as far as anybody knows; one instant's.
  func lateJobs(of index: Int) -> [PredictionWeakness.LateJob] {
    let evidence = reader.demand.deadlines
    let late = evidence.processes.indices.compactMap { process in
      players[index].follower.late[process].flatMap { lateJob(process, $0, evidence) }
    }
    let first = late.map(\.instant).min()
    return late.filter { $0.instant == first }
  }

  private func lateJob(
    _ process: Int, _ spans: [LateSpan], _ evidence: DeadlineEvidence
  ) -> PredictionWeakness.LateJob? {
    let own = evidence.processes[process]
    let name = own.name
    guard !own.isOpen else {
      guard isOtherModule else { return nil }
      // Its deadline may be anywhere, but not before the instant by which it was met.
      let late = spans.first { $0.span - $0.longestMet > DeadlineEvidence.tolerance }
      return late.map {
        PredictionWeakness.LateJob(
          process: name, instant: DeadlineEvidence.sum($0.release, $0.longestMet), isNamed: own.isNamed,
          isAperiodic: own.isAperiodic)
      }
    }
    guard let limit = evidence.limit(of: process),
      let late = spans.first(where: { $0.span > limit.doubtful && $0.longestMet < limit.span })
    else { return nil }
    // The same job may have been compared before it was late for sure.
    let isSure = spans.contains {
      limit.isDeclared && !$0.isMixed && $0.release == late.release && $0.span > limit.span
        && $0.longestMet < limit.span
    }
    return PredictionWeakness.LateJob(
      process: name, instant: DeadlineEvidence.sum(late.release, isSure ? limit.span : min(limit.span, late.span)),
      limit: limit.span, isSure: isSure)
  }
}

import ModuleConfiguration

// Where a deadline passes that was met in the recorded run, or is met that was not: a partition's own scheduler tells
// the health monitor of it, or does not, otherwise than was recorded.
extension RecordedBehaviour {
  /// The last job of a process; instants in ns.
  struct Job {
    /// Its release in the recorded run, and here.
    var recorded: UInt64
    var own: UInt64
    var isOver = false
  }

  /// A job that would be late here, and was not, by any deadline that is longer than `longestMet` and not longer than
  /// `span`, ns from its release.
  struct LateSpan {
    var release: UInt64
    var longestMet: UInt64
    var span: UInt64
  }

  /// What is compared of a partition's jobs.
  struct JobFollower {
    /// By the number of their processes.
    var jobs: [Int: Job] = [:]
    var late: [Int: [LateSpan]] = [:]
    /// When the health monitor was last told of a missed deadline, here.
    var lastCall: UInt64?
    /// The last deed's instant in the recorded run.
    var latest: UInt64 = 0
    /// The partition's last start, and from when on it might go another way: jobs are followed in between.
    var start: UInt64 = 0
    var otherWay: UInt64?

    /// Spans are few, for each must be longer than those before. Where they are not, the last one stands for the rest.
    private static let maximumSpans = 64

    /// The job has taken `span` here, where it took `recorded`, or was cut off then.
    mutating func compare(_ process: Int, _ job: Job, took whole: UInt64, recorded: UInt64, isCut: Bool = false) {
      let end = otherWay ?? .max
      guard job.own >= start, job.own < end else { return }
      let span = min(whole, end - job.own)
      let call = lastCall.flatMap { $0 >= job.own ? $0 - job.own : nil }
      if span > recorded &+ Self.likeness {
        let longestMet = call.map { min(recorded, $0 &+ DeadlineEvidence.tolerance) } ?? recorded
        note(process, LateSpan(release: job.own, longestMet: longestMet, span: span))
      } else if call != nil, !isCut, whole &+ Self.likeness < recorded {
        // It was late there; here it is so by so little that nobody knows.
        let longestMet = span - min(span, DeadlineEvidence.tolerance)
        note(process, LateSpan(release: job.own, longestMet: longestMet, span: span))
      }
    }

    /// Times that differ by less are the same.
    private static let likeness: UInt64 = 200

    private mutating func note(_ process: Int, _ new: LateSpan) {
      var spans = late[process] ?? []
      guard new.span > new.longestMet,
        !spans.contains(where: { $0.longestMet <= new.longestMet && $0.span >= new.span })
      else { return }
      if spans.count < Self.maximumSpans {
        spans.append(new)
      } else {
        spans[spans.count - 1].longestMet = min(spans[spans.count - 1].longestMet, new.longestMet)
        spans[spans.count - 1].span = max(spans[spans.count - 1].span, new.span)
      }
      late[process] = spans
    }

    /// The processes' jobs that are not over when everything is cut off: those under way, and the next ones.
    mutating func cut(
      at instant: UInt64, _ processes: [DeadlineEvidence.Process], recorded: (_ process: Int, _ job: Job) -> UInt64
    ) {
      for (process, last) in jobs {
        var job = last
        if job.isOver {
          job = Job(recorded: job.recorded &+ processes[process].period, own: job.own &+ processes[process].period)
        }
        guard instant > job.own else { continue }
        compare(process, job, took: instant - job.own, recorded: recorded(process, job), isCut: true)
      }
      jobs = [:]
      lastCall = nil
    }
  }

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
    guard let telling = deed.telling else { return }
    if let left = evidence.index(of: telling.from, in: index), telling.state == .complete || telling.state == .dormant,
      let job = players[index].follower.jobs[left], !job.isOver
    {
      compare(left, job, index, deed, at: instant)
      players[index].follower.jobs[left]?.isOver = true
      if telling.state == .dormant { players[index].follower.jobs[left] = nil }
    }
    guard let next = evidence.index(of: telling.to, in: index), telling.age != ProcessTelling.aperiodic,
      let period = deed.period, let own = periods.period(of: index)
    else { return }
    let job = Job(
      recorded: period.start &- UInt64(bitPattern: telling.age),
      own: own.start &- UInt64(bitPattern: age(telling, deed, index)))
    players[index].follower.jobs[next] = job
    // Until it has the processor its deadline may pass, too.
    compare(next, job, index, deed, at: instant)
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

  /// The first deadline of a partition that passes here though it did not, as far as anybody knows.
  func lateJob(of index: Int) -> PredictionWeakness.LateJob? {
    let evidence = reader.demand.deadlines
    var first: PredictionWeakness.LateJob?
    for (process, spans) in players[index].follower.late {
      guard let limit = evidence.limit(of: process),
        let late = spans.first(where: { $0.span > limit.doubtful && $0.longestMet < limit.span })
      else { continue }
      let instant = late.release &+ min(limit.span, late.span)
      guard first.map({ instant < $0.instant }) ?? true else { continue }
      first = PredictionWeakness.LateJob(
        process: evidence.processes[process].name, instant: instant, limit: limit.span,
        isSure: limit.isDeclared && late.span > limit.span)
    }
    return first
  }
}

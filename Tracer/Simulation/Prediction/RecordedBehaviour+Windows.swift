import APEXTypes
import ModuleConfiguration

// In which of its windows a partition's own scheduler has nobody to run. Here there may be other windows in a period,
// or those may suffice in which it had still something to do.
extension RecordedBehaviour {
  /// What is compared of a partition's windows; instants in ns.
  struct WindowUse {
    /// The last window that was given up: when it was so in the recorded run, and when it was over there; and here.
    struct GivenUp {
      var recorded: UInt64
      var recordedEnd: UInt64
      var own: UInt64
      var end: UInt64
      /// Upcalls here since the partition's start, up to then.
      var upcallCount: UInt64
      /// A process has had the processor since.
      var isOver = false

      /// Whether more was left of the window than in the recorded run: who waited then may be awake before its end.
      var isLonger: Bool {
        let rest = Int64(bitPattern: end &- own)
        return rest > Int64(bitPattern: recordedEnd &- recorded) &+ Int64(DeadlineEvidence.tolerance)
      }
    }

    var givenUp: GivenUp?
    /// Nothing has been done since but to ask for marks.
    var isGivenUp = false
    /// Its scheduler has begun.
    var hasBegun = false
    /// The first job of each process, and the last one: by the first one's release those of all others are known.
    var first: [ProcessKey: Job] = [:]
    var latest: [ProcessKey: UInt64] = [:]
  }

  /// A partition that is told of processes, by its number.
  private func hasProcesses(_ index: Int) -> Bool {
    reader.learnUsualTimes()
    return reader.demand.deadlines.processes.contains { $0.partition == index }
  }

  /// The period that the deed came in, and the one that the partition is in, where their numbers can be compared:
  /// periods are as long as they were, and no start or other schedule has come between.
  private func periods(of deed: RecordedDeed, _ index: Int) -> (recorded: UInt64, own: UInt64)? {
    guard changeCount == 0, players[index].first.map({ $0 === players[index].life }) ?? true,
      let recorded = deed.period, let own = periods.period(of: index), recorded.length == own.length
    else { return nil }
    return (recorded.number, own.number)
  }

  /// Windows of periods that are over in which a scheduler had nothing to do are not given up once more.
  func skipIdleWindows(_ index: Int) {
    guard players[index].top == 0, players[index].windows.isGivenUp, players[index].activities[0].done == nil,
      let last = players[index].windows.givenUp?.recorded, let own = periods.period(of: index), hasProcesses(index)
    else { return }
    let strand = players[index].activities[0].strand
    while let deed = reader.deed(
      players[index].activities[0].next, of: strand, unless: { reader.demand.time > last &+ 2 &* own.length }),
      deed.isYield, deed.comesAfterYield, let periods = periods(of: deed, index), periods.recorded < periods.own
    {
      strand.pass(players[index].activities[0].next)
      players[index].activities[0].goOn()
    }
  }

  /// Whether the period has not come yet in which the deed did: the scheduler finds nobody ready, if no upcall has
  /// woken somebody.
  func isIdle(_ index: Int, before deed: RecordedDeed) -> Bool {
    guard players[index].top == 0, players[index].windows.isGivenUp, deed.comesAfterYield,
      players[index].windows.givenUp?.upcallCount == players[index].upcallCount,
      let periods = periods(of: deed, index), periods.own < periods.recorded
    else { return false }
    return hasProcesses(index)
  }

  /// The scheduler gives this window up, too.
  func giveUp(_ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld) {
    players[index].windows.givenUp?.own = instant
    players[index].windows.givenUp?.end = periods.windowEnd(of: index)
    players[index].activities[0].beginAgain()
    world.call(GuestCall(.yield), partition, exit, at: instant)
  }

  /// A partition is about to do this in its main flow. Its scheduler gives up a window where nobody is ready, nor will
  /// be before its end; and nobody goes on before he is.
  func noteWindow(_ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    let givenUp = players[index].windows.givenUp
    if deed.isYield {
      players[index].windows.givenUp = WindowUse.GivenUp(
        recorded: deed.instant, recordedEnd: deed.windowEnd, own: instant, end: periods.windowEnd(of: index),
        upcallCount: players[index].upcallCount)
    }
    if !deed.asksForMarks { players[index].windows.isGivenUp = deed.isYield }
    // Whoever has missed a deadline waited until it passed.
    if deed.tellsOfDeadline, let givenUp, givenUp.isLonger {
      players[index].weakness.noteOtherWindow(at: givenUp.own)
    }
    guard let telling = deed.telling else { return }
    noteBeginning(index, deed, at: instant)
    if telling.state == .dormant { players[index].windows.first[telling.from] = nil }
    guard !telling.to.isNone else { return }
    players[index].windows.givenUp?.isOver = true
    if telling.age == ProcessTelling.aperiodic {
      // Whoever was woken by an upcall has waited for that alone.
      if givenUp?.upcallCount == players[index].upcallCount { noteResumption(index, deed, after: givenUp, at: instant) }
      return
    }
    guard let period = deed.period,
      let own = periods.period(of: index), let same = own.instant(like: period.start, in: period)
    else { return }
    let job = Job(
      recorded: period.start &- UInt64(bitPattern: telling.age), own: same &- UInt64(bitPattern: telling.age))
    let isResumed = players[index].windows.latest[telling.to] == job.recorded
    players[index].windows.latest[telling.to] = job.recorded
    let first = players[index].windows.first[telling.to] ?? job
    players[index].windows.first[telling.to] = first
    if isResumed { return noteResumption(index, deed, after: givenUp, at: instant) }
    let release = first.own &+ (job.recorded &- first.recorded)
    // In another schedule a period starts elsewhere, and releases go on as before.
    if max(job.own, release) - min(job.own, release) > DeadlineEvidence.tolerance {
      players[index].weakness.noteOtherWindow(at: min(release, instant))
    }
    if instant &+ DeadlineEvidence.tolerance < release { players[index].weakness.noteOtherWindow(at: instant) }
    // Nobody had the processor up to the release, wherever that is.
    if deed.isIdleWait, instant > release &+ DeadlineEvidence.tolerance {
      players[index].weakness.noteOtherWindow(at: release)
    }
    guard let givenUp, givenUp.recorded < job.recorded, givenUp.end > release &+ DeadlineEvidence.tolerance else {
      return
    }
    players[index].weakness.noteOtherWindow(at: givenUp.own)
  }

  /// With the period in which it begins a scheduler's releases begin.
  private func noteBeginning(_ index: Int, _ deed: RecordedDeed, at instant: UInt64) {
    guard !players[index].windows.hasBegun else { return }
    players[index].windows.hasBegun = true
    if let periods = periods(of: deed, index), periods.recorded != periods.own {
      players[index].weakness.noteOtherWindow(at: instant)
    }
  }

  /// A process goes on that waited when the window was given up: for what, and until when, is not recorded.
  private func noteResumption(
    _ index: Int, _ deed: RecordedDeed, after givenUp: WindowUse.GivenUp?, at instant: UInt64
  ) {
    guard isOtherModule, let givenUp, !givenUp.isOver else { return }
    if givenUp.isLonger { players[index].weakness.noteOtherWindow(at: givenUp.own) }
    // It may not be awake yet.
    let span = Int64(bitPattern: instant &- givenUp.own) &+ Int64(DeadlineEvidence.tolerance)
    if span < Int64(bitPattern: deed.instant &- givenUp.recorded) {
      players[index].weakness.noteOtherWindow(at: instant)
    }
  }
}

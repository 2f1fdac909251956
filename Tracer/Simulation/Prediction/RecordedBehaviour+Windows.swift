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
      /// Upcalls since the partition's start, up to then: in the recorded run, and here.
      var recordedUpcallCount: UInt64
      var upcallCount: UInt64
      /// The first window since that was given up here alone; nil where none was.
      var extra: UInt64?
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

  /// Windows of periods that are over in which a scheduler had nothing to do are not given up once more; nor are any
  /// where an upcall comes that came after them in the recorded run: it goes on with whom that wakes.
  func skipIdleWindows(_ index: Int, in world: SimulatedWorld) {
    guard players[index].top == 0, players[index].windows.isGivenUp, let givenUp = players[index].windows.givenUp,
      players[index].activities[0].done == nil || players[index].upcallCount > givenUp.upcallCount,
      let own = periods.period(of: index), hasProcesses(index)
    else { return }
    let strand = players[index].activities[0].strand
    var last = givenUp.recorded
    let hasMarks = world.core.decision.hasPendingMarks
    while let deed = reader.deed(
      players[index].activities[0].next, of: strand, unless: { reader.demand.time > last &+ 2 &* own.length }),
      deed.comesAfterYield, isPast(deed, index, since: givenUp, hasMarks: hasMarks)
    {
      last = deed.instant
      strand.pass(players[index].activities[0].next)
      players[index].activities[0].goOn()
    }
  }

  /// Whether the deed of an idle scheduler has no place here any more.
  private func isPast(
    _ deed: RecordedDeed, _ index: Int, since givenUp: WindowUse.GivenUp, hasMarks: Bool
  ) -> Bool {
    // The order of several processes that the clock releases is another matter.
    let isOrdered = scheduled.contains(index)
    let upcallCount = players[index].upcallCount &- givenUp.upcallCount
    let isWoken = !isOrdered && upcallCount > deed.upcallCount &- givenUp.recordedUpcallCount
    // That upcall may have come of another call than it did.
    guard deed.isYield else { return isWoken && deed.asksForMarks && deed.hasUpcall }
    // It asks for the marks that wait before it gives up a window, where none waited.
    if isWoken || !isOrdered && hasMarks && !deed.hadMarks { return true }
    guard players[index].activities[0].done == nil else { return false }
    return periods(of: deed, index).map { $0.recorded < $0.own } ?? false
  }

  /// Whether the period has not come yet in which the deed did: the scheduler finds nobody ready, if no upcall has
  /// woken somebody, nor will where it asks for the marks that wait.
  func isIdle(_ index: Int, before deed: RecordedDeed, at instant: UInt64, in world: SimulatedWorld) -> Bool {
    guard players[index].top == 0, players[index].windows.isGivenUp, deed.comesAfterYield,
      let givenUp = players[index].windows.givenUp, let periods = periods(of: deed, index),
      periods.own < periods.recorded, hasProcesses(index),
      !(deed.asksForMarks && world.core.decision.hasPendingMarks)
    else { return false }
    // A job of the recorded period is released no sooner, whatever comes before.
    if let telling = deed.telling, telling.age != ProcessTelling.aperiodic, telling.age <= 0 { return true }
    let upcallCount = players[index].upcallCount &- givenUp.upcallCount
    guard upcallCount > 0 else { return true }
    // Whom it has woken, if anybody, nobody knows where others came in the recorded run.
    if upcallCount != deed.upcallCount &- givenUp.recordedUpcallCount {
      players[index].weakness.noteOtherWindow(at: instant)
    }
    return false
  }

  /// The scheduler gives this window up, too.
  func giveUp(_ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld) {
    if players[index].windows.givenUp?.extra == nil { players[index].windows.givenUp?.extra = instant }
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
        recordedUpcallCount: deed.upcallCount, upcallCount: players[index].upcallCount)
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
    // It may not be awake yet, or has been since a window that it did not have.
    let span = Int64(bitPattern: instant &- givenUp.own) &+ Int64(DeadlineEvidence.tolerance)
    if span < Int64(bitPattern: deed.instant &- givenUp.recorded) {
      players[index].weakness.noteOtherWindow(at: givenUp.extra ?? instant)
    }
  }
}

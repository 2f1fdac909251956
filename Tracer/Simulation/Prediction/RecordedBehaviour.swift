import APEXTypes
import ModuleConfiguration
import PartitionCore

/// Partitions that do again what they did in a recorded run: the same computation, then the same deed, in whatever
/// windows they are given; and with each start what they did from their next recorded start on.
final class RecordedBehaviour: PartitionBehaviour {
  let reader: DemandReader
  /// How much more partitions compute than they did, and the kernel in their calls and starts, in hundredths.
  private let extraPercent: UInt64
  /// A partition that has no more to do so long before the recorded end has run out, ns.
  private let tolerance: UInt64
  let assumption: DemandAssumption
  var players: [Player]
  /// Partitions with processes of their own scheduler's.
  let scheduled: Set<Int>
  private(set) var periods: PeriodFollower
  /// Whether the module is another than recorded; where it is not, only a margin moves what partitions do.
  var isOtherModule = true
  /// Partitions whose timers might be set to other instants than they are.
  var openTimers: Set<Int> = []
  /// Changes of the module schedule so far.
  private(set) var changeCount: UInt64 = 0
  /// The partition that asks for another mode right now.
  private(set) var asker: Int?

  /// So far off may a prediction be, ns: who computes so much longer has not outlived its recorded life.
  private static let slack: UInt64 = 5000
  /// Who waits looks at the clock once more at least, ns.
  private static let glance: UInt64 = 20
  /// By the clock of a host that has other things to do, a timer may come as late as it likes, ns.
  static let longestLateness: UInt64 = 1000

  /// - Parameters:
  ///   - periods: those of the other module.
  ///   - scheduled: partitions with several processes that the clock releases.
  init(
    partitionCount: Int, _ reader: DemandReader, periods: PeriodFollower = PeriodFollower(),
    scheduled: Set<Int> = [], extraPercent: UInt64, tolerance: UInt64, assumption: DemandAssumption = .init()
  ) {
    self.reader = reader
    self.periods = periods
    self.scheduled = scheduled
    self.assumption = assumption
    self.extraPercent = extraPercent
    self.tolerance = tolerance
    players = (0..<partitionCount).map { _ in
      var player = Player()
      player.activities = [Activity(strand: player.life.main)]
      return player
    }
  }

  /// What weakens the prediction of a partition.
  func weakness(of index: Int) -> PredictionWeakness {
    var weakness = players[index].weakness
    weakness.note(lateJobs(of: index))
    return weakness
  }

  /// Read is no further than to be sure that nothing comes before the next interrupt: a partition that computes for
  /// ever would have the whole trace waiting in memory.
  func nextDeed(of partition: PartitionIndex, from exit: UInt64, in world: SimulatedWorld) -> UInt64 {
    let index = Int(partition.rawValue)
    let top = players[index].top
    skipIdleWindows(index, in: world)
    skipYield(index, at: exit)
    let activity = players[index].activities[top]
    let wasOff = !world.guests[index].isOn
    if activity.done == nil { players[index].activities[top].beginning = exit }
    let total: UInt64
    if let known = activity.total {
      total = known
    } else {
      let found = look(index, players[index].activities[top], from: exit, in: world)
      if found.isKnown { players[index].activities[top].total = found.total }
      players[index].activities[top].turn = found.turn > activity.done ?? 0 ? found.turn : .max
      total = found.total
    }
    let done = activity.done ?? 0
    players[index].activities[top].done = done
    if activity.done == nil, wasOff { players[index].activities[top].asking = asking(index, activity, in: world) }
    let question = players[index].activities[top].asking
    players[index].isAsking = question.map { $0 < total && world.core.decision.hasPendingMarks } ?? false
    let next = players[index].isAsking ? question ?? total : total
    guard next != .max else { return .max }
    if !players[index].isAsking, let end = waitEnd(players[index].activities[top]) {
      return max(exit + Self.glance, end)
    }
    let left = next - min(next, done)
    return left > .max - exit ? .max : exit + left
  }

  /// When a partition that has just switched its virtual interrupts on asks for the marks that wait, as the layer's
  /// contract has it: the recorded deed comes after that. Nil where none wait, or it asked in the recorded run too.
  private func asking(_ index: Int, _ activity: Activity, in world: SimulatedWorld) -> UInt64? {
    guard reader.demand.isOfKernel, world.guests[index].isOn, world.core.decision.hasPendingMarks else { return nil }
    // An exception's handler runs with them off, and its trampoline asks.
    guard !players[index].isCaught else { return nil }
    return activity.strand.deed(activity.next)?.asksForMarks == true ? nil : KernelWays.asking
  }

  /// What no recorded deed is: the call by which a partition takes the marks that came while its interrupts were off.
  private func ask(
    _ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld
  ) {
    players[index].isAsking = false
    players[index].activities[players[index].top].asking = nil
    world.call(GuestCall(.null), partition, exit, at: instant)
    let hasUpcall = world.core.decision.upcall != nil
    world.plannedExit = instant + kernelTime(KernelWays.longWay + (hasUpcall ? KernelWays.upcallAtCall : 0))
  }

  /// What the partition computes before its next deed; where there is none, before its handler returns or nothing more
  /// is known of it. Not known means that it comes after the next interrupt, and that it computes at least so much.
  private func look(
    _ index: Int, _ activity: Activity, from exit: UInt64, in world: SimulatedWorld
  ) -> (total: UInt64, isKnown: Bool, turn: UInt64) {
    let strand = activity.strand
    let isNew = activity.done == nil
    let done = activity.done ?? 0
    let next = world.nextInterrupt(after: exit, delay: timerDelay(isWaiting: false))
    let enough = next - exit > .max - done ? .max : done + (next - exit)
    func isBeyond() -> Bool {
      guard computation(sureComputation(of: activity)) > enough else { return false }
      // Who waits is done when the time has come, however little that is of computation.
      guard assumption.waits != nil else { return true }
      return reader.demand.time - (strand.beginning ?? reader.demand.time) > next - activity.beginning
    }
    if let deed = reader.deed(activity.next, of: strand, unless: isBeyond) {
      if isNew { world.guests[index].setFlag(deed.wasOn) }
      players[index].activities[players[index].top].wait = wait(of: deed)
      return (ownComputation(deed, index), true, turn(deed.turn))
    }
    if strand.end == .returned { return (computation(strand.computation) + RecordedDemand.handlerTail, true, .max) }
    // Where a deed has been forgotten, it is not known to compute at all.
    guard activity.next == strand.count else { return (0, true, .max) }
    if isNew, let wasOn = strand.wasOn { world.guests[index].setFlag(wasOn) }
    if strand.end == .open, !reader.isExhausted {
      return (computation(sureComputation(of: activity)), false, turn(strand.turn))
    }
    return (computation(strand.computation) + Self.slack, true, turn(strand.turn))
  }

  /// How long the partition waits for a deed, if it is taken to wait: as long as it did, and longer by what it computes
  /// more.
  private func wait(of deed: RecordedDeed) -> UInt64? {
    guard deed.elapsed >= ClockEvidence.shortestWait else { return nil }
    if deed.isIdleWait { return deed.elapsed }
    guard let waits = assumption.waits, let stretch = deed.stretch, waits.isOpen(stretch) else { return nil }
    return deed.elapsed + (computation(deed.computation) - deed.computation)
  }

  /// When the activity's wait is over; nil where it is none, all ones for never.
  private func waitEnd(_ activity: Activity) -> UInt64? {
    activity.wait.map { $0 > .max - activity.beginning ? .max : activity.beginning + $0 }
  }

  private func turn(_ recorded: UInt64) -> UInt64 { recorded == .max ? .max : computation(recorded) }

  /// So much is computed in any case before the deed that has not been read yet, or the end.
  private func sureComputation(of activity: Activity) -> UInt64 {
    let computation = activity.strand.computation
    // Less than that may turn out to be no part of the handler.
    return activity.isHandler && computation < RecordedDemand.longComputation ? 0 : computation
  }

  /// What takes so long in the prediction that the recorded run spent on it: a partition's own computation, and what
  /// the kernel does for it in its windows.
  func computation(_ recorded: UInt64) -> UInt64 {
    let (product, isBeyond) = recorded.multipliedReportingOverflow(by: 100 + extraPercent)
    return isBeyond ? RecordedDemand.latest : min(product / 100, RecordedDemand.latest)
  }

  /// The same of what the kernel does there.
  func kernelTime(_ recorded: UInt64) -> UInt64 { assumption.kernelTime(computation(recorded)) }

  func noteComputation(of partition: PartitionIndex, from exit: UInt64, to instant: UInt64, in world: SimulatedWorld) {
    let index = Int(partition.rawValue)
    let from = max(exit, players[index].accounted)
    players[index].accounted = max(players[index].accounted, instant)
    let top = players[index].top
    guard instant > from, let done = players[index].activities[top].done else { return }
    players[index].activities[top].done = done &+ (instant - from)
    // It has turned its flag without entering the kernel.
    guard done &+ (instant - from) >= players[index].activities[top].turn else { return }
    players[index].activities[top].turn = .max
    world.guests[index].setFlag(!world.guests[index].isOn)
  }

  func perform(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld) {
    let index = Int(partition.rawValue)
    if players[index].isAsking { return ask(index, partition, exit, at: instant, in: world) }
    let top = players[index].top
    let activity = players[index].activities[top]
    guard let deed = reader.deed(activity.next, of: activity.strand) else {
      if activity.strand.end == .returned { return leaveHandler(index, partition, exit, at: instant, in: world) }
      // Nothing happens at this instant but that nothing more is known of the partition.
      noteEnd(of: activity, index, at: instant)
      players[index].activities[top].total = .max
      return world.interrupt(at: world.nextInterrupt(after: instant), exit, partition)
    }
    if isIdle(index, before: deed, at: instant, in: world) {
      return giveUp(index, partition, exit, at: instant, in: world)
    }
    activity.strand.pass(activity.next)
    players[index].activities[top].goOn()
    noteTurn(index, deed, at: instant)
    noteJobs(index, deed, at: instant)
    world.prepare(deed, of: partition)
    let isAtOnce = world.servesAtOnce(at: instant)
    let kernelTime = deed.kernelTime.map(kernelTime)
    if let time = kernelTime ?? deed.switchTime.map(self.kernelTime) { world.plannedExit = instant + time }
    asker = deed.asksForMode ? index : nil
    world.setsTimerLate =
      deed.leavesStaleTimer || activity.next == activity.strand.count - 1 && activity.strand.endsWithStaleTimer
    defer {
      asker = nil
      world.setsTimerLate = false
      planSwitch(deed, of: partition, at: instant, in: world)
    }
    switch deed.act {
    case .fault(let fault):
      players[index].isCaught = true
      world.fault(fault, partition, exit, at: instant)
    case .call(let call):
      players[index].isCaught = false
      var call = call
      if let recorded = deed.timerInstant { call.arguments.0 = timerInstant(recorded, deed, index, at: instant) }
      if let telling = deed.telling {
        call.arguments.2 = UInt64(bitPattern: age(telling, deed, index))
        players[index].running = telling.to
      }
      if let age = replenishedAge(deed, index, at: instant) { call.arguments.2 = UInt64(bitPattern: age) }
      world.call(call, partition, exit, at: instant)
      if let status = deed.status, let answer = world.core.decision.answer, answer.status.rawValue != status {
        players[index].weakness.noteOtherAnswer(at: instant)
      }
      guard reader.demand.isOfKernel, let kernelTime else { return }
      let exit = KernelWays.time(
        kernelTime, of: deed, isAtOnce: isAtOnce, hasUpcall: world.core.decision.upcall != nil)
      world.plannedExit = instant + exit
    }
  }

  /// The partition has done all that was recorded of a life.
  private func noteEnd(of activity: Activity, _ index: Int, at instant: UInt64) {
    if activity.strand.end == .cut, activity.next == activity.strand.count {
      players[index].weakness.noteOutlived(at: instant)
    } else if activity.next < activity.strand.count
      || reader.demand.time - min(reader.demand.time, instant) > tolerance
    {
      players[index].weakness.noteRanOut(at: instant)
    } else {
      // That weakens only what is violated after it.
      players[index].weakness.noteEnded(at: instant)
    }
  }

  func changeSchedule() { changeCount += 1 }

  func beginWindow(_ index: UInt32, at start: UInt64) { periods.beginWindow(index, at: start) }
}

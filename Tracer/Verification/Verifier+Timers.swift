import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// Virtual timers: which ticks fall due, what the policy makes of those missed, and that the hardware timer knows.
extension Verifier {
  mutating func setTimer(_ partition: UInt8) {
    let index = Int(partition)
    guests[index].nextTick = step.argument0
    guests[index].tickPeriod = step.argument0 == 0 ? 0 : step.argument1
    // A periodic timer that is started in the past keeps its grid, and of that past only the latest tick falls due.
    if step.argument0 != 0, step.argument1 != 0, step.argument0 < step.time {
      guests[index].nextTick += (step.time - step.argument0) / step.argument1 * step.argument1
    }
    guests[index].isTimerKnown = true
    step.happenings.insert(.timing)
  }

  mutating func timerExpired(_ event: RowReference) {
    guard event.partition != 0xFF else {
      if fails(.meaning) { explain("a timer of nobody expires") }
      return
    }
    let index = Int(event.partition)
    let latest = event.words.w0
    let next = event.words.w1
    rare.isTouched = true
    step.happenings.insert(.timing)
    if guests[index].isTimerKnown { judgeTicks(event, guests[index].nextTick, guests[index].tickPeriod) }
    // Who learns may not have seen that the timer was set anew.
    if !guests[index].isTimerKnown || book.isMuted {
      guests[index].tickPeriod = next > latest ? next &- latest : 0
      guests[index].isTimerKnown = true
    }
    guests[index].nextTick = next
    guests[index].missedTicks.add(event.words.w2)
    judgeDropped(event)
    if rare.ticked >= 0, step.kind != 0, fails(.tickMark) {
      explain("the ticks of two timers fall due in one step, and the first had no mark")
    }
    rare.ticked = Int16(index)
    rare.isTickMarked = false
    rare.tickMarks = UInt64(event.operand) &- min(event.words.w2, UInt64(event.operand))
  }

  @inline(__always)
  private mutating func judgeTicks(_ event: RowReference, _ first: UInt64, _ period: UInt64) {
    tally(.tickDue)
    let count = UInt64(event.operand)
    let latest = event.words.w0
    let next = event.words.w1
    let isLattice: Bool
    if first == 0 || count == 0 {
      isLattice = false
    } else if period == 0 {
      isLattice = count == 1 && latest == first && next == 0
    } else {
      // A tick beyond the clock's range never comes.
      let (following, overflow) = latest.addingReportingOverflow(period)
      isLattice =
        latest == first &+ (count &- 1) &* period && next == (overflow || following == .max ? 0 : following)
    }
    // All that are due by the instant of the input, and none that is yet to come.
    // A window's start is decided L before its instant, and the ticks up to that instant with it.
    let horizon = event.partition == schedule.owner ? max(time, schedule.start) : time
    let isTimely = latest <= horizon && (next == 0 || step.kind == 0 || next > step.time)
    guard !isLattice || !isTimely, fails(.tickDue) else { return }
    let timer =
      first == 0 ? "does not run" : "had its next tick at \(first.seconds) and has period \(period.nanoseconds)"
    explain(
      "\(count) ticks of \(name(event.partition)) until \(latest.seconds) fell due, the next one at \(next.seconds); "
        + "its timer \(timer)")
  }

  private mutating func judgeDropped(_ event: RowReference) {
    tally(.tickPolicy)
    let dropped = event.words.w2
    let count = UInt64(event.operand)
    let policy = plan.partitions[Int(event.partition)].missedTickPolicy
    let state = partitions[Int(event.partition)]
    let isRegistered = state.registered & 1 << 32 != 0
    // Of `latestOnly` one tick is left, be it this one's mark or, of those that may wait, one that waited already; of
    // those that nobody takes, none.
    let mayWait = (state.pending | ~state.pendingKnown) & 1 << 32 != 0
    let isLatestLeft = dropped &+ 1 == count || mayWait && dropped == count
    let byPolicy = policy == .latestOnly ? isLatestLeft : dropped == 0
    let isRight =
      state.registeredKnown & 1 << 32 == 0
      ? byPolicy || dropped == count : isRegistered ? byPolicy : dropped == count
    if !isRight, fails(.tickPolicy) {
      explain(
        "\(dropped) of \(count) ticks of \(name(event.partition)) are dropped; its policy is \(policy)"
          + (isRegistered ? "" : ", and it has not registered for them"))
    }
  }

  mutating func markTicks(_ event: RowReference, _ index: Int, _ isRefused: Bool) {
    tally(.tickMark)
    let belongs = Int(rare.ticked) == index && !rare.isTickMarked
    if !belongs || isRefused, fails(.tickMark) {
      explain(
        "\(name(event.partition)) is marked for ticks, "
          + (belongs ? "and has not registered for them" : "and none fell due just now"))
    }
    if belongs { rare.isTickMarked = true }
    takeMark(event, index, 32, belongs ? rare.tickMarks : 1)
    guard belongs, plan.partitions[index].missedTickPolicy == .latestOnly, event.words.w0 > 1 else { return }
    if fails(.tickPolicy) {
      explain("\(event.words.w0) ticks of \(name(event.partition)) wait; its policy leaves the latest only")
    }
  }

  /// The end of a step in which ticks fell due, or the hardware timer came.
  mutating func closeTicks() {
    guard rare.ticked >= 0 else { return }
    let index = Int(rare.ticked)
    let state = partitions[index]
    if state.registered & state.registeredKnown & 1 << 32 != 0, !rare.isTickMarked, rare.tickMarks != 0,
      !state.isStopped, !state.mayBeStopped, fails(.tickMark)
    {
      explain("ticks of \(name(UInt8(index))) fell due, and it was not marked")
    }
  }

  /// The partition in whose window a step ends: its next tick is not overdue, and the timer stands for it.
  mutating func judgeTickArmed(boundary latest: UInt64) {
    let index = Int(schedule.owner)
    let tick = guests[index].nextTick
    guard guests[index].isTimerKnown, tick != 0, tick < latest, partitions[index].isAble,
      partitions[index].registered & partitions[index].registeredKnown & 1 << 32 != 0
    else { return }
    if step.kind == EventKind.timer.rawValue, tick <= step.time, schedule.start < step.time {
      tally(.tickDue)
      if fails(.tickDue) {
        explain("the tick of \(name(schedule.owner)) at \(tick.seconds) is due, and the timer came without it")
      }
      return
    }
    tally(.tickArmed)
    let limit = max(tick, schedule.start, previousTime)
    guard !machine.isArmed || machine.armed > limit else { return }
    // The step's last event may be one that the trace has not.
    if machine.isArmed, machine.armed <= time, !plan.leftOut.isEmpty { return doubt(.tickArmed) }
    guard fails(.tickArmed) else { return }
    explain(
      "the next tick of \(name(schedule.owner)) is at \(tick.seconds), and the timer is armed for "
        + (machine.isArmed ? machine.armed.seconds : "nothing"))
  }
}

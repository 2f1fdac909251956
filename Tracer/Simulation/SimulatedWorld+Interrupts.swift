import APEXTypes
import PartitionCore
import TraceFormat

// What interrupts whoever runs: the lines, and the one-shot timer.
extension SimulatedWorld {
  /// The instant of the next interrupt, of a line or of the timer, at `instant` or later.
  ///
  /// - Parameter delay: how long after it the timer's comes that has fired before, ns.
  func nextInterrupt(after instant: UInt64, delay: UInt64 = 0) -> UInt64 {
    let line = devices.nextInterrupt(after: instant)
    guard delay > 0, isTimerStale || timer <= instant + delay else {
      return min(isTimerStale ? instant : max(timer, instant), line)
    }
    // A line that waits as well goes first.
    return line <= instant + delay + KernelWays.lineBehindTimer ? line : instant + delay
  }

  func timerDelay(isWaiting: Bool) -> UInt64 { behaviour?.timerDelay(isWaiting: isWaiting) ?? 0 }

  func interrupt(at instant: UInt64, _ exit: UInt64, _ who: PartitionIndex) {
    var snapshot = enter(at: instant, exit, who)
    let now = SystemTime(nanoseconds: instant)
    if let number = devices.take(at: instant) {
      plannedExit = devices.serviceEnd
      if number == 15 { snapshot.flags.insert(.lineInService) }
      let line = InterruptLine(number)
      record(.interrupt, snapshot, UInt16(line.vector), at: instant)
      setsTimerLate = devices.leavesStaleTimer
      core.interrupt(line, snapshot, at: now, into: &recorder)
      if core.decision.upcall != nil { plannedExit = plannedExit.map { $0 + devices.upcallTime } }
    } else {
      // The local APIC keeps one request, for whatever it was armed.
      if !isTimerStale || timer <= instant { timer = .max }
      isTimerStale = false
      record(.timer, snapshot, 0xE0, at: instant)
      let before = core.current
      core.timer(snapshot, at: now, into: &recorder)
      timerEntry = (instant, TimerOutcome(hasSwitch: core.current != before), nil)
      planExit()
    }
    act()
    setsTimerLate = false
  }

  /// Plans when the kernel is done with the timer's entry that it is at, if it is at one, by what has come of it.
  func planExit() {
    guard let behaviour, timerEntry != nil else { return }
    if core.decision.upcall != nil { timerEntry?.outcome.hasUpcall = true }
    guard let timerEntry,
      let time = behaviour.timerTime(
        timerEntry.outcome, withUpcallOf: timerEntry.upcalled, at: timerEntry.instant)
    else { return }
    plannedExit = timerEntry.instant + time
  }

  /// The timer as the kernel has set it.
  ///
  /// Where another entry came first and passed the boundary, the old instant has come meanwhile: that interrupt waits
  /// at the local APIC, and comes as soon as somebody runs. A seeded world has no such moment.
  func arm(_ instant: UInt64) {
    let lateness = behaviour?.timerLateness ?? 0
    let isFired = setsTimerLate && timer - min(timer, lateness) <= plannedExit ?? ring.nanoseconds + KernelWays.longWay
    if behaviour != nil, timer <= ring.nanoseconds || isFired { isTimerStale = true }
    timer = max(min(instant, .max - lateness) + lateness, ring.nanoseconds)
  }
}

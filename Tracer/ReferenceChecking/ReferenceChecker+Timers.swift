import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Virtual timers: when ticks fall due, what the policy makes of them, whom they mark, and that the hardware knows.
extension ReferenceChecker {
  /// A timer that runs: the instant of its next tick, and its period or 0.
  private struct Timer {
    var next: UInt64
    var period: UInt64
  }

  /// The partition's timer, as it was set and as its ticks have moved it since.
  private func timer(of partition: Int, before index: Int) -> Timer? {
    let set = last(before: index, of: topic(.restart, partition), granted(.setTimer, partition))
    guard let set, kinds[set] == .hypercallResult else { return nil }
    var timer = Timer(next: argument(set, 0), period: argument(set, 1))
    let now = events[input(of: set)!].time
    if timer.next != 0, timer.period != 0, timer.next < now {
      // Started in the past: the grid stays, and only the latest tick of that past counts.
      timer.next += (now - timer.next) / timer.period * timer.period
    }
    if let expired = last(before: index, of: topic(.timerExpired, partition)), expired > set {
      timer.next = events[expired].words.w1
    }
    return timer.next == 0 ? nil : timer
  }

  /// No start that was not told may have stopped it.
  private func isTimerKept(_ partition: Int, before index: Int) -> Bool {
    let set = last(before: index, of: topic(.restart, partition), granted(.setTimer, partition))
    return isKept(set ?? -1, partition, before: index)
  }

  func judgeTimers() {
    for index in places[Int(EventKind.timerExpired.rawValue)] where events[index].partition != 0xFF {
      judgeDue(index)
      judgePolicy(index)
      judgeTickMark(index)
    }
    for index in places[Int(EventKind.mark.rawValue)] where what(index) == 64 {
      guard step(of: index) != nil else { continue }
      require("tick.mark", ticks(of: index) != nil && isRegistered(partition(index), 64, before: index))
      if ticks(of: index) != nil, record(of: partition(index)).missedTickPolicy == .latestOnly {
        require("tick.policy", events[index].words.w0 <= 1)
      }
    }
    for step in steps where isAboutTime(step) && !hasStopped(before: step.end) { judgeNextTick(step) }
  }

  private func judgeDue(_ index: Int) {
    let (count, latest, next) = (UInt64(events[index].operand), events[index].words.w0, events[index].words.w1)
    let partition = partition(index)
    guard isTimerKept(partition, before: index) else { return }
    guard let timer = timer(of: partition, before: index), count > 0 else { return require("tick.due", false) }
    if timer.period == 0 {
      require("tick.due", count == 1 && latest == timer.next && next == 0)
    } else {
      let (following, isBeyond) = latest.addingReportingOverflow(timer.period)
      require("tick.due", latest == timer.next &+ (count - 1) &* timer.period)
      require("tick.due", next == (isBeyond || following == .max ? 0 : following))
    }
    // A window's start is decided L before its instant, and the ticks up to that instant with it.
    let start = openWindow(before: index).flatMap { owner($0) == partition ? nominal($0) : nil } ?? 0
    require("tick.due", latest <= max(events[index].time, start))
    if let input = input(of: index) { require("tick.due", next == 0 || next > events[input].time) }
  }

  private func judgePolicy(_ index: Int) {
    let partition = partition(index)
    let (count, dropped) = (UInt64(events[index].operand), events[index].words.w2)
    // The latest is left, unless one waits that nobody has taken yet.
    let isLatestLeft = dropped &+ 1 == count || dropped == count && mayWait(partition, 64, before: index)
    let isByPolicy = record(of: partition).missedTickPolicy == .latestOnly ? isLatestLeft : dropped == 0
    // Of those that nobody takes, none is delivered.
    let isDropped = dropped == count && !isCertainlyRegistered(partition, 64, before: index)
    require("tick.policy", isDropped || isRegistered(partition, 64, before: index) && isByPolicy)
  }

  private func judgeTickMark(_ index: Int) {
    guard let step = step(of: index), !has(step, .stop) else { return }
    let isMarked = all(.mark, in: index..<step.end).contains {
      what($0) == 64 && partition($0) == partition(index) && ticks(of: $0) == index
    }
    let isDue = UInt64(events[index].operand) > events[index].words.w2
    require("tick.mark", isMarked || !isDue || !mustBeMarked(partition(index), 64, before: step.end))
  }

  /// The timer came, was set, or has to be; in other steps nothing changes for it.
  private func isAboutTime(_ step: Step) -> Bool {
    kinds[step.input] == .timer || success(step, .setTimer) != nil || success(step, .yield) != nil
      || range(step).contains {
        [.windowStart, .windowEnd, .idle, .timerArmed, .timerExpired, .majorFrameStart].contains(kinds[$0])
      }
  }

  /// As a step leaves it: the next tick of the partition in its window is not overdue, and the timer stands for it.
  private func judgeNextTick(_ step: Step) {
    let end = step.end
    guard let open = openWindow(before: end) else { return }
    let partition = owner(open)
    guard isTimerKept(partition, before: end), let tick = timer(of: partition, before: end)?.next,
      tick &+ allowance < nominalEnd(open),
      isAble(partition, before: end), mustBeMarked(partition, 64, before: end), let armed = armed(before: end)
    else { return }
    let now = events[step.input].time
    if kinds[step.input] == .timer, tick <= now, nominal(open) < now { return require("tick.due", false) }
    // An event that is left out may have been the step's last: what comes next was later.
    let last = leftOut.isEmpty || end >= events.count ? events[end - 1].time : events[end].time
    let limit = max(tick, nominal(open), last)
    require("tick.armed", armed.map { $0 <= limit } ?? false)
  }
}

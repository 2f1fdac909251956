import ModuleConfiguration
import TraceFormat

/// Idle time, the one-shot timer, and what `yield` answers.
extension ReferenceChecker {
  func judgeTime() {
    for index in places[Int(EventKind.idle.rawValue)] {
      require("idle.time", partition(index) == drainer || partition(index) == 0xFF)
    }
    for index in places[Int(EventKind.windowStart.rawValue)] {
      guard let until = idleUntil(before: index) else { continue }
      require("idle.time", events[index].words.w0 == until)
    }
    for step in steps where !hasStopped(before: step.end) {
      if frameStart(before: step.end) != nil { judgeIdleness(step.end) }
      judgeArmed(step.end)
    }
    for index in places[Int(EventKind.hypercallResult.rawValue)] where isSuccess(index, .yield) { judgeYield(index) }
  }

  /// Until when idle time was said to last, if it goes on.
  private func idleUntil(before index: Int) -> UInt64? {
    let place = last(before: index, of: .idle, .windowStart, .initialised) {
      switch kinds[$0] {
      case .initialised: isOwnersInitialisation($0)
      case .idle: !isVoid($0, before: index)
      default: true
      }
    }
    return place.flatMap { kinds[$0] == .idle ? events[$0].words.w0 : nil }
  }

  /// Idle time announced in a step that leaves somebody's window running, and a violation by itself, says nothing.
  private func isVoid(_ idle: Int, before index: Int) -> Bool {
    guard let step = step(of: idle), step.end <= index, let open = openWindow(before: step.end) else { return false }
    return isAble(owner(open), before: step.end)
  }

  /// The owner of the open window has its memory: the idle time that its window had meanwhile is over.
  private func isOwnersInitialisation(_ index: Int) -> Bool {
    openWindow(before: index).map { owner($0) == partition(index) } ?? false
  }

  /// Idle time was announced, and no window's partition has run since.
  private func isIdle(before index: Int) -> Bool {
    let place = last(before: index, of: .idle, .windowStart, .initialised) { place in
      switch kinds[place] {
      case .windowStart: !isStopped(owner(place), before: place)
      case .initialised: isOwnersInitialisation(place)
      default: true
      }
    }
    return place.map { kinds[$0] == .idle } ?? false
  }

  /// As a step leaves it: idle time is announced exactly while nobody's window runs.
  private func judgeIdleness(_ end: Int) {
    let owner = openWindow(before: end).map { self.owner($0) }
    if let owner, isAble(owner, before: end) {
      require("idle.time", !isIdle(before: end))
    } else if owner.map({ isGone($0, before: end) }) ?? true {
      require("idle.time", isIdle(before: end))
    }
  }

  /// The instant that the timer is armed for: nil for none, nil twice where it did not come when it was due.
  func armed(before index: Int) -> UInt64?? {
    guard let arming = last(before: index, of: .timerArmed), events[arming].words.w0 != .max else { return .some(nil) }
    let instant = events[arming].words.w0
    for later in (arming + 1)..<index where isEntry(later) {
      if kinds[later] == .timer {
        if what(later) != 0xFF, events[later].time >= instant { return .some(nil) }
      } else if events[later].time > max(instant, events[arming].time) &+ allowance {
        return nil
      }
    }
    return .some(instant)
  }

  /// As a step leaves it: the timer stands L or more before the next boundary.
  private func judgeArmed(_ end: Int) {
    guard let armed = armed(before: end) else { return }
    let boundary: UInt64
    if let open = openWindow(before: end), !isGone(owner(open), before: end) {
      boundary = nominalEnd(open)
    } else if let until = idleUntil(before: end) {
      boundary = until
    } else {
      return
    }
    require("timer.armed", armed.map { boundary >= allowance && $0 <= boundary - allowance } ?? false)
  }

  private func judgeYield(_ index: Int) {
    guard let open = openWindow(before: index), owner(open) == partition(index) else { return }
    let window = Int(events[open].operand)
    let schedules = (0..<table.count(ScheduleRecord.self)).map { table.record(ScheduleRecord.self, $0).windows.indices }
    guard let own = schedules.firstIndex(where: { $0.contains(window) }) else { return }
    let schedule = schedules[own]
    func start(_ window: Int) -> UInt64 { table.record(WindowRecord.self, window).start.count }
    func isOwn(_ window: Int) -> Bool { Int(table.record(WindowRecord.self, window).partition.rawValue) == owner(open) }
    let next: UInt64
    if let later = schedule.first(where: { $0 > window && isOwn($0) }) {
      next = nominal(open) &+ start(later) &- start(window)
    } else {
      let frame = last(before: index, of: .majorFrameStart)
      let (current, asked) = (frame.map { self.schedule(ofFrame: $0) } ?? 0, scheduleAsked(before: index))
      guard table.count(ScheduleRecord.self) == 1 || frame != nil else { return }
      // A window that the frame's schedule has not is another claim's affair: its own schedule goes on.
      let length = table.record(ScheduleRecord.self, asked == current ? own : current).majorFrame.count
      let frameEnd = nominal(open) &- start(window) &+ length
      // The next frame may have another schedule, and that no window of the caller.
      next = (asked == current ? schedule : schedules[asked]).first(where: isOwn).map { frameEnd &+ start($0) } ?? .max
    }
    require("yield.value", events[index].words.w0 == next)
  }
}

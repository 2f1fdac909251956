import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Passes the boundaries that are due, chooses who runs, and says what has to change for that.
  mutating func conclude<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    entryNanoseconds = now.nanoseconds
    if pendingStartNanoseconds != 0, now.nanoseconds >= pendingStartNanoseconds {
      pendingStartNanoseconds = 0
      decision.notBefore = .zero
    }
    if now.nanoseconds >= stopNanoseconds { stop(.instantReached, into: &recorder) }
    if now.nanoseconds &+ switchAllowanceNanoseconds >= schedule.nextBoundary, !hasStopped {
      if passBoundary(into: &recorder) { decision.works.insert(.keyframe) }
      mustPlan = true
    }
    if mustPlan { choose(into: &recorder) }
    if lines.isMaskStale { setMasks(into: &recorder) }
    if max(now.nanoseconds, pendingStartNanoseconds) >= nextTickNanoseconds, nextTickNanoseconds != .max {
      expireTimer(at: now, into: &recorder)
    }
    deliver(into: &recorder)
    if mustPlan { arm(into: &recorder) }
    mustPlan = false
    findQuiet()
  }

  /// Works out `quietUntilNanoseconds`: no boundary, no timer, no pad, no mark that waits.
  mutating func findQuiet() {
    quietUntilNanoseconds = 0
    guard case .partition(let running) = decision.successor, pendingStartNanoseconds == 0, !hasStopped else { return }
    if vcpus.interrupts[Int(running.rawValue)].pending == 0 { quietUntilNanoseconds = armedNanoseconds }
  }

  /// Passes every boundary at the next boundary's instant, in the order: window end, frame start, window start.
  ///
  /// - Returns: whether a keyframe is due; one is looked for at each frame start, within the pad.
  private mutating func passBoundary<Recorder: DecisionRecorder>(into recorder: inout Recorder) -> Bool
  where Recorder: ~Copyable {
    let instant = schedule.nextBoundary
    var keyframeDue = false
    if schedule.active >= 0, schedule.activeEnd <= instant {
      let owner = schedule.owner
      recorder.record(
        .windowEnd, partition: owner, detail: 0,
        operand: UInt32(truncatingIfNeeded: schedule.firstWindow &+ schedule.active), instant)
      schedule.active = -1
      lines.isMaskStale = true
      endCallback(of: owner, into: &recorder)
    }
    if schedule.nextFrameStart <= instant {
      changeSchedule(at: instant, into: &recorder)
      schedule.frameStart = instant
      schedule.cursor = 0
      recorder.record(
        .majorFrameStart, partition: .none, detail: UInt8(truncatingIfNeeded: schedule.scheduleIndex),
        operand: UInt32(truncatingIfNeeded: schedule.frameCount), instant)
      schedule.frameCount &+= 1
      framesSinceKeyframe &+= 1
      if framesSinceKeyframe >= keyframeIntervalFrames {
        framesSinceKeyframe = 0
        keyframeDue = true
      }
      takePendingModuleAction(into: &recorder)
    }
    if !hasStopped, schedule.cursor < schedule.windowCount, schedule.cursorStart <= instant {
      schedule.active = schedule.cursor
      schedule.cursor &+= 1
      let owner = schedule.owner
      partitions[Int(owner.rawValue)].hasYielded = false
      vcpus.interrupts[Int(owner.rawValue)].deferred = 0
      lines.beginWindow()
      pendingStartNanoseconds = instant
      recorder.record(
        .windowStart, partition: owner, detail: 0,
        operand: UInt32(truncatingIfNeeded: schedule.firstWindow &+ schedule.active), instant,
        schedule.activeEnd)
      takeScheduleAction(of: owner, into: &recorder)
    }
    schedule.findNextBoundary()
    return keyframeDue
  }

  /// The window's owner, or in idle time the drainer, or nobody; nobody too while the memory of either is made anew.
  mutating func choose<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let owner = schedule.owner
    var next = PartitionIndex.none
    var hasWindow = false
    if !hasStopped, !owner.isNone, partitions[Int(owner.rawValue)].wantsWindow {
      next = owner
      hasWindow = true
    } else if !drainer.isNone, partitions[Int(drainer.rawValue)].mode != .idle {
      next = drainer
    }
    let receiver = next
    decision.initialising = .none
    if !next.isNone, partitions[Int(next.rawValue)].life.isInitialising {
      if !hasStopped { decision.initialising = next }
      next = .none
    }
    if !hasWindow { pendingStartNanoseconds = 0 }
    if next != current {
      recorder.record(
        .partitionSwitch, partition: next, detail: current.rawValue, operand: 0, pendingStartNanoseconds)
      current = next
      decision.works.insert(.contextSwitch)
    }
    if !hasWindow, !isIdle, !hasStopped {
      recorder.record(.idle, partition: receiver, detail: 0, operand: 0, schedule.nextWindowStart)
    }
    isIdle = !hasWindow
    findNextTick()
    decision.successor = next.isNone ? .idleLoop : .partition(next)
    decision.notBefore = SystemTime(nanoseconds: pendingStartNanoseconds)
  }

  mutating func setMasks<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    lines.isMaskStale = false
    lines.findForeign(during: schedule.owner)
    let wanted = hasStopped ? 0xFFFF : lines.wantedMask(during: schedule.owner)
    guard wanted != lines.mask else { return }
    lines.mask = wanted
    recorder.record(.lineMask, partition: .none, detail: 0, operand: UInt32(wanted))
    decision.lineMask = wanted
  }

  private mutating func arm<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard !hasStopped else { return }
    var deadline = schedule.nextBoundary &- switchAllowanceNanoseconds
    if stopNanoseconds < deadline { deadline = stopNanoseconds }
    if nextStimulusNanoseconds < deadline { deadline = nextStimulusNanoseconds }
    if nextTickNanoseconds < deadline { deadline = nextTickNanoseconds }
    guard deadline != armedNanoseconds else { return }
    armedNanoseconds = deadline
    recorder.record(.timerArmed, partition: .none, detail: 0, operand: 0, deadline)
    decision.timer = SystemTime(nanoseconds: deadline)
  }
}

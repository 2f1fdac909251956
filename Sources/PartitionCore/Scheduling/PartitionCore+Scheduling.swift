import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Nominal end of the window that runs, or whose start is waited for; all ones where there is none.
  public var windowEnd: SystemTime { SystemTime(nanoseconds: schedule.activeEnd) }
  /// Index of the module schedule that runs.
  public var scheduleIndex: Int { schedule.scheduleIndex }
  /// Whether a period of its partition begins with that window.
  public var windowBeginsPeriod: Bool { schedule.beginsPeriod }

  /// Passes the boundaries that are due, chooses who runs, and says what has to change for that.
  @inline(never)
  mutating func conclude<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    concludeInLine(at: now, into: &recorder)
  }

  /// `conclude` for the two inputs that switch partitions all the time: a copy of the code for each.
  @inline(__always)
  mutating func concludeInLine<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    entryNanoseconds = now.nanoseconds
    if pendingStartNanoseconds != 0, now.nanoseconds >= pendingStartNanoseconds {
      pendingStartNanoseconds = 0
      decision.notBefore = .zero
    }
    if now.nanoseconds >= stopNanoseconds { stop(.instantReached, into: &recorder) }
    if now.nanoseconds &+ switchAllowanceNanoseconds >= schedule.nextBoundary, !hasStopped {
      passBoundary(into: &recorder)
      mustPlan = true
    }
    if mustPlan { choose(into: &recorder) }
    if lines.isMaskStale { setMasks(into: &recorder) }
    if nextTickNanoseconds != .max, max(now.nanoseconds, pendingStartNanoseconds) >= nextTickNanoseconds {
      expireTimer(at: now, into: &recorder)
    }
    let hasNoMark = !hasStopped && !current.isNone && vcpus.interrupts[unchecked: Int(current.rawValue)].pending == 0
    if !hasNoMark { deliver(into: &recorder) }
    if mustPlan { arm(into: &recorder) }
    mustPlan = false
    if hasNoMark {
      // What `findQuiet` works out, of which most is known here.
      quietUntilNanoseconds = pendingStartNanoseconds == 0 ? armedNanoseconds : 0
    } else {
      findQuiet()
    }
  }

  /// Works out `quietUntilNanoseconds`: no boundary, no timer, no pad, no mark that waits.
  @inline(never) mutating func findQuiet() {
    quietUntilNanoseconds = 0
    guard case .partition(let running) = decision.successor, pendingStartNanoseconds == 0, !hasStopped else { return }
    if vcpus.interrupts[Int(running.rawValue)].pending == 0 { quietUntilNanoseconds = armedNanoseconds }
  }

  /// Passes every boundary at the next boundary's instant, in the order: window end, frame start, window start.
  @inline(__always)
  private mutating func passBoundary<Recorder: DecisionRecorder>(into recorder: inout Recorder)
  where Recorder: ~Copyable {
    let instant = schedule.nextBoundary
    if schedule.activeEnd <= instant {
      // Unchecked, here and below: a window's partition is in the table, or the table would not be valid; `current` has
      // come from a window.
      let owner = schedule.owner
      recorder.record(
        .windowEnd, partition: owner, detail: 0,
        operand: UInt32(truncatingIfNeeded: schedule.firstWindow &+ schedule.active), instant)
      schedule.endWindow()
      lines.isMaskStale = true
      if partitions[unchecked: Int(owner.rawValue)].life.isInCallback { endCallback(of: owner, into: &recorder) }
    }
    if schedule.nextFrameStart <= instant { beginFrame(at: instant, into: &recorder) }
    if schedule.cursorStart <= instant, !hasStopped {
      schedule.beginWindow()
      let owner = schedule.owner
      partitions[unchecked: Int(owner.rawValue)].hasYielded = false
      vcpus.interrupts[unchecked: Int(owner.rawValue)].deferred = 0
      lines.beginWindow()
      pendingStartNanoseconds = instant
      recorder.record(
        .windowStart, partition: owner, detail: 0,
        operand: UInt32(truncatingIfNeeded: schedule.firstWindow &+ schedule.active), instant,
        schedule.activeEnd)
      if partitions[unchecked: Int(owner.rawValue)].life.scheduleAction != .ignore {
        takeScheduleAction(of: owner, into: &recorder)
      }
    }
    schedule.findNextBoundary()
  }

  /// A major frame begins. Whether a keyframe is due is looked for here, so that it is made within the pad.
  @inline(never)
  private mutating func beginFrame<Recorder: DecisionRecorder>(at instant: UInt64, into recorder: inout Recorder)
  where Recorder: ~Copyable {
    changeSchedule(at: instant, into: &recorder)
    recorder.record(
      .majorFrameStart, partition: .none, detail: UInt8(truncatingIfNeeded: schedule.scheduleIndex),
      operand: UInt32(truncatingIfNeeded: schedule.frameCount), instant)
    schedule.beginFrame(at: instant)
    decision.works.insert(.frameStart)
    framesSinceKeyframe &+= 1
    if framesSinceKeyframe >= keyframeIntervalFrames {
      framesSinceKeyframe = 0
      decision.works.insert(.keyframe)
    }
    takePendingModuleAction(into: &recorder)
  }

  /// Whether a keyframe that the recorder wants, for it has lost events, can be made after the last input: where the
  /// processor changes hands, so that nobody's calls take longer for it, and where no boundary can become late by it.
  ///
  /// L has one keyframe in it. At a frame's start there is one at most, be it due or wanted; any other has to be done
  /// before the timer for the next boundary is due. An input is dealt with within L, so that is certain where L and L
  /// once more are left: else a partition that gives up its window right before the timer would have made, of a loss
  /// that it has brought about, one keyframe just before that of the frame's start. Windows, and gaps between them,
  /// are longer than L, so that a window's start nearly always qualifies; the frame's always does.
  public var hasRoomForKeyframe: Bool {
    if decision.works.contains(.frameStart) { return true }
    let doneBy = entryNanoseconds &+ switchAllowanceNanoseconds &+ switchAllowanceNanoseconds
    return decision.isSwitch && (hasStopped || doneBy <= schedule.nextBoundary)
  }

  /// The window's owner, or in idle time the drainer, or nobody; nobody too while the memory of either is made anew.
  @inline(__always)
  mutating func choose<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let owner = schedule.owner
    decision.initialising = .none
    guard !owner.isNone, !hasStopped, partitions[unchecked: Int(owner.rawValue)].wantsWindow else {
      return chooseInIdleTime(into: &recorder)
    }
    isIdle = false
    if partitions[unchecked: Int(owner.rawValue)].life.isInitialising {
      decision.initialising = owner
      turn(to: .none, into: &recorder)
      nextTickNanoseconds = .max
    } else {
      turn(to: owner, into: &recorder)
      nextTickNanoseconds = guests.states[unchecked: Int(owner.rawValue)].timer.next
    }
    decision.notBefore = SystemTime(nanoseconds: pendingStartNanoseconds)
  }

  /// No window runs, or its owner does not want it, or the module is over.
  @inline(__always)
  private mutating func chooseInIdleTime<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    pendingStartNanoseconds = 0
    var receiver = PartitionIndex.none
    if !drainer.isNone, partitions[Int(drainer.rawValue)].mode != .idle {
      receiver = drainer
      if partitions[Int(drainer.rawValue)].life.isInitialising {
        if !hasStopped { decision.initialising = drainer }
        turn(to: .none, into: &recorder)
      } else {
        turn(to: receiver, into: &recorder)
      }
    } else {
      turn(to: .none, into: &recorder)
    }
    if !isIdle, !hasStopped {
      recorder.record(.idle, partition: receiver, detail: 0, operand: 0, schedule.nextWindowStart)
    }
    isIdle = true
    nextTickNanoseconds = .max
    decision.notBefore = .zero
  }

  /// From now on `next` is in the CPU, or for `none` the idle loop.
  @inline(__always)
  private mutating func turn<Recorder: DecisionRecorder>(
    to next: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    if next != current {
      recorder.record(
        .partitionSwitch, partition: next, detail: current.rawValue, operand: 0, pendingStartNanoseconds)
      current = next
      decision.works.insert(.contextSwitch)
    }
    decision.successor = next.isNone ? .idleLoop : .partition(next)
  }

  @inline(__always)
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

  @inline(__always)
  private mutating func arm<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard !hasStopped else { return }
    var deadline = schedule.nextBoundary &- switchAllowanceNanoseconds
    // A stimulus that is due is played at once, without an interrupt of its own.
    let outside = nextOutsideNanoseconds
    if outside < deadline, outside > entryNanoseconds { deadline = outside }
    if nextTickNanoseconds < deadline { deadline = nextTickNanoseconds }
    // An instant that the hardware cannot count to yet is gone to in steps: what is recorded is when the timer comes.
    deadline = min(deadline, entryNanoseconds &+ ModuleLimits.longestTimer)
    guard deadline != armedNanoseconds else { return }
    armedNanoseconds = deadline
    recorder.record(.timerArmed, partition: .none, detail: 0, operand: 0, deadline)
    decision.timer = SystemTime(nanoseconds: deadline)
  }
}

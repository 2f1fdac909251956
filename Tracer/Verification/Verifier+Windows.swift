import EventRows
import ModuleConfiguration
import TraceFormat

extension Verifier {
  /// What a timer may be early, by rounding of its ticks, without the window counting as cut short, in ns.
  static let earlyTolerance: NanosecondSpan = 1000

  mutating func majorFrameStart(_ event: RowReference) {
    let index = Int(event.detail)
    guard index < plan.schedules.count else {
      if fails(.meaning) { explain("schedule \(index) is not one of the module's \(plan.schedules.count)") }
      return
    }
    tally(.frame)
    step.happenings.insert(.timing)
    judgeSchedule(index)
    var nominal = event.words.w0
    if schedule.isFrameKnown {
      let ahead = event.operand &- schedule.frameNumber
      let frame = plan.schedules[schedule.schedule].majorFrame
      // After a loss some frames may be missing; on the lattice of one schedule the number tells how many.
      if schedule.isNextKnown || plan.schedules.count == 1 {
        let expected = schedule.frameStart &+ frame &* UInt64(ahead)
        if nominal != expected || schedule.framesKnown && ahead != 1 || ahead == 0 {
          if fails(.frame, by: nominal > expected ? nominal &- expected : expected &- nominal) {
            explain(
              "frame \(event.operand) starts at \(nominal.seconds); after frame \(schedule.frameNumber) frame "
                + "\(schedule.frameNumber &+ 1) was due at \((schedule.frameStart &+ frame).seconds)")
          }
          nominal = schedule.framesKnown ? schedule.frameStart &+ frame : nominal
        }
      }
    } else if gapCount == 0, event.operand != 0 || index != plan.initialSchedule, fails(.frame) {
      explain("the first major frame is \(event.operand) of schedule \(index)")
    }
    if !ending.hasStarted, gapCount == 0, fails(.boot) {
      explain("a major frame begins, and the module was never started")
    }
    ending.hasStarted = true
    if schedule.isNextKnown, schedule.nextWindow < plan.schedules[schedule.schedule].windows.upperBound,
      fails(.windowOrder)
    {
      explain("the frame ends before window \(schedule.nextWindow) has started")
    }
    if !schedule.isScheduleKnown {
      forgetPeriods()
    } else if schedule.isFrameKnown, schedule.schedule != index {
      endPeriods(at: nominal)
    }
    schedule.schedule = index
    schedule.isScheduleKnown = true
    schedule.nextSchedule = index
    schedule.isNextScheduleKnown = true
    schedule.frameNumber = event.operand
    schedule.frameStart = nominal
    schedule.isFrameKnown = true
    schedule.framesKnown = true
    schedule.framesBegun = UInt64(event.operand) &+ 1
    schedule.nextWindow = plan.schedules[index].windows.lowerBound
    schedule.isNextKnown = true
    machine.frameToJudge = true
  }

  mutating func windowStart(_ event: RowReference) {
    let index = Int(event.operand)
    guard index < plan.windows.count else {
      if fails(.meaning) { explain("window \(index) is not one of the module's \(plan.windows.count)") }
      return
    }
    step.happenings.insert(.timing)
    judgeWindowOrder(index)
    let window = plan.windows[index]
    judgeNominal(event, window, index)
    if schedule.isOpen, fails(.windowEndOrder) {
      explain("window \(index) starts while window \(schedule.window) has not ended")
    }
    if schedule.isOpen { leaveWindow() }
    if let promised = schedule.idleUntil {
      tally(.idleTime)
      if promised != event.words.w0, fails(.idleTime) {
        explain("idle time was to last until \(promised.seconds), and the window starts at \(event.words.w0.seconds)")
      }
      schedule.idleUntil = nil
    }
    let isPlaced = schedule.isFrameKnown && schedule.isNextKnown
    schedule.isWindowKnown = true
    schedule.isOpen = true
    schedule.window = index
    schedule.owner = window.partition
    schedule.start = isPlaced ? schedule.frameStart &+ window.start : event.words.w0
    schedule.end = schedule.start &+ window.duration
    schedule.nextWindow = index + 1
    noteWindow(of: window.partition)
    partitions[Int(window.partition)].deferred = 0
    partitions[Int(window.partition)].optional = 0
    // A partition that is, or may be, made anew has its first instant when that is done.
    schedule.awaitsFirst =
      !partitions[Int(window.partition)].isStopped && !partitions[Int(window.partition)].isInitialising
      && !partitions[Int(window.partition)].mayBeStopped
    noteStarting(window.partition)
    schedule.ranBefore = machine.isRunnerKnown && machine.runner == window.partition
    schedule.hasRun = false
    schedule.isPadded = false
    schedule.isWaiting = false
    schedule.stolen = 0
    for line in 0..<16 { schedule.foreignInterrupts[line] = 0 }
    // In the window of a stopped partition idle time goes on; in that of one that may be stopped it may.
    if !partitions[Int(window.partition)].isStopped {
      let mayGoOn = schedule.isIdle || !schedule.isIdleKnown
      schedule.isIdleKnown = !(partitions[Int(window.partition)].mayBeStopped && mayGoOn)
      schedule.isIdle = false
    }
    if partitions[Int(window.partition)].hasYielded { tally(.yieldFinal) }
    partitions[Int(window.partition)].hasYielded = false
    if window.isPeriodStart { beginPeriod(window) }
  }

  @inline(__always)
  private mutating func judgeWindowOrder(_ index: Int) {
    tally(.windowOrder)
    guard schedule.isNextKnown else {
      // After a loss within a frame the order is taken up from here, within the frame that is known.
      return
    }
    let windows = plan.schedules[schedule.schedule].windows
    guard index != schedule.nextWindow || index >= windows.upperBound else { return }
    if fails(.windowOrder) {
      explain(
        schedule.nextWindow < windows.upperBound
          ? "window \(index) starts where window \(schedule.nextWindow) was due"
          : "window \(index) starts after the frame's last window")
    }
  }

  @inline(__always)
  private mutating func judgeNominal(_ event: RowReference, _ window: ModulePlan.Window, _ index: Int) {
    tally(.windowNominal)
    let isPlaced = schedule.isFrameKnown && schedule.isNextKnown
    let start = isPlaced ? schedule.frameStart &+ window.start : event.words.w0
    let end = start &+ window.duration
    if step.kind != 0, step.kind != EventKind.start.rawValue,
      step.time &+ plan.allowance &+ Self.earlyTolerance < start, fails(.windowNominal)
    {
      explain(
        "window \(index) is started \((start &- step.time).nanoseconds) before its start, L is "
          + plan.allowance.nanoseconds)
    }
    guard event.partition != window.partition || event.words.w0 != start || event.words.w1 != end else { return }
    if fails(.windowNominal) {
      explain(
        "window \(index) is announced for \(name(event.partition)), \(event.words.w0.seconds) … "
          + "\(event.words.w1.seconds); the schedule has \(name(window.partition)), \(start.seconds) … \(end.seconds)")
    }
  }

  mutating func windowEnd(_ event: RowReference) {
    step.happenings.insert(.timing)
    if step.kind == EventKind.hypercall.rawValue, step.what == HypercallNumber.returnFromUpcall.rawValue,
      step.looked & 1 != 0, step.partition == event.partition, event.partition != 0xFF
    {
      partitions[Int(event.partition)].returnedAtWindowsEnd = true
    }
    if event.partition != 0xFF, guests[Int(event.partition)].callbackError >= 0 {
      rare.isTouched = true
      rare.callbacksOver |= 1 << UInt32(event.partition)
    }
    guard schedule.isWindowKnown else { return }
    tally(.windowEndOrder)
    guard schedule.isOpen, Int(event.operand) == schedule.window, event.partition == schedule.owner,
      event.words.w0 == schedule.end
    else {
      if fails(.windowEndOrder) {
        explain(
          schedule.isOpen
            ? "window \(event.operand) of \(name(event.partition)) ends at \(event.words.w0.seconds); open is window "
              + "\(schedule.window) of \(name(schedule.owner)) until \(schedule.end.seconds)"
            : "window \(event.operand) ends, and no window is open")
      }
      if schedule.isOpen { leaveWindow() }
      return
    }
    // Who yields, or stops, leaves the rest to idle time; the window is what the schedule says.
    let isEarly = step.kind != 0 && step.time &+ plan.allowance &+ Self.earlyTolerance < schedule.end
    if isEarly, !step.happenings.contains(.stopped), fails(.windowEndOrder) {
      explain(
        "the window of \(name(schedule.owner)) ends \((schedule.end &- step.time).nanoseconds) before its end, L is "
          + plan.allowance.nanoseconds)
    }
    leaveWindow()
  }

  mutating func idle(_ event: RowReference) {
    tally(.idleTime)
    step.happenings.insert(.timing)
    if event.partition != 0xFF, event.partition != plan.drainer, fails(.idleTime) {
      explain("idle time is given to \(name(event.partition)), who is not the drainer")
    }
    schedule.idleUntil = event.words.w0
    schedule.isIdle = true
    schedule.isIdleKnown = true
  }

  /// A window begins: whoever starts has its memory made in it.
  private mutating func noteStarting(_ partition: UInt8) {
    let state = partitions.reference(to: Int(partition))
    schedule.awaitsPiece = state.pointee.isInitialising && !state.pointee.isStopped && step.kind != 0
    schedule.inputOfStart = step.position
  }

  /// The window of a partition that starts is over: at least a piece of its memory was made in it.
  mutating func judgeStartMade() {
    guard schedule.awaitsPiece else { return }
    schedule.awaitsPiece = false
    let state = partitions[Int(schedule.owner)]
    guard state.isInitialising, !state.isStopped, step.kind != 0, step.position != schedule.inputOfStart,
      !ending.hasStopped
    else { return }
    if fails(.restartBegun) {
      explain("\(name(schedule.owner)) starts, and in its window nothing of its memory was made")
    }
  }

  /// Judges where and when a partition was found in ring 3.
  @inline(__always)
  mutating func judgeWindowUse(_ partition: UInt8, _ resume: UInt64, _ isInstantKnown: Bool) {
    let state = partitions.reference(to: Int(partition))
    state.pointee.mayBeStopped = false
    if state.pointee.isStopped {
      if fails(.modeQuiet) { explain("\(name(partition)) runs, though it was stopped") }
      // It was found running: whatever its start still owed, it is too late for.
      state.pointee.isInitialising = false
      state.pointee.isContextDue = false
      return
    }
    tally(.modeQuiet)
    state.pointee.hasRun = true
    if state.pointee.isInitialising || state.pointee.isContextDue { judgeStarting(partition) }
    guard schedule.isWindowKnown else { return }
    tally(.windowOwner)
    let isInOwn = schedule.isOpen && partition == schedule.owner
    if state.pointee.hasYielded, partition != plan.drainer {
      if fails(.yieldFinal) { explain("\(name(partition)) runs after it yielded, before its next window") }
      return
    }
    guard isInOwn else { return judgeForeigner(partition) }
    if exceeds(
      ClaimKey.windowEnd.rawValue, Int64(from: schedule.end, to: time), over: CaseSpan(from: schedule.end, to: time))
    {
      explain("\(name(partition)) ran until \(time.seconds); its window ended at \(schedule.end.seconds)")
    }
    if schedule.awaitsFirst, isInstantKnown { judgeFirstInstant(of: partition, resume) }
  }

  /// The partition's first instant in its window was found.
  @inline(__always)
  private mutating func judgeFirstInstant(of partition: UInt8, _ resume: UInt64) {
    schedule.awaitsFirst = false
    schedule.hasRun = true
    schedule.firstInstant = resume < schedule.start ? schedule.start : resume
    var error = resume > schedule.start ? resume &- schedule.start : schedule.start &- resume
    if schedule.ranBefore, resume < schedule.start { error = 0 }
    if !schedule.isPadded, !schedule.ranBefore, fails(.padding) {
      explain("\(name(partition)) was resumed in its window without a wait for its start")
    }
    let span = CaseSpan(from: min(resume, schedule.start), to: error == 0 ? resume : max(resume, schedule.start))
    if exceeds(ClaimKey.windowStart.rawValue, Int64(clamping: error), over: span) {
      explain(
        "\(name(partition)) got its first instant at \(resume.seconds); its window starts at "
          + schedule.start.seconds)
    }
  }

  /// The idle loop was found running: not while somebody's window runs.
  mutating func judgeIdleLoop() {
    guard schedule.isWindowKnown, schedule.isOpen, time >= schedule.start, time < schedule.end,
      partitions[Int(schedule.owner)].isAble
    else { return }
    if fails(.windowOwner) { explain("the idle loop runs in the window of \(name(schedule.owner))") }
  }

  /// A partition was found running that does not own the open window.
  @inline(__always)
  private mutating func judgeForeigner(_ partition: UInt8) {
    if partition == plan.drainer {
      guard schedule.isOpen, partitions[Int(schedule.owner)].isAble, time >= schedule.start else { return }
    }
    if fails(.windowOwner) {
      explain(
        "\(name(partition)) runs " + (schedule.isOpen ? "in the window of \(name(schedule.owner))" : "outside a window")
      )
    }
  }
}

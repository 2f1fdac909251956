import EventRows
import TextForms
import TraceFormat

/// Switches, the timer, the controllers' masks, pads: what the hardware was told and found doing.
extension Verifier {
  mutating func partitionSwitch(_ event: RowReference) {
    let from = event.detail
    let target = event.partition
    if machine.isRunnerKnown {
      tally(.switchChain)
      if from != machine.runner, fails(.switchChain) {
        explain("a switch starts from \(name(from)); \(name(machine.runner)) ran")
      }
    }
    machine.runner = target
    machine.isRunnerKnown = true
    machine.switchInstant = event.words.w0
    // Whoever is switched to, nobody runs on from before the window.
    schedule.ranBefore = false
    step.happenings.insert(.switched)
  }

  @inline(never)
  mutating func timerArmed(_ event: RowReference) {
    let instant = event.words.w0
    // The hardware is told after the decision, when masks, messages and the like are done: at most L later. What was
    // armed before may expire until then.
    if machine.isArmed, machine.armed <= time || machine.armed &- time <= plan.allowance { machine.mayBeStale = true }
    machine.dueFrom = max(instant, time)
    machine.armed = instant
    machine.isArmed = instant != .max
    machine.isTimerKnown = true
    placeTimer()
    step.happenings.insert(.timing)
  }

  mutating func timer(_ event: RowReference) {
    enterByTimer(event)
    step.happenings.insert(.timing)
    // The local APIC's spurious vector comes the same way, and says nothing of the timer.
    guard step.what != 0xFF else { return }
    guard machine.isTimerKnown else { return }
    if machine.isArmed, time >= machine.armed {
      let span = CaseSpan(from: machine.dueFrom, to: time)
      if exceeds(ClaimKey.timerPunctual.rawValue, Int64(from: machine.dueFrom, to: time), over: span) {
        explain("the timer, due at \(machine.dueFrom.seconds), came \((time &- machine.dueFrom).nanoseconds) late")
      }
      machine.isArmed = false
      machine.mayComeTwice = machine.mayBeStale
      machine.mayBeStale = false
      return
    }
    if machine.mayBeStale || machine.mayComeTwice {
      machine.mayBeStale = false
      machine.mayComeTwice = false
      return
    }
    tally(.timerPunctual)
    guard fails(.timerPunctual, by: machine.isArmed ? machine.armed &- time : 0) else { return }
    explain(
      machine.isArmed
        ? "the timer came \((machine.armed &- time).nanoseconds) early" : "the timer came, and nobody had armed it")
  }

  /// At an entry of another kind: a timer that is overdue did not come.
  mutating func judgeTimerPending(_ kind: UInt8) {
    guard machine.isArmed, kind != EventKind.timer.rawValue, time > machine.dueFrom,
      time &- machine.dueFrom > plan.allowance
    else { return }
    machine.isArmed = false
    machine.isTimerKnown = false
    if fails(.timerPunctual, by: time &- machine.dueFrom) {
      explain("the timer, armed for \(machine.armed.seconds), has not come")
    }
  }

  /// At the end of a step that has to do with time: the timer stands no later than L before what comes next.
  mutating func closeTiming() {
    guard schedule.isWindowKnown else { return }
    judgeIdleness()
    guard machine.isTimerKnown else { return }
    let boundary: NanosecondInstant
    if schedule.isOpen, !partitions[Int(schedule.owner)].isGone {
      boundary = schedule.end
      judgeTickArmed(boundary: boundary > plan.allowance ? boundary &- plan.allowance : 0)
    } else if let until = schedule.idleUntil {
      boundary = until
    } else {
      return
    }
    let latest = boundary > plan.allowance ? boundary &- plan.allowance : 0
    tally(.timerArmed)
    guard !machine.isArmed || machine.armed > latest else { return }
    if fails(.timerArmed, by: machine.isArmed ? machine.armed &- latest : 0) {
      explain(
        machine.isArmed
          ? "the timer is armed for \(machine.armed.seconds); the boundary at \(boundary.seconds) wants "
            + latest.seconds
          : "the timer is not armed for the boundary at \(boundary.seconds)")
    }
  }

  /// Idle time is announced exactly when nobody's window runs.
  @inline(__always)
  private mutating func judgeIdleness() {
    guard schedule.isFrameKnown else { return }
    if schedule.isOpen, partitions[Int(schedule.owner)].isAble {
      if schedule.isIdle, fails(.idleTime) {
        explain("idle time is announced in the window of \(name(schedule.owner))")
      }
      schedule.isIdle = false
      schedule.isIdleKnown = true
      schedule.idleUntil = nil
    } else if schedule.isIdleKnown, !schedule.isIdle,
      !schedule.isOpen || partitions[Int(schedule.owner)].isGone, fails(.idleTime)
    {
      explain("no window runs, and nobody was given the time")
    }
  }

  @inline(never)
  mutating func lineMask(_ event: RowReference) {
    machine.mask = UInt16(truncatingIfNeeded: event.operand)
    machine.isMaskKnown = true
    step.happenings.insert(.maskDue)
  }

  mutating func maskRead(_ event: RowReference) {
    guard step.happenings.contains(.maskDue) else { return refuseRead(event) }
    step.happenings.remove(.maskDue)
    guard machine.isMaskKnown else { return }
    tally(.maskWritten)
    if event.operand != UInt32(machine.mask), fails(.maskWritten) {
      explain(
        "the mask \(machine.mask.hexadecimal) was decided, \(event.operand.hexadecimal) read back")
    }
    // What is judged of later interrupts is the decision's effect, not its failure once more.
    if event.operand != UInt32(machine.mask) { machine.isMaskKnown = false }
  }

  /// The controllers are read once for each mask decided: another time they show the hardware's doing, not the core's.
  private mutating func refuseRead(_ event: RowReference) {
    // What a loss has taken away may have been the decision.
    guard step.kind != 0 || gapCount == 0 else { return }
    tally(.maskWritten)
    if fails(.maskWritten) {
      explain("the mask \(event.operand.hexadecimal) is read back, and none was decided")
    }
  }

  mutating func padded(_ event: RowReference) {
    let left = Int64(clamping: event.words.w1)
    schedule.isPadded = true
    schedule.isWaiting = schedule.isOpen
    let ready = event.words.w0 &- event.words.w1
    // Where nothing was left the kernel was at work until it found that out.
    machine.readyTime = event.words.w1 == 0 && ready != 0 ? max(ready, time) : ready
    // Who took what the timer's early arming had set aside.
    let began = event.words.w0 > plan.allowance ? event.words.w0 &- plan.allowance : 0
    let span = CaseSpan(from: began, to: max(ready, began))
    if exceeds(ClaimKey.padding.rawValue, 0 &- left, over: span) {
      explain("the kernel was ready with \(left.nanoseconds) left to wait: the pad before the window was exhausted")
    } else if 0 &- left <= book.accounts[ClaimKey.padding.rawValue].limit, event.words.w1 > Self.earlyTolerance,
      event.words.w1 &- Self.earlyTolerance > (event.words.w0 > time ? event.words.w0 &- time : 0), fails(.padding)
    {
      explain("\(left.nanoseconds) are said to be left at \(time.seconds) until \(event.words.w0.seconds)")
    }
  }

  mutating func drained(_ event: RowReference) {
    tally(.drain)
    let words = event.words.w0
    let bytes = event.words.w1
    if machine.isDrainOpen {
      assumeDrained(words, bytes)
    } else if words < machine.drainedWords || bytes < machine.drainedBytes, fails(.drain) {
      explain("\(words) words and \(bytes) bytes after \(machine.drainedWords) words and \(machine.drainedBytes) bytes")
    }
    machine.drainedWords = words
    machine.drainedBytes = bytes
  }

  mutating func kernelFault(_ event: RowReference) {
    tally(.kernelFault)
    if fails(.kernelFault) {
      explain("invariant broken: vector \(event.operand) at \(event.words.w0.hexadecimal)")
    }
  }

  @inline(never)
  mutating func start(_ event: RowReference) {
    enterWithin(event)
    if ending.hasStarted, fails(.boot) { explain("the module starts a second time") }
    ending.hasStarted = true
    takeStopInstant(event.words.w0)
  }

  @inline(never)
  mutating func nonMaskable(_ event: RowReference) {
    enterWithin(event)
    step.happenings.insert(.nonMaskable)
  }

  mutating func stimulus(_ event: RowReference) {
    enterWithin(event)
    guard machine.areStimuliKnown else { return }
    tally(.stimulus)
    let index = machine.stimuliPlayed
    machine.stimuliPlayed += 1
    guard index < plan.stimuli.count else {
      if fails(.stimulus) { explain("the module lists \(plan.stimuli.count) stimuli, this is one more") }
      return
    }
    let record = plan.stimuli[index]
    if record.action == .linePulse, record.data < 16 { machine.pulsed |= 1 << UInt16(record.data) }
    guard
      UInt64(event.detail) != record.action.rawValue || UInt64(event.operand) != record.data
        || time < record.time.nanoseconds
    else { return }
    if fails(.stimulus) {
      explain(
        "stimulus \(index) is action \(event.detail) with \(event.operand) at \(time.seconds); listed is action "
          + "\(record.action.rawValue) with \(record.data) at \(record.time.nanoseconds.seconds)")
    }
  }
}

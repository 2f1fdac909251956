import EventRows
import TextForms
import TraceFormat

extension Verifier {
  /// Judges an entry into the kernel from ring 3 or the idle loop, and begins its step.
  @inline(__always)
  mutating func enter(_ event: RowReference) {
    closeStep()
    if passCalmly(event, until: calm.until) { return beginStep(event) }
    enterAtLength(event)
  }

  /// The same of the timer, which is late at most.
  @inline(__always)
  mutating func enterByTimer(_ event: RowReference) {
    closeStep()
    if passCalmly(event, until: calm.timerUntil) { return beginStep(event) }
    enterAtLength(event)
  }

  @inline(never)
  mutating func enterAtLength(_ event: RowReference) {
    if UInt16(event.partition) == calm.partition, passReturn(event) { return }
    disturb()
    let snapshot = event.snapshot
    let partition = event.partition
    let resume = previousTime &+ snapshot.resumeDelay
    let isInstantKnown = isResumeKnown && eventCount > 0
    if isInstantKnown, snapshot.resumeDelay > time &- previousTime, time >= previousTime { refuseResume(snapshot) }
    tally(.addressSpace)
    if snapshot.addressSpace != partition { refuseSpace(snapshot) }
    if machine.pulsed != 0 { judgePulses() }
    if machine.isRunnerKnown, machine.runner == partition {
      tally(.switchEffect)
    } else {
      judgeRunner(partition)
    }
    if machine.isArmed, time > machine.dueFrom { judgeTimerPending(event.kind) }
    if machine.isEntryKnown, isInstantKnown { judgeResume(partition, resume) }
    if partition != 0xFF {
      schedule.isWaiting = false
      judgeWindowUse(partition, resume, isInstantKnown)
      judgeUpcallDue(partition, resume, isInstantKnown)
      takeSnapshot(snapshot, of: partition, kind: event.kind, inRing3: isInstantKnown ? time &- resume : 0)
    } else {
      judgeIdleLoop()
    }
    machine.entryTime = time
    machine.isEntryKnown = true
    machine.isEntryForeign = false
    machine.readyTime = 0
    let returned = partition == 0xFF ? 0 : step.returned
    let areReturnsKnown = step.areReturnsKnown
    beginStep(event)
    noteReturns(returned)
    step.areReturnsKnown = areReturnsKnown
    if partition != 0xFF { seekCalm(partition) }
  }

  private mutating func refuseResume(_ snapshot: EntrySnapshot) {
    if fails(.time) {
      explain("the resume, \(snapshot.resumeDelay.nanoseconds) after the event before, lies after this entry")
    }
  }

  private mutating func refuseSpace(_ snapshot: EntrySnapshot) {
    if fails(.addressSpace) {
      explain(
        "entered from \(name(snapshot.partition)), with the page tables of \(name(snapshot.addressSpace)) loaded")
    }
  }

  /// Begins the step of an input that the kernel gives itself, without an entry: the start, a stimulus, a pulse.
  mutating func enterWithin(_ event: RowReference) {
    closeStep()
    beginStep(event)
  }

  @inline(__always)
  mutating func beginStep(_ event: RowReference) {
    step.begin(event, time: time, position: position)
    if rare.isTouched { rare = Rarities() }
  }

  /// The step's partition has returned from upcalls.
  @inline(__always)
  mutating func noteReturns(_ returned: UInt16) {
    guard returned != 0 else { return }
    step.returned = returned
    step.happenings.insert(.returned)
  }

  /// The partition interrupted must be the one that the last switch named, or nobody while its window is yet to start.
  private mutating func judgeRunner(_ partition: UInt8) {
    guard machine.isRunnerKnown else {
      // Where nobody was interrupted somebody may be waiting for a window's start: a loss hides who.
      guard partition != 0xFF else { return }
      machine.runner = partition
      machine.isRunnerKnown = true
      return
    }
    tally(.switchEffect)
    let isWaiting = time < machine.switchInstant || schedule.isOpen && time < schedule.start
    guard partition != machine.runner, partition != 0xFF || !isWaiting else { return }
    if fails(.switchEffect) {
      explain("\(name(partition)) was interrupted where \(name(machine.runner)) should run")
    }
    machine.runner = partition
  }

  /// What the resume before this entry tells: kernel time, and the duration of a hypercall that returned at once.
  @inline(__always)
  private mutating func judgeResume(_ partition: UInt8, _ resume: UInt64) {
    guard resume >= machine.entryTime else { return }
    let spent = resume &- machine.entryTime
    machine.kernelTime = machine.kernelTime &+ busyTime(partition, spent)
    if machine.frameToJudge { judgeKernelTime(resume) }
    // Supply counts from the first instant: an interrupt that ended the window before takes nothing from this one.
    if machine.isEntryForeign, schedule.hasRun, partition == schedule.owner {
      schedule.stolen = schedule.stolen &+ spent
    }
    if machine.readyTime == 0 { judgeCallDuration(partition, spent, resume) }
  }

  /// The step before an entry may have been a hypercall that returned at once.
  @inline(__always)
  mutating func judgeCallDuration(_ partition: UInt8, _ spent: UInt64, _ resume: UInt64) {
    let claim = Int(step.call.claim)
    guard claim != -1, partition == step.partition, step.happenings.isDisjoint(with: [.switched, .upcall]) else {
      return
    }
    if claim >= 0, passes(claim, Int64(clamping: spent)) { return }
    judgeDuration(spent, resume)
  }

  @inline(never)
  private mutating func judgeDuration(_ spent: UInt64, _ resume: UInt64) {
    let claim = Int(
      step.call.claim == CallMeaning.claimByNumber ? targets.unknownHypercalls[step.what] ?? -1 : step.call.claim)
    guard claim >= 0 else { return }
    let span = CaseSpan(from: step.time, to: resume)
    if exceeds(claim, Int64(clamping: spent), step.position, step.time, over: span) {
      explain("the hypercall took \(spent.nanoseconds) from entry to resume")
    }
  }

  /// What of the time from an entry to the resume was work, and not waiting for a window's start.
  @inline(__always)
  private mutating func busyTime(_ partition: UInt8, _ spent: UInt64) -> UInt64 {
    if machine.readyTime >= machine.entryTime, machine.readyTime != 0 { return machine.readyTime &- machine.entryTime }
    // An interrupt within the pad: the wait goes on after it.
    guard schedule.isWaiting, partition != 0xFF, previousTime >= machine.entryTime else { return spent }
    let told = previousTime &- machine.entryTime
    if plan.leftOut.contains(.acknowledged) { machine.untoldTime = machine.untoldTime &+ (spent &- min(told, spent)) }
    return told
  }

  private mutating func judgeKernelTime(_ resume: UInt64) {
    machine.frameToJudge = false
    let claim = Int(targets.kernelTime)
    let span = CaseSpan(from: machine.kernelTimeSince, to: resume, scope: .kernel)
    if claim >= 0, machine.isKernelTimeKnown, exceeds(claim, Int64(clamping: machine.kernelTime), over: span) {
      explain("the kernel took \(machine.kernelTime.nanoseconds) in the major frame that ended here")
    }
    if claim >= 0, machine.isKernelTimeKnown, machine.untoldTime > 0,
      Int64(clamping: machine.kernelTime &+ machine.untoldTime) > book.accounts[claim].limit
    {
      book.doubt(claim, Self.sentence(leavingOut: [.acknowledged]))
    }
    machine.kernelTime = 0
    machine.untoldTime = 0
    machine.kernelTimeSince = resume
    machine.isKernelTimeKnown = true
  }

  /// Judges what the step left owing. Called where the next entry, the end, or a restart shows that it is over.
  @inline(__always)
  mutating func closeStep() {
    let happened = step.happenings
    // Most steps are a hypercall and its answer, and nothing else.
    if step.owesNothing, !rare.isTouched {
      if step.call.duties.contains(.close) { closeHypercall() }
      return
    }
    if step.isClosed { return }
    closeStepAtLength(happened)
  }

  @inline(never)
  private mutating func closeStepAtLength(_ happened: Step.Happenings) {
    guard step.kind != 0 else { return closeBeheaded() }
    let hasStopped = happened.contains(.stopped)
    if step.kind == EventKind.interrupt.rawValue, !hasStopped { closeInterrupt() }
    if happened.contains(.upcall) { closeUpcall() }
    if step.kind == EventKind.hypercall.rawValue { closeHypercall() }
    if step.kind == EventKind.exception.rawValue, !hasStopped { closeException() }
    if rare.isTouched || step.kind == EventKind.start.rawValue { closeRarities(hasStopped) }
    if !happened.isDisjoint(with: [.maskDue, .modeDue, .copyDue]), !hasStopped { closeLoose() }
    if happened.contains(.returned), !hasStopped { refuseSilence() }
    if happened.contains(.nonMaskable), !hasStopped, fails(.stopReason) {
      explain("a non-maskable interrupt did not stop the module")
    }
    if happened.contains(.timing), !ending.hasStopped { closeTiming() }
  }

  /// The step's beginning is missing: what it did is taken over, and not judged.
  private mutating func closeBeheaded() {
    if step.happenings.contains(.upcall) { applyUpcall() }
    if rare.isTouched { closeMutilated() }
  }

  private mutating func refuseSilence() {
    if fails(.upcallReturned) {
      explain("\(name(step.partition)) returned from \(step.returned) upcalls, and no event says so")
    }
  }

  /// Judges what the step did that is rare.
  private mutating func closeRarities(_ hasStopped: Bool) {
    closeQueueStep()
    closeModule()
    guard !hasStopped else { return }
    closeError()
    closeReflection()
    closeCallback()
    closeEvents()
    closeTicks()
    closeModes()
    closeSchedules()
    judgeQueueMarks()
  }

  /// The same where the step's beginning is missing: only what lasts is taken over.
  private mutating func closeMutilated() {
    closeQueueStep()
    rare = Rarities()
  }

  private mutating func closeLoose() {
    if step.happenings.contains(.maskDue), fails(.maskWritten) {
      explain("the mask \(machine.mask.hexadecimal) was decided, and the controllers were not read back")
    }
    if step.happenings.contains(.modeDue), fails(.healthCarriedOut) {
      explain("the health action was not followed by a change of mode")
    }
    if step.happenings.contains(.copyDue), fails(.portCopied) {
      explain("the message of port \(step.copyPort) was decided, and never copied")
    }
  }
}

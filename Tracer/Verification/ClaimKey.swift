/// The claims that are made about every module. Those that depend on its table (budgets by number, supply and
/// deadlines by name) follow them in the book.
///
/// An instance is judged where its last piece of evidence is seen; the title says what must hold.
enum ClaimKey: Int, CaseIterable {
  case boot, time, meaning, complete, end, keyframe
  case frame, windowOrder, windowNominal, windowStart, windowEndOrder, windowEnd, windowOwner
  case switchChain, switchEffect, yieldFinal, yieldValue, idleTime, timerArmed, timerPunctual, padding, addressSpace
  case acknowledged, markComplete, markRegistered, markOrder, kernelHandler, unclaimed, spurious
  case markCounter, markDelivered, registration
  case upcallRegistered, upcallWindow, upcallEnabled, upcallOrder, upcallService, upcallCount, upcallOrdinal
  case upcallHandler, upcallFrame, upcallWritten, upcallEntered, upcallReturned, acknowledgeValue
  case maskWritten, maskEffective, maskForeign, maskBudget
  case hypercallAnswered, hypercallKnown, consoleWritten, timeRead, statistic
  case exceptionAnswered, healthAction, healthCarriedOut, modeChain, modeQuiet
  case portPermitted, portSequence, portCopied, portContent, portValid, portResult
  case stimulus, drain, kernelFault, stopReason, stopPrompt, stopQuiet

  /// (identifier, title).
  var names: (String, String) {
    switch self {
    case .boot: ("trace.boot", "the trace begins with the boot of this module")
    case .time: ("trace.time", "time never decreases, and no resume lies after the next entry")
    case .meaning: ("trace.meaning", "events name only what the module has")
    case .complete: ("trace.complete", "no event was lost")
    case .end: ("trace.end", "the trace has one end, last, and its counts are right")
    case .keyframe: ("trace.keyframe", "keyframes are whole and agree with their checksums")
    case .frame: ("frame.regular", "major frames follow each other without gap")
    case .windowOrder: ("window.order", "every window of the schedule starts, in order")
    case .windowNominal: ("window.nominal", "windows carry the instants and the owner that the table gives them")
    case .windowStart: ("window.start.instant", "a window's partition gets its first instant at the start")
    case .windowEndOrder: ("window.end.order", "every window ends once, before the next, and not early")
    case .windowEnd: ("window.end.instant", "a window's partition does not run beyond the end")
    case .windowOwner: ("window.owner", "in a window runs its partition; outside, the drainer or nobody")
    case .switchChain: ("switch.chain", "every switch starts from the partition that ran")
    case .switchEffect: ("switch.effect", "the partition interrupted is the one switched to")
    case .yieldFinal: ("yield.final", "who yields runs no more until its next window")
    case .yieldValue: ("yield.value", "yield answers the start of the caller's next window")
    case .idleTime: ("idle.time", "idle time lasts until the next window's start and goes to the drainer or nobody")
    case .timerArmed: ("timer.armed", "the timer is armed no later than L before the next boundary")
    case .timerPunctual: ("timer.punctual", "the timer comes when armed for, neither early nor later than L")
    case .padding: ("padding.margin", "the pad before a window was not exhausted")
    case .addressSpace: ("address.space", "every entry finds the page tables of the partition interrupted")
    case .acknowledged: ("interrupt.acknowledged", "every interrupt is acknowledged once and leaves service")
    case .markComplete: ("interrupt.mark.complete", "an interrupt marks every vCPU that registered its line")
    case .markRegistered: ("interrupt.mark.registered", "an interrupt marks, once, only vCPUs that registered its line")
    case .markOrder: ("interrupt.mark.order", "vCPUs are marked in ascending order of partitions")
    case .kernelHandler: ("interrupt.kernelHandler", "the kernel's handler runs once an interrupt of its line")
    case .unclaimed: ("interrupt.unclaimed", "an interrupt is unclaimed if and only if nobody wants it")
    case .spurious: ("interrupt.spurious", "spurious interrupts are told apart and mark nobody")
    case .markCounter: ("mark.counter", "a mark raises its line's counter by one")
    case .markDelivered: ("mark.delivered", "deliverable marks become an upcall before ring 3 is entered")
    case .registration: ("registration.permitted", "lines and handlers are registered only where the module permits")
    case .upcallRegistered: ("upcall.registered", "upcalls only for marks of lines registered, with handler, and ready")
    case .upcallWindow: ("upcall.window", "no upcall outside its partition's window")
    case .upcallEnabled: ("upcall.enabled", "no upcall while the partition's interrupts were off")
    case .upcallOrder: ("upcall.order", "the lowest deliverable line is delivered first")
    case .upcallService: ("upcall.service", "a line in service is not delivered again")
    case .upcallCount: ("upcall.count", "an upcall carries all marks that waited")
    case .upcallOrdinal: ("upcall.ordinal", "upcalls are numbered without gap")
    case .upcallHandler: ("upcall.handler", "an upcall carries the handler that was registered")
    case .upcallFrame: ("upcall.frame", "an upcall has a frame that fits, in the tail the unfinished one")
    case .upcallWritten: ("upcall.written", "a decided upcall is written: entry address, interrupts off")
    case .upcallEntered: ("upcall.entered", "the partition enters exactly the upcalls decided")
    case .upcallReturned: ("upcall.returned", "returns in user space are learnt exactly, and follow entries")
    case .acknowledgeValue: ("upcall.acknowledge", "acknowledging a line answers the marks its upcall coalesced")
    case .maskWritten: ("mask.written", "a decided line mask is the one read back")
    case .maskEffective: ("mask.effective", "no masked line interrupts")
    case .maskForeign: ("mask.foreign", "lines masked until their owner never interrupt a foreign window")
    case .maskBudget: ("mask.budget", "a line marked at once interrupts a foreign window no more than budgeted")
    case .hypercallAnswered: ("hypercall.answered", "every hypercall gets one result before anything else happens")
    case .hypercallKnown: ("hypercall.known", "unknown hypercalls and unprivileged requests are refused")
    case .consoleWritten: ("console.written", "the console took as many bytes as the caller was told")
    case .timeRead: ("time.read", "the time that a partition reads lies within its call")
    case .statistic: ("statistic.value", "counts that partitions read equal the trace's")
    case .exceptionAnswered: ("exception.answered", "every exception of a partition gets one health action")
    case .healthAction: ("health.action", "the health action is the one configured")
    case .healthCarriedOut: ("health.carriedOut", "a health action changes the partition's mode accordingly")
    case .modeChain: ("mode.chain", "every mode change starts from the partition's mode")
    case .modeQuiet: ("mode.quiet", "a stopped partition never runs")
    case .portPermitted: ("port.permitted", "ports are used by their partition, in their direction, within their size")
    case .portSequence: ("port.sequence", "messages are numbered without gap, and reads get the last")
    case .portCopied: ("port.copied", "every message decided is copied, whole")
    case .portContent: ("port.content", "what is read is what was written last")
    case .portValid: ("port.valid", "a message is valid exactly while it is no older than the refresh period")
    case .portResult: ("port.result", "the reader is told the message's length and validity")
    case .stimulus: ("stimulus.played", "stimuli are played as listed and not early")
    case .drain: ("drain.progress", "the drainer's counts never decrease")
    case .kernelFault: ("kernel.fault", "no kernel invariant broke")
    case .stopReason: ("stop.reason", "the module stops for a reason that was given")
    case .stopPrompt: ("stop.prompt", "the module stops within a major frame of the instant asked for")
    case .stopQuiet: ("stop.quiet", "nothing is run or delivered after the stop")
    }
  }

  /// Whether the module's mere running must produce instances, so that none seen leaves the claim unknown.
  ///
  /// The others forbid something, and hold where it never occurred.
  var mustBeExercised: Bool {
    switch self {
    case .boot, .time, .complete, .end, .frame, .windowOrder, .windowNominal, .windowStart, .windowEndOrder, .windowEnd,
      .timerArmed, .timerPunctual, .addressSpace, .switchEffect:
      true
    default: false
    }
  }

  /// Whether events missing in the middle leave instances of this claim unjudged.
  var isTouchedByLoss: Bool {
    switch self {
    case .boot, .time, .meaning, .end, .stopPrompt: false
    default: true
    }
  }
}

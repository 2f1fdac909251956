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
  case hypercallAnswered, hypercallKnown, consoleWritten, noteWords, timeRead, statistic
  case exceptionAnswered, healthAction, healthCarriedOut, modeChain, modeQuiet
  case portPermitted, portSequence, portCopied, portContent, portValid, portResult
  case registrationEvent, eventRaised, eventMark, tickDue, tickPolicy, tickMark, tickArmed, healthMark, queueMark
  case upcallMarked, upcallDepth, upcallOverflow, upcallRoom
  case exceptionReflected, exceptionHandler, exceptionWritten
  case healthEntered, healthLevel, healthState, healthProcess, healthCallback, healthModule, healthLog, healthRead
  case modeTransition, modeAsked
  case restartStart, restartBegun, restartPieces, restartOrder, restartQuiet, restartContext, restartCondition
  case scheduleAsked, scheduleEffective, scheduleAction, scheduleNamed
  case queueSequence, queueOrder, queueContent, queueCapacity, queueOverflow, queueAvailable, queueStatus, portEmpty,
    portCreated
  case stimulus, drain, kernelFault, stopReason, stopPrompt, stopQuiet

  /// (identifier, title).
  var names: (String, String) { traceNames ?? interruptNames ?? serviceNames ?? laterNames }

  /// Of what is claimed about the trace, windows, switches and the timer.
  private var traceNames: (String, String)? {
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
    case .windowStart:
      (
        "window.start.instant",
        "a window's partition gets its first instant at the start, unless its memory is made anew"
      )
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
    default: nil
    }
  }

  /// Of what is claimed about interrupts, marks, upcalls and masks.
  private var interruptNames: (String, String)? {
    switch self {
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
    default: nil
    }
  }

  /// Of what is claimed about hypercalls, exceptions, modes and sampling ports.
  private var serviceNames: (String, String)? {
    switch self {
    case .hypercallAnswered: ("hypercall.answered", "every hypercall gets one result before anything else happens")
    case .hypercallKnown: ("hypercall.known", "unknown hypercalls and requests without the right to them are refused")
    case .consoleWritten: ("console.written", "the console took as many bytes as the caller was told")
    case .noteWords:
      ("note.words", "a note is of memory that its caller may read, and all its words are there, in order")
    case .timeRead: ("time.read", "the time that a partition reads lies within its call")
    case .statistic: ("statistic.value", "counts that partitions read equal the trace's")
    case .exceptionAnswered: ("exception.answered", "every exception of a partition gets one health action")
    case .healthAction:
      ("health.action", "an exception is the error that its vector means; the action is as configured")
    case .healthCarriedOut: ("health.carriedOut", "a health action changes the partition's mode accordingly")
    case .modeChain: ("mode.chain", "every mode change starts from the partition's mode")
    case .modeQuiet: ("mode.quiet", "a stopped partition never runs")
    case .portPermitted:
      ("port.permitted", "a call uses its own partition's port that it names, in its direction, whole, within its size")
    case .portSequence: ("port.sequence", "messages are numbered without gap, and reads get the last")
    case .portCopied: ("port.copied", "every message decided is copied, whole")
    case .portContent: ("port.content", "what is read is what was written last")
    case .portValid: ("port.valid", "a message is valid exactly while it is no older than the refresh period")
    case .portResult:
      ("port.result", "a refused call does nothing to a port; a reader is told length, validity and instant")
    default: nil
    }
  }

  /// Of what is claimed about events, timers, health, starts, schedules, queues and the module's end.
  private var laterNames: (String, String) {
    switch self {
    case .registrationEvent: ("registration.event", "an end of an event channel is bound by its destination only")
    case .eventRaised: ("event.raised", "an event is raised by its channel's source, for its destination and vector")
    case .eventMark: ("event.mark", "an event marks its destination if and only if that has bound its end")
    case .tickDue: ("tick.due", "a timer's ticks fall due at their instants, each counted once")
    case .tickPolicy: ("tick.policy", "missed ticks are counted, delivered or dropped as the policy says")
    case .tickMark: ("tick.mark", "ticks due, and nothing else, mark a timer that is registered")
    case .tickArmed: ("tick.armed", "the timer is armed no later than the next tick of the partition that runs")
    case .healthMark: ("health.mark", "an error at module level marks the system partitions, with a callback")
    case .queueMark: ("queue.mark", "a queue no longer empty or full marks its partition, nothing else does")
    case .upcallMarked:
      ("upcall.marked", "a marked line's upcall comes at a window or hypercall, not into running code")
    case .upcallDepth: ("upcall.depth", "upcalls nest as deep as told, and never deeper than configured")
    case .upcallOverflow: ("upcall.overflow", "a mark that no deeper upcall can take is told to the health monitor")
    case .upcallRoom:
      ("upcall.room", "a mark that finds no room is told to the health monitor, once until a frame fits")
    case .exceptionReflected:
      ("exception.reflected", "an exception goes only to its registered handler, not into itself, with its cause")
    case .exceptionHandler: ("exception.handler", "an exception with a handler that can take it goes there")
    case .exceptionWritten: ("exception.written", "a reflected exception is written: entry address, interrupts off")
    case .healthEntered: ("health.entered", "every error is entered before its action, and gets one answer")
    case .healthLevel: ("health.level", "an error has the level that the table gives it")
    case .healthState: ("health.state", "an error is told with the state that its partition was in")
    case .healthProcess:
      ("health.process", "an error of process level goes to the error handler where there is one, and none is at work")
    case .healthCallback:
      ("health.callback", "the partition's callback comes first, then the action, whatever it asks for")
    case .healthModule:
      ("health.module", "of errors at module level the most severe action configured is taken, once, and carried out")
    case .healthLog: ("health.log", "entries of the error log are numbered without gap")
    case .healthRead:
      ("health.read", "what a partition reads of the error log is what was entered, and what is kept is not refused")
    case .modeTransition:
      ("mode.transition", "a mode changes only as the standard allows, and for a cause; what is refused is not done")
    case .modeAsked: ("mode.asked", "a mode that was granted is entered")
    case .restartStart: ("restart.start", "at the module's start every partition starts")
    case .restartBegun: ("restart.begun", "a partition that enters a start mode starts anew")
    case .restartPieces: ("restart.pieces", "a start makes as many pieces of memory as the table gives")
    case .restartOrder: ("restart.order", "pieces of memory are made in order, and all before the partition runs")
    case .restartQuiet: ("restart.quiet", "a partition does not run while its memory is being made")
    case .restartContext: ("restart.context", "a partition starts, or is called back, where the table says")
    case .restartCondition: ("restart.condition", "the start condition names the cause of the start")
    case .scheduleAsked:
      ("schedule.asked", "another module schedule is asked for only by who may, and comes if granted")
    case .scheduleEffective: ("schedule.effective", "the module schedule changes at the next major frame only")
    case .scheduleAction:
      ("schedule.action", "a change of schedule does to each partition what the table says, no more")
    case .scheduleNamed: ("schedule.named", "a schedule's name is answered with the identifier that the table gives it")
    case .queueSequence: ("queue.sequence", "messages sent are numbered without gap")
    case .queueOrder: ("queue.order", "messages are received in the order in which they were sent")
    case .queueContent: ("queue.content", "a message received is the message sent")
    case .queueCapacity: ("queue.capacity", "no queue holds more messages than it may")
    case .queueOverflow: ("queue.overflow", "only a full queue discards, and the receiver is told once")
    case .queueAvailable: ("queue.available", "a send is refused only by a full queue, a receipt only by an empty one")
    case .queueStatus: ("queue.status", "the numbers of waiting messages that are told are right")
    case .portEmpty: ("port.empty", "a sampling port is empty from its creation until the next message is written")
    case .portCreated:
      ("port.created", "ports are created while their partition initialises, and only then refused by mode")
    case .stimulus:
      ("stimulus.played", "stimuli are played as listed and not early; pulses interrupt when their lines are open")
    case .drain: ("drain.progress", "the drainer's counts never decrease")
    case .kernelFault: ("kernel.fault", "no kernel invariant broke")
    case .stopReason: ("stop.reason", "the module stops for a reason that was given")
    case .stopPrompt: ("stop.prompt", "the module stops within a major frame of the instant asked for")
    case .stopQuiet: ("stop.quiet", "nothing is run or delivered after the stop")
    default: preconditionFailure("a claim without a name")
    }
  }

  /// Claims about what is rare, judged when the step is over.
  static let judgedLate: [ClaimKey] = [
    .eventRaised, .eventMark, .tickMark, .healthMark, .queueMark, .exceptionHandler, .exceptionWritten, .healthEntered,
    .healthCallback, .healthModule, .restartStart, .restartBegun, .restartContext, .scheduleEffective, .scheduleAction,
    .queueOverflow, .queueCapacity, .modeAsked,
  ]

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

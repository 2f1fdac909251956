/// The claims about every module: a certificate must have each of them, with these words.
enum FixedClaims {
  /// What a claim says, and where it comes from.
  struct Words: Equatable {
    var title: String
    var source: String
  }

  static let identifiers = Set(words.keys)

  /// By identifier.
  static let words: [String: Words] = {
    var words: [String: Words] = [:]
    var source = ""
    for line in table.split(separator: "\n") {
      guard line.hasPrefix(" "), let colon = line.firstRange(of: ": ") else {
        source = String(line)
        continue
      }
      let identifier = line[..<colon.lowerBound].drop { $0 == " " }
      words[String(identifier)] = Words(title: String(line[colon.upperBound...]), source: source)
    }
    return words
  }()

  /// Sources, and under each its claims.
  private static let table = """
    L6 tracer
      trace.boot: the trace begins with the boot of this module
      trace.time: time never decreases, and no resume lies after the next entry
      trace.meaning: events name only what the module has
      trace.complete: no event was lost
      trace.end: the trace has one end, last, and its counts are right
      trace.keyframe: keyframes are whole and agree with their checksums
      note.words: a note is of memory that its caller may read, and all its words are there, in order
      stimulus.played: stimuli are played as listed and not early; pulses interrupt when their lines are open
      drain.progress: the drainer's counts never decrease
      kernel.fault: no kernel invariant broke
      stop.reason: the module stops for a reason that was given
      stop.prompt: the module stops within a major frame of the instant asked for
      stop.quiet: nothing is run or delivered after the stop
    ARINC 653: partition scheduling
      frame.regular: major frames follow each other without gap
      window.order: every window of the schedule starts, in order
      window.nominal: windows carry the instants and the owner that the table gives them
      window.end.order: every window ends once, before the next, and not early
      window.owner: in a window runs its partition; outside, the drainer or nobody
      yield.final: who yields runs no more until its next window
      yield.value: yield answers the start of the caller's next window
      idle.time: idle time lasts until the next window's start and goes to the drainer or nobody
    ARINC 653: partition scheduling; L5 world switch
      window.start.instant: a window's partition gets its first instant at the start, unless its memory is made anew
      window.end.instant: a window's partition does not run beyond the end
    L5 world switch
      switch.chain: every switch starts from the partition that ran
      switch.effect: the partition interrupted is the one switched to
      timer.armed: the timer is armed no later than L before the next boundary
      timer.punctual: the timer comes when armed for, neither early nor later than L
      padding.margin: the pad before a window was not exhausted
      address.space: every entry finds the page tables of the partition interrupted
    L1 software IDT
      interrupt.acknowledged: every interrupt is acknowledged once and leaves service
      interrupt.kernelHandler: the kernel's handler runs once an interrupt of its line
      interrupt.unclaimed: an interrupt is unclaimed if and only if nobody wants it
      interrupt.spurious: spurious interrupts are told apart and mark nobody
      mask.written: a decided line mask is the one read back
      mask.effective: no masked line interrupts
      mask.foreign: lines masked until their owner never interrupt a foreign window
      mask.budget: a line marked at once interrupts a foreign window no more than budgeted
    L3 vCPU marks
      interrupt.mark.complete: an interrupt marks every vCPU that registered its line
      interrupt.mark.registered: an interrupt marks, once, only vCPUs that registered its line
      interrupt.mark.order: vCPUs are marked in ascending order of partitions
      mark.counter: a mark raises its line's counter by one
      mark.delivered: deliverable marks become an upcall before ring 3 is entered
      registration.permitted: lines and handlers are registered only where the module permits
      upcall.registered: upcalls only for marks of lines registered, with handler, and ready
      upcall.order: the lowest deliverable line is delivered first
      upcall.service: a line in service is not delivered again
      upcall.count: an upcall carries all marks that waited
      upcall.ordinal: upcalls are numbered without gap
      upcall.handler: an upcall carries the handler that was registered
      upcall.acknowledge: acknowledging a line answers the marks its upcall coalesced
      upcall.marked: a marked line's upcall comes at a window or hypercall, not into running code
    L2 direct upcall
      upcall.window: no upcall outside its partition's window
      upcall.enabled: no upcall while the partition's interrupts were off
      upcall.frame: an upcall has a frame that fits, in the tail the unfinished one
      upcall.written: a decided upcall is written: entry address, interrupts off
      upcall.entered: the partition enters exactly the upcalls decided
      upcall.returned: returns in user space are learnt exactly, and follow entries
      upcall.depth: upcalls nest as deep as told, and never deeper than configured
      upcall.overflow: a mark that no deeper upcall can take is told to the health monitor
      upcall.room: a mark that finds no room is told to the health monitor, once until a frame fits
    L4 paravirtualisation
      hypercall.answered: every hypercall gets one result before anything else happens
      hypercall.known: unknown hypercalls and requests without the right to them are refused
      console.written: the console took as many bytes as the caller was told
      time.read: the time that a partition reads lies within its call
      statistic.value: counts that partitions read equal the trace's
      registration.event: an end of an event channel is bound by its destination only
      event.raised: an event is raised by its channel's source, for its destination and vector
      event.mark: an event marks its destination if and only if that has bound its end
      tick.due: a timer's ticks fall due at their instants, each counted once
      tick.policy: missed ticks are counted, delivered or dropped as the policy says
      tick.mark: ticks due, and nothing else, mark a timer that is registered
      tick.armed: the timer is armed no later than the next tick of the partition that runs
      health.mark: an error at module level marks the system partitions, with a callback
      queue.mark: a queue no longer empty or full marks its partition, nothing else does
      exception.reflected: an exception goes only to its registered handler, not into itself, with its cause
      exception.handler: an exception with a handler that can take it goes there
      exception.written: a reflected exception is written: entry address, interrupts off
    ARINC 653: health monitoring
      exception.answered: every exception of a partition gets one health action
      health.action: an exception is the error that its vector means; the action is as configured
      health.carriedOut: a health action changes the partition's mode accordingly
      health.entered: every error is entered before its action, and gets one answer
      health.level: an error has the level that the table gives it
      health.state: an error is told with the state that its partition was in
      health.process: an error of process level goes to the error handler where there is one, and none is at work
      health.callback: the partition's callback comes first, then the action, whatever it asks for
      health.module: of errors at module level the most severe action configured is taken, once, and carried out
      health.log: entries of the error log are numbered without gap
      health.read: what a partition reads of the error log is what was entered, and what is kept is not refused
    ARINC 653: operating modes
      mode.chain: every mode change starts from the partition's mode
      mode.quiet: a stopped partition never runs
      mode.transition: a mode changes only as the standard allows, and for a cause; what is refused is not done
      mode.asked: a mode that was granted is entered
      restart.start: at the module's start every partition starts
      restart.begun: a partition that enters a start mode starts anew
      restart.pieces: a start makes as many pieces of memory as the table gives
      restart.order: pieces of memory are made in order, and all before the partition runs
      restart.quiet: a partition does not run while its memory is being made
      restart.context: a partition starts, or is called back, where the table says
      restart.condition: the start condition names the cause of the start
    ARINC 653: interpartition communication
      port.permitted: a call uses its own partition's port that it names, in its direction, whole, within its size
      port.copied: every message decided is copied, whole
      port.created: ports are created while their partition initialises, and only then refused by mode
    ARINC 653: sampling ports
      port.sequence: messages are numbered without gap, and reads get the last
      port.content: what is read is what was written last
      port.valid: a message is valid exactly while it is no older than the refresh period
      port.result: a refused call does nothing to a port; a reader is told length, validity and instant
      port.empty: a sampling port is empty from its creation until the next message is written
    ARINC 653: module schedules
      schedule.asked: another module schedule is asked for only by who may, and comes if granted
      schedule.effective: the module schedule changes at the next major frame only
      schedule.action: a change of schedule does to each partition what the table says, no more
      schedule.named: a schedule's name is answered with the identifier that the table gives it
    ARINC 653: queuing ports
      queue.sequence: messages sent are numbered without gap
      queue.order: messages are received in the order in which they were sent
      queue.content: a message received is the message sent
      queue.capacity: no queue holds more messages than it may
      queue.overflow: only a full queue discards, and the receiver is told once
      queue.available: a send is refused only by a full queue, a receipt only by an empty one
      queue.status: the numbers of waiting messages that are told are right
    """

  /// What every run of a module must bring; none seen leaves the claim unknown.
  static let exercised: Set<String> = [
    "trace.boot", "trace.time", "trace.complete", "trace.end", "frame.regular", "window.order", "window.nominal",
    "window.end.order", "timer.armed", "address.space", "switch.effect",
  ]

  /// What cannot be known before the trace's end.
  static let needsEnd: Set<String> = [
    "trace.end", "trace.complete", "stop.reason", "stop.quiet", "budget.traceBytes",
  ]

  /// Whether a lost event may have been one that the claim is about.
  ///
  /// A partition that had no window meanwhile lost nothing of its supply, nor of its processes' time.
  static func isTouchedByLoss(_ identifier: String) -> Bool {
    switch identifier {
    case "trace.boot", "trace.time", "trace.meaning", "trace.end", "stop.prompt": false
    default: !identifier.hasPrefix("partition.supply.") && !identifier.hasPrefix("process.deadline.")
    }
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What a recorded run asked of its kernel, read event by event: each partition's computation between its deeds, what
/// its upcalls' handlers did, life by life, and the interrupts of lines at their instants.
///
/// Between an upcall and the return that the kernel learns of, what is computed and called belongs to the handler. The
/// return itself happens in ring 3; it is taken to come right after the handler's last call (`handlerTail`).
struct RecordedDemand {
  /// From a handler's last call to the interrupted code, ns: the trampoline's return.
  static let handlerTail: UInt64 = 60
  /// A handler that computes so long after a call without making the next one does it itself, ns. Were that not settled
  /// at some time, a handler that never comes back would have to be followed to the trace's end.
  static let longComputation: UInt64 = 10_000_000

  var flows: [RecordedFlow]
  /// Of each line.
  var interrupts: [SpillingQueue<RecordedInterrupt>]
  /// Those that have some, a bit each.
  var waitingLines: UInt16 = 0
  /// The start of the module, ns.
  private(set) var start: UInt64?
  /// When the module was asked to end by itself, ns; all ones for never.
  private(set) var stop: UInt64 = .max
  /// The last event's instant, ns.
  private(set) var time: UInt64 = 0
  /// Its kind.
  private(set) var latestKind: EventKind?
  private(set) var lossCount: UInt64 = 0
  /// A kernel has recorded it: the times between its events are those of a kernel's ways.
  private(set) var isOfKernel = false
  /// Changes of the module schedule, done.
  private var changeCount: UInt64 = 0
  /// The entry's interrupts, whose kernel time is not known yet.
  var pendingInterrupts: [RecordedInterrupt] = []
  /// The trampoline's own call, likewise.
  var pendingReturn: (partition: Int, instant: UInt64, handler: RecordedStrand)?
  /// The handler that has returned right before the entry at hand; nil for none.
  private var returned: RecordedStrand?
  /// What a start cut off last, likewise.
  var pendingCut: RecordedStrand?
  var pendingDeed: (partition: Int, deed: RecordedDeed, strand: RecordedStrand)?
  /// The last piece of a partition's memory, likewise.
  var pendingStart: (partition: Int, instant: UInt64)?
  /// The entry that made partitions start, likewise.
  var pendingOpenings: [(partition: Int, entry: UInt64)] = []
  /// The timer's entry, likewise: what came of it.
  var pendingTimer: (instant: UInt64, outcome: TimerOutcome)?
  /// What the kernel takes for a timer's entry, by what comes of it.
  var timerTimes: [TimerOutcome: TypicalTime] = [:]
  /// The timer's entries of which that is known.
  let timerEntries: SpillingQueue<RecordedTimer>
  /// From the instant for which the timer was set to its entry, where nothing was in its way.
  private(set) var timerLateness = TypicalTime()
  var armed: UInt64 = .max
  /// For what it had been set before it was set last.
  var armedBefore: UInt64 = .max
  /// Whether partitions wait by the clock.
  private(set) var clock = ClockEvidence()
  /// What their timers go by.
  private(set) var timers = TimerEvidence()
  /// By what deadlines their schedulers judge.
  private(set) var deadlines: DeadlineEvidence
  private var periods: PeriodFollower
  /// The nominal start of the window that runs, ns.
  var windowStart: UInt64 = 0
  /// The last entry into the kernel, ns.
  private(set) var entry: UInt64 = 0
  /// The CPU waits for a window's instant.
  var hasPadded = false

  /// The test device's pulses are interrupts like others; false where the other run's test device plays them itself.
  private let takesPulses: Bool
  /// Where demand waits that is far ahead of the prediction.
  private let room: SpillRoom

  /// - Parameters:
  ///   - periods: those of the run's module.
  ///   - deadlines: likewise.
  init(
    partitionCount: Int, takesPulses: Bool, periods: PeriodFollower = PeriodFollower(),
    deadlines: DeadlineEvidence = DeadlineEvidence(nil)
  ) {
    let room = SpillRoom()
    self.deadlines = deadlines
    self.periods = periods
    self.room = room
    flows = (0..<partitionCount).map { _ in RecordedFlow(room: room) }
    interrupts = (0..<16).map { _ in SpillingQueue(room: room) }
    timerEntries = SpillingQueue(room: room)
    self.takesPulses = takesPulses
  }

  mutating func removeInterrupt(of line: Int) {
    interrupts[line].removeFirst()
    if interrupts[line].isEmpty { waitingLines &= ~(1 << UInt16(line)) }
  }
  mutating func removeLife(of partition: Int) { flows[partition].lives.removeFirst() }

  /// Takes the next event of the recorded run.
  ///
  /// - Precondition: there is no objection to it.
  mutating func consume(_ event: TraceEvent) {
    defer {
      time = event.time
      latestKind = event.knownKind
    }
    guard let kind = event.knownKind else { return }
    switch kind {
    case .boot: isOfKernel = event.words.w1 != 0
    case .start:
      start = event.time
      stop = event.words.w0
    case .interrupt, .timer, .hypercall, .exception: takeEntry(kind, event)
    case .padded: hasPadded = true
    case .windowStart:
      windowStart = event.words.w0
      periods.beginWindow(event.operand, at: event.words.w0)
    case .loss: lossCount &+= event.words.w0
    case .upcall: beginHandler(event)
    case .mark where flows.indices.contains(Int(event.partition)):
      flows[Int(event.partition)].noteMark(of: event.operand)
    case .hypercallResult: takeAnswer(event)
    case .partitionSwitch: pendingTimer?.outcome.hasSwitch = true
    case .stimulus: pendingTimer?.outcome.noteStimulus()
    case .timerArmed:
      armedBefore = armed
      armed = event.words.w0
    case .restart: beginLife(event)
    case .scheduleChange where event.detail == 1: changeCount += 1
    case .memoryPiece: takePiece(event)
    default: break
    }
  }

  /// The recorded run is over: what is still open counts.
  mutating func finish() { settle(exit: nil, partition: 0xFF) }

  /// The deed that led to the start, if one did, was the old life's last: nobody came back from it.
  private mutating func beginLife(_ event: TraceEvent) {
    let index = Int(event.partition)
    var start = PartitionStart(mode: event.detail, condition: UInt8(truncatingIfNeeded: event.words.w0))
    if start.mayBeOfChange { start.change = changeCount }
    if let (partition, deed, strand) = pendingDeed, partition == index {
      strand.append(deed)
      pendingCut = strand
      pendingDeed = nil
      if deed.asksForMode { start.change = nil }
    }
    flows[index].begin(start, at: event.time)
    pendingOpenings.append((index, entry))
    deadlines.begin(index)
  }

  private mutating func beginHandler(_ event: TraceEvent) {
    let index = Int(event.partition)
    // A reused frame: the handler before has returned, and the kernel has learnt of it.
    let handler = RecordedStrand(room: room)
    flows[index].current.noteUpcall()
    flows[index].noteUpcall(of: event.operand)
    flows[index].open.append(handler)
    flows[index].life.append(handler: handler, of: UInt8(truncatingIfNeeded: event.operand))
    pendingTimer?.outcome.hasUpcall = true
    for index in pendingInterrupts.indices { pendingInterrupts[index].hasUpcall = true }
    pendingDeed?.deed.hasUpcall = true
  }

  private mutating func takeAnswer(_ event: TraceEvent) {
    pendingDeed?.deed.status = event.detail
    // A yield is answered quickly, but never at once.
    guard isOfKernel, let deed = pendingDeed?.deed, event.operand & 0xFFFF != HypercallNumber.yield.rawValue
    else { return }
    pendingDeed?.deed.isServedAtOnce = event.time &- deed.instant < KernelWays.longestAnswerAtOnce
  }

  private mutating func takeEntry(_ kind: EventKind, _ event: TraceEvent) {
    let snapshot = EntrySnapshot(event)
    // After a loss the delay may be counted from an event that is missing.
    let exit = time + min(snapshot.resumeDelay, event.time - time)
    let isPulse = snapshot.flags.contains(.isPulse)
    if !isPulse { entry = event.time }
    if !isPulse {
      if kind == .timer, armed > event.time, armedBefore <= exit { noteStaleTimer() }
      settle(exit: exit, partition: snapshot.partition)
    }
    if snapshot.partition != 0xFF, !isPulse {
      let number = kind == .hypercall ? UInt16(truncatingIfNeeded: event.operand) : 0
      compute(
        Int(snapshot.partition), exit...event.time, snapshot, isDeed: kind == .hypercall || kind == .exception,
        isReturn: number == HypercallNumber.returnFromUpcall.rawValue)
    }
    switch kind {
    case .interrupt: takeInterrupt(event, isPulse: isPulse)
    case .timer:
      pendingTimer = (event.time, TimerOutcome())
      if exit < armed, armed <= event.time { timerLateness.add(event.time - armed) }
      (armed, armedBefore) = (.max, .max)
    case .hypercall where snapshot.partition != 0xFF: takeCall(event, snapshot)
    case .exception where snapshot.partition != 0xFF:
      noteDeed(.fault(GuestFault(event, snapshot)), event, snapshot)
    default: break
    }
    // An interrupt in the wait for a window lets the wait go on.
    if snapshot.partition != 0xFF { hasPadded = false }
  }

  /// A pulse is noticed in the midst of another entry, for which the partition was interrupted: it interrupts there.
  private mutating func takeInterrupt(_ event: TraceEvent, isPulse: Bool) {
    if isPulse { pendingTimer?.outcome.notePulse() }
    guard !isPulse || takesPulses else { return }
    let entry = isPulse ? pendingTimer?.instant ?? pendingInterrupts.first?.instant : nil
    let line = UInt8(truncatingIfNeeded: event.operand) &- 32
    pendingInterrupts.append(RecordedInterrupt(line: line, instant: entry ?? event.time, kernelTime: 400))
  }

  private mutating func takeCall(_ event: TraceEvent, _ snapshot: EntrySnapshot) {
    let number = UInt16(truncatingIfNeeded: event.operand)
    // The trampoline's own, behind an upcall: it is asked again where it is needed. Behind an exception's handler,
    // which is part of what goes on, it is a call like others.
    if number == HypercallNumber.returnFromUpcall.rawValue, let returned {
      pendingReturn = (Int(snapshot.partition), event.time, returned)
      return
    }
    var call = GuestCall(raw: number, operand: event.words.w2)
    call.arguments = (event.words.w3, event.words.w4, event.words.w5, event.words.w6)
    noteDeed(.call(call), event, snapshot)
  }

  private mutating func noteDeed(_ act: RecordedDeed.Act, _ event: TraceEvent, _ snapshot: EntrySnapshot) {
    let index = Int(snapshot.partition)
    let strand = flows[index].current
    let isOn = snapshot.flags.contains(.interruptsEnabled)
    var deed = RecordedDeed(
      computation: strand.computation, act: act, wasOn: strand.wasOn ?? isOn, isOn: isOn,
      turn: strand.turn, instant: event.time, kernelTime: nil, status: nil, hadMarks: flows[index].marks != 0)
    deed.elapsed = event.time - (strand.beginning ?? event.time)
    let stretch = ClockEvidence.Stretch(
      partition: snapshot.partition, isInHandler: flows[index].open.count > 1, last: strand.latestKind,
      next: deed.kind)
    (deed.stretch, deed.isHandlerOver) = (stretch, snapshot.flags.contains(.isHandlerOver))
    (deed.period, deed.windowEnd) = (periods.period(of: index), periods.windowEnd(of: index))
    (deed.comesAfterYield, deed.isAfterIdling) = (strand.isGivenUp, strand.isIdle)
    deed.upcallCount = flows[index].upcallCount
    deed.computationBeforeUpcall = strand.computationBeforeUpcall
    if let instant = deed.timerInstant, let period = deed.period {
      timers.note(index, instant, at: deed.instant, in: period)
    }
    deadlines.noteReading(deed, of: index)
    if flows[index].open.count == 1 { deadlines.note(deed, of: index) }
    clock.note(deed.computation, in: deed.elapsed, at: stretch)
    strand.beginComputation(after: deed)
    pendingDeed = (index, deed, strand)
  }

  /// A partition computed all the time; first in what has returned since, then in what goes on.
  ///
  /// - Parameter isReturn: it ends with the trampoline's call.
  private mutating func compute(
    _ index: Int, _ span: ClosedRange<UInt64>, _ snapshot: EntrySnapshot, isDeed: Bool, isReturn: Bool
  ) {
    var rest = span.upperBound - span.lowerBound
    let count = snapshot.upcallsReturned &- flows[index].returned
    flows[index].returned = snapshot.upcallsReturned
    returned = nil
    let isMasked = flows[index].noteFlag(snapshot)
    let returning = min(Int(count), flows[index].open.count - 1)
    for number in 0..<returning {
      rest -= min(rest, Self.handlerTail)
      let handler = flows[index].open.removeLast()
      returned = handler
      handler.returnsMasked = isMasked && !isReturn
      // Up to the trampoline's call nothing but the handler has computed.
      if isReturn, number == returning - 1 {
        handler.compute(rest, until: span.upperBound)
        rest = 0
        handler.end = .returned
        continue
      }
      // What a handler computed after its last call goes on in what it interrupted, unless it is much.
      if handler.computation < Self.longComputation {
        rest += handler.computation
        handler.computation = 0
      }
      handler.end = .returned
    }
    let strand = flows[index].current
    strand.compute(rest, until: span.upperBound)
    if !isDeed { strand.show(isOn: snapshot.flags.contains(.interruptsEnabled)) }
  }
}

import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// Judges a trace by what the module table says must hold, without the code that decided.
///
/// Hand it every event in order, then `finish`. It keeps no events: its memory depends on the module, not on the
/// trace's length. The kernel's decisions are not recomputed; each claim compares events with each other and with the
/// table.
public struct Verifier: ~Copyable {
  /// Cells of a partition in the tables of virtual interrupts: 35, rounded up.
  static let interruptStride = 40
  /// What a kind's number means, whether a claim of the module file asks for such events, and whether they may disturb
  /// the partition that runs.
  struct Meaning {
    var kind: EventKind?
    var isAsked = false
    var isCalm = false
    /// Nothing is to be done but to judge it by its kind.
    var isQuiet = false
    /// The trace has no such events; one that is there all the same is judged no further.
    var isLeftOut = false
  }

  let plan: ModulePlan
  /// By the number of a kind. Its kind, and whether it is quiet, are looked up once an event, and lie by themselves.
  var meanings = InlineArray<256, Meaning>(repeating: Meaning())
  var kinds = InlineArray<256, EventKind?>(repeating: nil)
  var areQuiet = InlineArray<256, Bool>(repeating: false)
  /// Whether no claim of the module file asks for events that are judged together with those before them.
  var mayLookAhead = true
  /// The same of what follows a call about a port, and of calls that follow others.
  var mayLookAtPorts = true
  var mayLookAtCalls = true
  var mayLookAtReturns = true
  /// Lines whose interrupts may be usual, bit n for line n.
  var usualLines: UInt16 = 0
  /// By the number of a hypercall; the last one stands for all others.
  var calls = CallMeaning.table()
  var book = ClaimBook()
  var targets: BudgetClaims

  /// Where the events lie that are judged.
  var run: Run?

  // The event at hand, and those before it.
  var position: UInt64 = 0
  var time: NanosecondInstant = 0
  var previousTime: NanosecondInstant = 0
  var firstTime: NanosecondInstant = 0
  /// What the position of the event at hand is to be increased by for the number of events before it.
  var countedBefore: UInt64 = 0
  /// Events before the one at hand; where none is, of all.
  var eventCount: UInt64 {
    get { position &+ countedBefore }
    set { countedBefore = newValue &- position }
  }
  /// False for the entry after a loss: its resume delay counts from an event that is not there.
  var isResumeKnown = false
  var gapCount: UInt64 = 0
  var isGapOpen = false
  /// The open gap is a flight recorder's beginning.
  var isBeginningOverwritten = false
  /// The next event is the first, or comes after a gap, the stop or the end: more is to be looked at than usually.
  var isUnusual: Bool {
    get { partitionLimit == 0 }
    set { partitionLimit = newValue ? 0 : UInt8(clamping: partitions.count + 1) }
  }
  /// The events of partitions below it, less one, need no more than usually: nobody's partition, 0xFF, is the lowest.
  var partitionLimit: UInt8 = 0
  /// The last instant before the gap.
  var gapStart: NanosecondInstant = 0
  var step = Step()
  var rare = Rarities()
  var calm = Calm()

  var partitions: DirectTable<PartitionState>
  var guests: [GuestState]
  /// By partition × `interruptStride` + vector − 32.
  var counters: DirectTable<UInt64>
  var handlerAddresses: DirectTable<UInt64>
  var coalesced: DirectTable<UInt64>
  var markClocks: DirectTable<NanosecondSpan>
  var markTimes: DirectTable<NanosecondInstant>
  /// Partitions registered for a virtual interrupt, and those of whom it is known.
  var registeredBy = DirectTable<UInt32>(repeating: 0, count: interruptStride)
  var registrationKnown = DirectTable<UInt32>(repeating: .max, count: interruptStride)

  var schedule = ScheduleState()
  var machine = MachineState()
  var channels: DirectTable<ChannelState>
  var health = HealthState()
  var ports: PortTable
  var keyframe = KeyframeState()
  var processes: [ProcessState]
  var refusal = PortRefusal()
  var ending = EndingState()
  var custom = CustomClaims()
  /// Whether it judges a piece by itself, and what it took for granted then.
  var isPiece = false
  var assumptions: [Assumption] = []

  /// A verifier for traces of the module that `table` configures; the table is not needed beyond this call.
  public init(table: ModuleTable) {
    plan = ModulePlan(table)
    let count = plan.partitions.count
    partitions = DirectTable(repeating: PartitionState(), count: count)
    counters = DirectTable(repeating: 0, count: count * Self.interruptStride)
    handlerAddresses = DirectTable(repeating: 0, count: count * Self.interruptStride)
    coalesced = DirectTable(repeating: 0, count: count * Self.interruptStride)
    markClocks = DirectTable(repeating: 0, count: count * Self.interruptStride)
    markTimes = DirectTable(repeating: 0, count: count * Self.interruptStride)
    for index in 0..<count { partitions[index].marked = UInt64(plan.partitions[index].markedLines) }
    guests = [GuestState](repeating: GuestState(), count: count)
    ports = PortTable(plan)
    channels = DirectTable(repeating: ChannelState(), count: plan.channelCount)
    processes = []
    targets = BudgetClaims()
    prepareClaims(table)
    for raw in 0..<CallMeaning.tableCount { calls[raw].claim = targets.hypercall[raw] }
    if !targets.unknownHypercalls.isEmpty { calls[CallMeaning.tableCount].claim = CallMeaning.claimByNumber }
    giveMeanings()
    if plan.isBeyondLimits, fails(.meaning) {
      explain("the module has more windows, schedules, ports or processes than the kernel's tables hold")
    }
  }

  /// One that has judged the same events, and goes its own way from here.
  public func copy() -> Verifier { Verifier(copying: self) }

  private init(copying other: borrowing Verifier) {
    plan = other.plan
    meanings = other.meanings
    calls = other.calls
    (mayLookAhead, mayLookAtPorts) = (other.mayLookAhead, other.mayLookAtPorts)
    (mayLookAtCalls, mayLookAtReturns) = (other.mayLookAtCalls, other.mayLookAtReturns)
    usualLines = other.usualLines
    book = other.book.copy()
    (calm.entries, calm.ownEntries, calm.interrupts) =
      (other.calm.entries, other.calm.ownEntries, other.calm.interrupts)
    (kinds, areQuiet, partitionLimit) = (other.kinds, other.areQuiet, other.partitionLimit)
    targets = other.targets
    (position, time, previousTime) = (other.position, other.time, other.previousTime)
    (firstTime, countedBefore, isResumeKnown) = (other.firstTime, other.countedBefore, other.isResumeKnown)
    (gapCount, isGapOpen, gapStart) = (other.gapCount, other.isGapOpen, other.gapStart)
    isBeginningOverwritten = other.isBeginningOverwritten
    (step, rare, refusal) = (other.step, other.rare, other.refusal)
    partitions = other.partitions.copy()
    guests = other.guests
    counters = other.counters.copy()
    handlerAddresses = other.handlerAddresses.copy()
    coalesced = other.coalesced.copy()
    markClocks = other.markClocks.copy()
    markTimes = other.markTimes.copy()
    registeredBy = other.registeredBy.copy()
    registrationKnown = other.registrationKnown.copy()
    (schedule, machine) = (other.schedule, other.machine)
    channels = other.channels.copy()
    health = other.health
    ports = other.ports
    (keyframe, processes, ending, custom) = (other.keyframe, other.processes, other.ending, other.custom)
  }

  /// Judges events that follow each other: the fast way, for who has many at a time.
  ///
  /// - Parameter firstPosition: the index in the trace of the first of them.
  public mutating func consume(_ events: RowBuffer, firstPosition: UInt64) {
    guard var place = events.rows.baseAddress else { return }
    let end = place + events.rows.count
    run = Run(rows: events, firstPosition: firstPosition)
    let before = eventCount
    position = firstPosition &- 1
    eventCount = before &- 1
    defer {
      countedBefore &+= 1
      run = nil
    }
    while place < end {
      let event = RowReference(place)
      place += 1
      position &+= 1
      let now = event.time
      guard event.partition &+ 1 < partitionLimit, now >= time else {
        judgeWithCare(event)
        continue
      }
      time = now
      let kind = Int(event.kind)
      if !areQuiet[kind] { judgeUnquiet(event, meanings[kind]) }
      switch kinds[kind] {
      case .hypercall:
        place = callAhead(event, place, end)
      case .interrupt where end - place >= UsualInterrupt.lookahead:
        place += interruptAhead(UsualInterrupt(event, place))
      case let kind?: dispatch(kind, event)
      case nil: break
      }
      previousTime = time
    }
    book.accounts[ClaimKey.time.rawValue].checked &+= UInt64(events.rows.count)
  }

  /// What is done for an event beside judging it by its kind.
  @inline(__always)
  private mutating func judgeUnquiet(_ event: RowReference, _ meaning: Meaning) {
    if !meaning.isCalm { disturb() }
    if meaning.isAsked { judgeCustom(event) }
    if meaning.isLeftOut { refuseLeftOut(event) }
  }

  /// Judges an event that may be the first, or come after a gap, the stop or the end; whose time may go back; or whose
  /// partition there may not be.
  @inline(never)
  private mutating func judgeWithCare(_ event: RowReference) {
    takeUnusual(event.time)
    let meaning = meanings[Int(event.kind)]
    if eventCount == 0, meaning.kind == .boot { ending.kernelIdentity = event.words.w1 }
    if !ending.hasEnded { judgeUnquiet(event, meaning) }
    let partition = event.partition
    if ending.hasEnded {
      refuseAfterEnd()
    } else if Int(partition) < partitions.count || partition == 0xFF {
      if isUnusual { judgeUnusual(event, meaning.kind) }
      if let kind = meaning.kind { dispatch(kind, event) }
    } else {
      refusePartition(partition)
    }
    previousTime = time
    isResumeKnown = meaning.kind != .loss
  }

  /// Only hands on; inlined, for the call takes as long as many an event's judging.
  @inline(__always)
  private mutating func dispatch(_ kind: EventKind, _ event: RowReference) {
    switch kind {
    case .interrupt: interrupt(event)
    case .timer: timer(event)
    case .hypercall: hypercallAlone(event)
    case .exception: exception(event)
    case .nonMaskable: nonMaskable(event)
    case .stimulus: stimulus(event)
    case .start: start(event)
    case .kernelHandler: kernelHandler(event)
    case .mark: mark(event)
    case .upcall: upcall(event)
    case .upcallsReturned: upcallsReturned(event)
    case .hypercallResult: resultAlone(event)
    case .partitionSwitch: partitionSwitch(event)
    case .windowStart: windowStart(event)
    case .windowEnd: windowEnd(event)
    case .majorFrameStart: majorFrameStart(event)
    case .healthAction: healthAction(event)
    case .portOperation: portOperation(event)
    case .lineMask: lineMask(event)
    case .timerArmed: timerArmed(event)
    case .idle: idle(event)
    case .modeChange: modeChange(event)
    case .spurious: spurious(event)
    case .stop: stop(event)
    case .unclaimed: unclaimed(event)
    case .acknowledged: acknowledged(event)
    case .upcallWritten: upcallWritten(event)
    case .messageCopied: messageCopied(event)
    case .consoleWritten: consoleWritten(event)
    case .noteWords: noteWords(event)
    case .drained: drained(event)
    case .maskRead: maskRead(event)
    case .padded: padded(event)
    case .kernelFault: kernelFault(event)
    case .keyframeWords: keyframeWords(event)
    case .keyframe: keyframeEnd(event)
    case .boot: boot(event)
    case .loss: loss(event)
    case .end: end(event)
    case .memoryPiece: memoryPiece(event)
    case .timerExpired: timerExpired(event)
    case .exceptionReflected: exceptionReflected(event)
    case .healthError: healthError(event)
    case .moduleAction: moduleAction(event)
    case .restart: restart(event)
    case .initialised: initialised(event)
    case .eventRaised: eventRaised(event)
    case .scheduleChange: scheduleChange(event)
    case .callback: callback(event)
    case .exceptionWritten: exceptionWritten(event)
    case .contextReset: contextReset(event)
    }
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Judges a trace by what the module table says must hold, without the code that decided.
///
/// Hand it every event in order, then `finish`. It keeps no events: its memory depends on the module, not on the
/// trace's length. The kernel's decisions are not recomputed; each claim compares events with each other and with the
/// table.
public struct Verifier {
  /// Cells of a partition in the tables of virtual interrupts: 35, rounded up.
  static let interruptStride = 40
  let plan: ModulePlan
  var book = ClaimBook()
  var targets: BudgetClaims

  // The event at hand, and those before it.
  var position: UInt64 = 0
  var time: UInt64 = 0
  var previousTime: UInt64 = 0
  var firstTime: UInt64 = 0
  var eventCount: UInt64 = 0
  /// False for the entry after a loss: its resume delay counts from an event that is not there.
  var isResumeKnown = false
  var gapCount: UInt64 = 0
  var isGapOpen = false
  /// The last instant before the gap.
  var gapStart: UInt64 = 0
  var step = Step()
  var rare = Rarities()

  var partitions: [PartitionState]
  var guests: [GuestState]
  /// By partition × `interruptStride` + vector − 32.
  var counters: [UInt32]
  var handlerAddresses: [UInt64]
  var coalesced: [UInt32]
  var markClocks: [UInt64]
  var markTimes: [UInt64]
  /// Partitions registered for a virtual interrupt, and those of whom it is known.
  var registeredBy = [UInt32](repeating: 0, count: interruptStride)
  var registrationKnown = [UInt32](repeating: .max, count: interruptStride)

  var schedule = ScheduleState()
  var machine = MachineState()
  var channels: [ChannelState]
  var health = HealthState()
  var ports: PortTable
  var keyframe = KeyframeState()
  var processes: [ProcessState]
  var ending = EndingState()
  var custom = CustomClaims()

  /// A verifier for traces of the module that `table` configures; the table is not needed beyond this call.
  public init(table: ModuleTable) {
    plan = ModulePlan(table)
    let count = plan.partitions.count
    partitions = [PartitionState](repeating: PartitionState(), count: count)
    counters = [UInt32](repeating: 0, count: count * Self.interruptStride)
    handlerAddresses = [UInt64](repeating: 0, count: count * Self.interruptStride)
    coalesced = [UInt32](repeating: 0, count: count * Self.interruptStride)
    markClocks = [UInt64](repeating: 0, count: count * Self.interruptStride)
    markTimes = [UInt64](repeating: 0, count: count * Self.interruptStride)
    for index in 0..<count { partitions[index].marked = UInt64(plan.partitions[index].markedLines) }
    guests = [GuestState](repeating: GuestState(), count: count)
    ports = PortTable(plan)
    channels = [ChannelState](repeating: ChannelState(), count: plan.channelCount)
    processes = []
    targets = BudgetClaims()
    prepareClaims(table)
    if plan.isBeyondLimits, fails(.meaning) {
      explain("the module has more windows, schedules, ports or processes than the kernel's tables hold")
    }
  }

  /// Judges the next event.
  ///
  /// - Parameter position: its index in the trace, for the report.
  public mutating func consume(_ event: TraceEvent, position: UInt64) {
    self.position = position
    takeTime(event.time)
    if custom.isAsked(event.kind) { judgeCustom(event) }
    let index = event.partition
    if Int(index) < partitions.count || index == 0xFF {
      dispatch(event)
    } else if fails(.meaning) {
      explain("partition \(index) is not one of the module's \(partitions.count)")
    }
    eventCount &+= 1
    previousTime = time
    // A delay counted from a lost event says nothing.
    isResumeKnown = event.kind != EventKind.loss.rawValue
  }

  private mutating func takeTime(_ now: UInt64) {
    tally(.time)
    if eventCount == 0 {
      firstTime = now
    } else if now < time {
      if fails(.time, by: time &- now) { explain("time goes back from \(time) to \(now) ns") }
    }
    time = now
    if isGapOpen { closeGap() }
  }

  private mutating func dispatch(_ event: TraceEvent) {
    if eventCount == 0 { judgeFirst(event) }
    guard let kind = event.knownKind else { return }
    if ending.isSpecial { judgeAfterStop(event, kind) }
    switch kind {
    case .interrupt: interrupt(event)
    case .timer: timer(event)
    case .hypercall: hypercall(event)
    case .exception: exception(event)
    case .nonMaskable: nonMaskable(event)
    case .stimulus: stimulus(event)
    case .start: start(event)
    case .kernelHandler: kernelHandler(event)
    case .mark: mark(event)
    case .upcall: upcall(event)
    case .upcallsReturned: upcallsReturned(event)
    case .hypercallResult: hypercallResult(event)
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

  // MARK: Book-keeping of claims

  @inline(__always)
  mutating func tally(_ key: ClaimKey) { book.accounts[key.rawValue].checked &+= 1 }

  /// Counts a violation at the event at hand; answers whether to `explain` it.
  mutating func fails(_ key: ClaimKey, by excess: UInt64 = 0) -> Bool {
    book.refute(key.rawValue, excess: Int64(clamping: excess), position: position, time: time)
  }

  mutating func explain(_ sentence: String) { book.explain(sentence) }

  /// Counts an instance with a measured value; answers whether it exceeds the bound and is to be explained.
  @inline(__always)
  mutating func exceeds(_ claim: Int, _ value: Int64, over span: CaseSpan) -> Bool {
    exceeds(claim, value, position, time, over: span)
  }

  @inline(__always)
  mutating func exceeds(
    _ claim: Int, _ value: Int64, _ position: UInt64, _ time: UInt64, over span: CaseSpan
  ) -> Bool {
    book.accounts[claim].checked &+= 1
    if value > book.accounts[claim].threshold { book.admit(claim, value, position, time, span) }
    let limit = book.accounts[claim].limit
    guard value > limit else { return false }
    return book.refute(claim, excess: value.subtractingClamped(limit), position: position, time: time)
  }

  /// All claims about the module, nothing judged yet: what holds is open.
  public var claims: [ClaimResult] { book.details.indices.map { book.result($0) } }

  func name(_ partition: UInt8) -> String {
    partition == 0xFF ? "nobody" : partition < partitions.count ? plan.partitions[Int(partition)].name : "\(partition)"
  }
}

extension Int64 {
  /// The difference, held at the largest value instead of overflowing.
  func subtractingClamped(_ other: Int64) -> Int64 {
    let (difference, overflow) = subtractingReportingOverflow(other)
    return overflow ? .max : difference
  }

  /// The signed distance from `b` to `a`.
  init(from b: UInt64, to a: UInt64) { self = Int64(bitPattern: a &- b) }
}

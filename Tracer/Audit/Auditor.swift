import ModuleConfiguration
import TraceFormat

/// Goes through a trace once and measures, by its own rules, what a certificate's measured claims are about.
///
/// It is the second opinion on `Verification` and shares nothing with it. It follows just as much of the module as the
/// measures need, for traces without gaps: which window is open, who yielded, which step is under way.
struct Auditor {
  let facts: ModuleFacts
  let names: ModuleNames
  var measures: [Measure] = []
  var places: [String: Int] = [:]
  var counts: [String: UInt64] = [:]
  var customs: [Custom] = []
  var processes: [Process] = []
  var partitions: [Partition]

  var step = Step()
  var window: OpenWindow?
  var runner = 0xFF
  var position: UInt64 = 0
  /// The instant of the event at hand.
  var now: UInt64 = 0
  var events: UInt64 = 0
  var firstTime: UInt64 = 0
  var last: UInt64 = 0
  var hasEnd = false
  var hasStopped = false
  /// Time never went back.
  var isInOrder = true
  var lossCount: UInt64 = 0
  var entryTime: UInt64?
  var isEntryForeign = false
  /// When the kernel was ready to wait for a window.
  var readyTime: UInt64?
  var frameStart: UInt64?
  var frameLength: UInt64 = 0
  /// The schedule of the frame, and its window that is to come next.
  var schedule: Int?
  var nextWindow = 0
  var kernelTime: UInt64 = 0
  /// The resume from which that counts.
  var kernelTimeSince: UInt64 = 0
  var isKernelTimeKnown = false
  /// What may have to be added to it: the acknowledgement that told is left out.
  var untoldKernelTime: UInt64 = 0
  var frameEnded = false
  var armed: UInt64?
  var dueFrom: UInt64 = 0
  var mayBeStale = false
  var mayComeTwice = false
  var isTimerKnown = true
  /// All ones where the module was not to stop; nil where the trace does not say.
  var stopInstant: UInt64?
  var kernelBuild: UInt64?
  /// Where there was no kernel, the boot names none; nil without a boot.
  var isRecorded: Bool? { kernelBuild.map { $0 != 0 } }

  init(_ table: ModuleTable) {
    facts = ModuleFacts(table)
    names = ModuleNames(table)
    partitions = [Partition](repeating: Partition(), count: facts.names.count)
    let frame = facts.frames.max() ?? 0
    define("window.start.instant", facts.startError)
    define("window.end.instant", facts.budget(.windowOverrun) ?? 0)
    define("timer.punctual", facts.budget(.timerLateness) ?? facts.allowance)
    define("padding.margin", facts.budget(.padMargin) ?? 1, isFloor: true, mustBeExercised: false)
    define("stop.prompt", facts.budget(.stopDelay) ?? frame, mustBeExercised: false)
    for index in facts.names.indices
    where facts.windows.contains(where: { $0.owner == index && $0.leastSupply > 0 }) {
      define("partition.supply.\(facts.names[index])", 0, isFloor: true)
    }
    for process in facts.processes {
      processes.append(
        Process(isFollowed: !process.isTold, measure: define(process.identifier, process.deadline)))
    }
    for budget in facts.budgets { defineBudget(budget) }
    for claim in facts.claims {
      let isMeasured = claim.record.form != .never
      let unit = claim.record.form == .atMost ? "events" : "ns"
      let measure = isMeasured ? define(claim.identifier, claim.record.bound, unit: unit) : nil
      if facts.isHidden(claim.record) {
        if let measure { measures[measure].isOpen = true }
      } else {
        customs.append(Custom(record: claim.record, measure: measure, identifier: claim.identifier))
      }
    }
  }

  @discardableResult
  private mutating func define(
    _ identifier: String, _ bound: UInt64, isFloor: Bool = false, unit: String = "ns", mustBeExercised: Bool = true
  ) -> Int {
    if places[identifier] == nil { places[identifier] = measures.count }
    measures.append(
      Measure(
        identifier, bound: Int64(clamping: bound), isFloor: isFloor, unit: unit, mustBeExercised: mustBeExercised))
    return measures.count - 1
  }

  private mutating func defineBudget(_ budget: BudgetRecord) {
    switch budget.quantity {
    case .interruptToMark: define("budget.interruptToMark.\(budget.subject)", budget.bound)
    case .markToUpcall: define("budget.markToUpcall.\(budget.subject)", budget.bound)
    case .hypercall: define("budget.hypercall.\(budget.subject)", budget.bound)
    case .kernelTimePerFrame: define("budget.kernelTime", budget.bound)
    case .traceBytesPerSecond: define("budget.traceBytes", budget.bound, unit: "B/s")
    case .windowStartError, .timerLateness, .padMargin, .stopDelay, .partitionSupply, .windowOverrun: break
    }
  }

  /// Adds a value to a claim, if the module makes it.
  mutating func measure(_ identifier: String, _ value: Int64, at position: UInt64? = nil, over span: Measure.Span?) {
    if let place = places[identifier] { measures[place].add(value, at: position ?? self.position, over: span) }
  }

  /// A violation that is no value.
  mutating func fail(_ identifier: String) {
    if let place = places[identifier] { measures[place].fail() }
  }

  mutating func count(_ identifier: String, _ number: UInt64 = 1) { counts[identifier, default: 0] += number }

  // MARK: Events

  mutating func consume(_ event: TraceEvent, position: UInt64) {
    self.position = position
    now = event.time
    if events > 0, now < last { isInOrder = false }
    if events == 0 { firstTime = event.time }
    let kind = event.knownKind
    count("trace.time")
    if events == 0, kind == .boot { kernelBuild = event.words.w1 }
    // The end is the last word, and what has no meaning is followed by nobody.
    if !hasEnd {
      followCustom(event)
      if let kind, names.has(event) { follow(kind, event) }
    }
    events += 1
    last = event.time
  }

  private mutating func follow(_ kind: EventKind, _ event: TraceEvent) {
    countInstances(kind, event)
    let isPulse = event.detail & 16 != 0
    switch kind {
    case .interrupt where !isPulse, .timer, .hypercall, .exception:
      enter(kind, event)
    case .interrupt, .nonMaskable, .stimulus, .start, .memoryPiece:
      beginStep(kind, event)
      // Where the boot is lost the start says it alone.
      if kind == .start, lossCount > 0, stopInstant == nil { stopInstant = event.words.w0 }
    // Another one tells of nothing that ran.
    case .boot where events == 0: stopInstant = event.words.w3 == 0 ? .max : event.words.w3
    case .loss: lossCount += 1
    case .end: end()
    case .stop: stop()
    case .mark, .upcall, .hypercallResult, .partitionSwitch, .windowStart, .windowEnd, .majorFrameStart, .modeChange,
      .restart, .initialised, .timerArmed, .padded:
      followDecision(kind, event)
    default: break
    }
  }

  private mutating func followDecision(_ kind: EventKind, _ event: TraceEvent) {
    let index = Int(event.partition)
    switch kind {
    case .mark where event.operand < 48: mark(event)
    case .upcall where event.operand < 48: upcall(event)
    case .upcall: step.upcalled = true
    case .hypercallResult: result(event)
    case .partitionSwitch:
      runner = index
      window?.ranBefore = false
      step.switched = true
    case .windowStart: windowStart(event)
    case .windowEnd: closeWindow()
    case .majorFrameStart: frameBegins(event)
    case .modeChange where index < partitions.count:
      partitions[index].mode = event.detail
      step.changed.insert(index)
      if event.detail == 0 {
        partitions[index].isSupplyKnown = false
        endMarks(of: index)
        forgetProcesses(of: index)
      }
    case .restart where index < partitions.count: restart(index, event)
    case .initialised where index < partitions.count: partitions[index].isStarting = false
    case .timerArmed: arm(event)
    case .padded: pad(event)
    default: break
    }
  }

  mutating func beginStep(_ kind: EventKind, _ event: TraceEvent) {
    closeStep()
    step = Step()
    step.kind = kind
    step.what = UInt16(truncatingIfNeeded: event.operand)
    step.partition = Int(event.partition)
    step.time = event.time
    step.position = position
    step.isPulse = event.detail & 16 != 0
    step.argument = event.words.w3
    step.secondArgument = event.words.w4
    step.thirdArgument = event.words.w5
    // Vectors 39 and 47 without their line in service are spurious.
    step.isSpurious = kind == .interrupt && (step.what == 39 || step.what == 47) && event.detail & 24 == 0
  }

  mutating func closeStep() {
    if let upcall = step.upcall { take(upcall.partition, upcall.line) }
    if step.kind != nil, !step.stopped { for index in step.changed.subtracting(step.started) { missStart(of: index) } }
    if step.kind == .hypercall, !step.answered { count("hypercall.answered") }
    countInterrupt()
    guard step.kind == .interrupt, !step.stopped, !step.isSpurious, let lastMark = step.lastMark else { return }
    measure(
      "budget.interruptToMark.\(Int(step.what) - 32)", Int64(from: step.time, to: lastMark), at: step.position,
      over: Measure.Span(from: step.time, to: lastMark))
  }
}

extension Int64 {
  /// The signed distance from `from` to `to`; where it is beyond all numbers, the last of them.
  init(from: UInt64, to: UInt64) {
    self = to < from ? -Int64(clamping: from - to) : Int64(clamping: to - from)
  }
}

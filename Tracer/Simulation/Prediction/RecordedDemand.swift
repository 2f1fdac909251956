import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What a recorded run asked of its kernel, read event by event: each partition's computation between its deeds, what
/// its upcalls' handlers did, and the interrupts of lines at their instants.
///
/// Between an upcall and the return that the kernel learns of, what is computed and called belongs to the handler. The
/// return itself happens in ring 3; it is taken to come right after the handler's last call (`handlerTail`).
struct RecordedDemand {
  /// Of one partition.
  struct Flow {
    /// What is to be done in the main flow, in order.
    var deeds = FIFO<RecordedDeed>()
    /// What handlers did, by interrupt (vector − 32), in order.
    var handlers: [Int: FIFO<RecordedHandler>] = [:]
    /// Handlers that have not returned, and what the open ones have computed since their last deeds; the main flow's
    /// computation comes first.
    fileprivate var open: [RecordedHandler] = []
    fileprivate var computation: [UInt64] = [0]
    /// Whether the virtual interrupts were on in that computation, as far as an interruption has shown it.
    fileprivate var wasOn: [Bool?] = [nil]
    fileprivate var returned: UInt16 = 0
    /// What the kernel took last for the trampoline's own call, ns.
    fileprivate(set) var returnTime: UInt64?
    /// What each piece of its memory took, as far as they were made, and what its start took after the last one, ns.
    fileprivate(set) var pieceTimes = FIFO<UInt64>()
    fileprivate(set) var startTime: UInt64?
    /// Deeds in the main flow, ever.
    var deedCount: UInt64 = 0
  }

  /// What came of a timer's entry: how long it takes depends on that.
  struct TimerOutcome: Hashable {
    var hasUpcall = false
    var hasSwitch = false
  }

  /// From a handler's last call to the interrupted code, ns: the trampoline's return.
  static let handlerTail: UInt64 = 60

  private(set) var flows: [Flow]
  /// Of each line.
  private(set) var interrupts = Array(repeating: FIFO<RecordedInterrupt>(), count: 16)
  /// The start of the module, ns.
  private(set) var start: UInt64?
  /// When the module was asked to end by itself, ns; all ones for never.
  private(set) var stop: UInt64 = .max
  /// The last event's instant, ns.
  private(set) var time: UInt64 = 0
  private(set) var lossCount: UInt64 = 0
  /// The input whose kernel time is not known yet.
  private var pendingInterrupt: RecordedInterrupt?
  /// The trampoline's own call, likewise.
  private var pendingReturn: (partition: Int, instant: UInt64)?
  private var pendingDeed: (partition: Int, deed: RecordedDeed, depth: Int)?
  /// The last piece of a partition's memory, likewise.
  private var pendingStart: (partition: Int, instant: UInt64)?
  /// The timer's entry, likewise: what came of it.
  private var pendingTimer: (instant: UInt64, outcome: TimerOutcome)?
  /// What the kernel took last for a timer's entry, by what came of it, ns.
  private(set) var timerTimes: [TimerOutcome: UInt64] = [:]
  /// The nominal start of the window that runs, ns.
  private var windowStart: UInt64 = 0
  /// The CPU waits for a window's instant.
  private var hasPadded = false

  /// The test device's pulses are interrupts like others; false where the other run's test device plays them itself.
  private let takesPulses: Bool

  init(partitionCount: Int, takesPulses: Bool) {
    flows = Array(repeating: Flow(), count: partitionCount)
    self.takesPulses = takesPulses
  }

  /// What the partition computed after the last of its deeds, ns.
  func lastComputation(of partition: Int) -> UInt64 { flows[partition].computation[0] }
  mutating func removeInterrupt(of line: Int) { interrupts[line].removeFirst() }
  mutating func removeDeed(of partition: Int) { flows[partition].deeds.removeFirst() }

  /// The next recorded handler of an interrupt; the last one again where there is no more.
  mutating func takeHandler(of partition: Int, _ vector: UInt8) -> RecordedHandler {
    let key = Int(vector)
    let handler = flows[partition].handlers[key]?.front
    if let count = flows[partition].handlers[key]?.count, count > 1 { flows[partition].handlers[key]?.removeFirst() }
    return handler ?? RecordedHandler(vector: vector)
  }

  /// No run of a module lasts so long, ns: 146 years.
  static let latest: UInt64 = 1 << 62

  /// What no kernel of this module can have recorded, in words; nil for an event that one can.
  func objection(to event: TraceEvent) -> String? {
    guard event.time >= time else { return "is earlier than the one before it" }
    guard event.time < Self.latest else { return "is later than any run lasts" }
    let isPartition = flows.indices.contains(Int(event.partition))
    switch event.knownKind {
    case .interrupt where !(32..<48).contains(event.operand & 0xFFFF): return "is an interrupt of no line"
    case .exception where event.operand & 0xFFFF >= 32: return "is an exception that no CPU has"
    case .interrupt, .timer, .hypercall, .exception: return isPartition || event.partition == 0xFF ? nil : Self.nobody
    case .upcall, .restart, .memoryPiece: return isPartition ? nil : Self.nobody
    default: return nil
    }
  }

  private static let nobody = "is of a partition that the module does not have"

  /// Takes the next event of the recorded run.
  ///
  /// - Precondition: there is no objection to it.
  mutating func consume(_ event: TraceEvent) {
    defer { time = event.time }
    guard let kind = event.knownKind else { return }
    switch kind {
    case .start:
      start = event.time
      stop = event.words.w0
    case .interrupt, .timer, .hypercall, .exception: takeEntry(kind, event)
    case .padded: hasPadded = true
    case .windowStart: windowStart = event.words.w0
    case .loss: lossCount &+= event.words.w0
    case .upcall: beginHandler(event)
    case .hypercallResult: pendingDeed?.deed.status = event.detail
    case .partitionSwitch: pendingTimer?.outcome.hasSwitch = true
    case .restart: forget(Int(event.partition))
    case .memoryPiece: takePiece(event)
    default: break
    }
  }

  /// The recorded run is over: what is still open counts.
  mutating func finish() { settle(exit: nil, partition: 0xFF) }

  private mutating func forget(_ index: Int) {
    flows[index].open.removeAll()
    flows[index].computation = [0]
    flows[index].wasOn = [nil]
    flows[index].returned = 0
  }

  /// The event before is the start's own, the piece before, or what the kernel did for an interrupt in between. Before
  /// the window's instant nothing is made.
  private mutating func takePiece(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard flows.indices.contains(index) else { return }
    flows[index].pieceTimes.append(event.time &- min(event.time, max(time, windowStart)))
    pendingStart = (index, event.time)
  }

  /// What the next piece of a partition's memory takes, ns; the last one's time where no more are known.
  mutating func takePieceTime(of partition: Int) -> UInt64? {
    let time = flows[partition].pieceTimes.front
    if flows[partition].pieceTimes.count > 1 { flows[partition].pieceTimes.removeFirst() }
    return time
  }

  private mutating func beginHandler(_ event: TraceEvent) {
    let index = Int(event.partition)
    // A reused frame: the handler before has returned, and the kernel has learnt of it.
    flows[index].open.append(RecordedHandler(vector: UInt8(truncatingIfNeeded: event.operand)))
    flows[index].computation.append(0)
    flows[index].wasOn.append(nil)
    pendingTimer?.outcome.hasUpcall = true
  }

  private mutating func takeEntry(_ kind: EventKind, _ event: TraceEvent) {
    let snapshot = EntrySnapshot(event)
    // After a loss the delay may be counted from an event that is missing.
    let exit = time + min(snapshot.resumeDelay, event.time - time)
    let isPulse = snapshot.flags.contains(.isPulse)
    if !isPulse { settle(exit: exit, partition: snapshot.partition) }
    if snapshot.partition != 0xFF, !isPulse {
      compute(Int(snapshot.partition), event.time &- exit, snapshot, isDeed: kind == .hypercall || kind == .exception)
    }
    switch kind {
    case .interrupt where isPulse && !takesPulses: break
    case .interrupt:
      let line = UInt8(truncatingIfNeeded: event.operand) &- 32
      pendingInterrupt = RecordedInterrupt(line: line, instant: event.time, kernelTime: 400)
    case .timer: pendingTimer = (event.time, TimerOutcome())
    case .hypercall where snapshot.partition != 0xFF: takeCall(event, snapshot)
    case .exception where snapshot.partition != 0xFF:
      let words = event.words
      var fault = GuestFault(UInt8(truncatingIfNeeded: event.operand), words.w2, words.w3, words.w4)
      fault.exceptionsReturned = UInt32(truncatingIfNeeded: words.w5)
      noteDeed(.fault(fault), event, snapshot)
    default: break
    }
    // An interrupt in the wait for a window lets the wait go on.
    if snapshot.partition != 0xFF { hasPadded = false }
  }

  private mutating func takeCall(_ event: TraceEvent, _ snapshot: EntrySnapshot) {
    let number = UInt16(truncatingIfNeeded: event.operand)
    // The trampoline's own: it is asked again where it is needed.
    guard number != HypercallNumber.returnFromUpcall.rawValue else {
      pendingReturn = (Int(snapshot.partition), event.time)
      return
    }
    var call = GuestCall(raw: number, operand: event.words.w2)
    call.arguments = (event.words.w3, event.words.w4, event.words.w5, event.words.w6)
    noteDeed(.call(call), event, snapshot)
  }

  private mutating func noteDeed(_ act: RecordedDeed.Act, _ event: TraceEvent, _ snapshot: EntrySnapshot) {
    let index = Int(snapshot.partition)
    let depth = flows[index].open.count
    let isOn = snapshot.flags.contains(.interruptsEnabled)
    let deed = RecordedDeed(
      computation: flows[index].computation[depth], act: act, wasOn: flows[index].wasOn[depth] ?? isOn, isOn: isOn,
      instant: event.time, kernelTime: nil, status: nil)
    flows[index].computation[depth] = 0
    flows[index].wasOn[depth] = nil
    pendingDeed = (index, deed, depth)
  }

  /// A partition computed for `span`; first in what has returned since, then in what goes on.
  private mutating func compute(_ index: Int, _ span: UInt64, _ snapshot: EntrySnapshot, isDeed: Bool) {
    var rest = span
    let count = snapshot.upcallsReturned &- flows[index].returned
    flows[index].returned = snapshot.upcallsReturned
    for _ in 0..<min(Int(count), flows[index].open.count) {
      rest -= min(rest, Self.handlerTail)
      let handler = flows[index].open.removeLast()
      // What a handler computed after its last call goes on in what it interrupted.
      rest += flows[index].computation.removeLast()
      flows[index].wasOn.removeLast()
      let key = Int(handler.vector)
      flows[index].handlers[key, default: FIFO()].append(handler)
    }
    flows[index].computation[flows[index].open.count] += rest
    let depth = flows[index].open.count
    if !isDeed, flows[index].wasOn[depth] == nil {
      flows[index].wasOn[depth] = snapshot.flags.contains(.interruptsEnabled)
    }
  }

  /// What the kernel was at is over: whom it let run since `exit` says how long it took.
  private mutating func settle(exit: UInt64?, partition: UInt8) {
    if var interrupt = pendingInterrupt {
      if let exit, !hasPadded { interrupt.kernelTime = exit &- interrupt.instant }
      interrupts[Int(interrupt.line & 15)].append(interrupt)
    }
    pendingInterrupt = nil
    if let (index, instant) = pendingReturn, let exit, !hasPadded, Int(partition) == index {
      flows[index].returnTime = exit &- instant
    }
    pendingReturn = nil
    if let (index, instant) = pendingStart, let exit, Int(partition) == index, !hasPadded {
      flows[index].startTime = exit &- instant
    }
    pendingStart = nil
    if let (instant, outcome) = pendingTimer, let exit, partition != 0xFF, !hasPadded {
      timerTimes[outcome] = exit &- instant
    }
    pendingTimer = nil
    guard let (index, settled, depth) = pendingDeed else { return }
    var deed = settled
    pendingDeed = nil
    if let exit, !hasPadded, Int(partition) == index { deed.kernelTime = exit &- deed.instant }
    if depth == 0 {
      flows[index].deeds.append(deed)
      flows[index].deedCount += 1
    } else if flows[index].open.count >= depth {
      flows[index].open[depth - 1].deeds.append(deed)
    }
  }
}

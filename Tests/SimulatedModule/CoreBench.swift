import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// A core on the test bench: told inputs one by one, its decisions and its timer at hand.
public final class CoreBench<Marking: MarkingRule> {
  /// Kept because the core reads its table all the time, and the table's memory goes with it.
  public let module: SimulatedModule
  /// Open to tests that bring about a state which no input leads to, or ask for more than its decisions.
  public var core: PartitionCore<Marking>
  /// What the core decided about the last input alone.
  public private(set) var log = EventLog()
  /// The instant of the next input that does not name one.
  public var now: UInt64 = 0
  /// What the one-shot timer is set to, or all ones.
  public private(set) var armed: UInt64 = .max
  /// The lines' masks as last decided.
  public private(set) var mask: UInt16 = 0xFFFF
  /// What the running partition's shared page and stack look like at its entries.
  public var flags = EntrySnapshot.Flags()
  /// The running partition's own count: a test raises it for each upcall that has returned.
  public var upcallsReturned: UInt16 = 0
  private let memory: UnsafeMutableRawBufferPointer

  /// A core that has not been started, over memory of its own for its state.
  public init(_ module: SimulatedModule) {
    self.module = module
    memory = .allocate(byteCount: PartitionCore<Marking>.stateByteCount(for: module.table), alignment: 16)
    core = PartitionCore(module.table, memory: StateMemory(memory))
  }

  /// The same over a table made from `description`; throws where that is none that a table may have.
  public convenience init(_ description: ModuleDescription) throws {
    try self.init(SimulatedModule(description))
  }

  deinit { memory.deallocate() }

  /// Tells the core one input, and answers what it has decided.
  @discardableResult public func take(_ input: CoreInput, at instant: UInt64) -> [TraceEvent] {
    now = instant
    log.events.removeAll(keepingCapacity: true)
    log.now = instant
    let time = SystemTime(nanoseconds: instant)
    switch input {
    case .start(let stop): core.start(at: time, stop: SystemTime(nanoseconds: stop), into: &log)
    case .interrupt(let line, let snapshot): core.interrupt(line, snapshot, at: time, into: &log)
    case .timer(let snapshot):
      armed = .max
      core.timer(snapshot, at: time, into: &log)
    case .hypercall(let call, let snapshot): core.hypercall(call, snapshot, at: time, into: &log)
    case .exception(let vector, let address, let snapshot, let errorCode, let returned):
      core.exception(
        vector: vector, errorCode: errorCode, address: address, exceptionsReturned: returned, snapshot, at: time,
        into: &log)
    case .nonMaskable: core.nonMaskable(at: time, into: &log)
    case .memoryPiece: core.memoryPiece(at: time, into: &log)
    case .stimulus: core.stimulus(at: time, into: &log)
    }
    if let instant = core.decision.timer { armed = instant.nanoseconds }
    if let lines = core.decision.lineMask { mask = lines }
    return log.events
  }

  /// What the kernel would find at an entry now: of the running partition, or of the idle loop.
  public var snapshot: EntrySnapshot {
    let isWaiting = core.decision.notBefore.nanoseconds > now
    guard !core.current.isNone, !isWaiting else { return EntrySnapshot() }
    return EntrySnapshot(
      partition: core.current.rawValue, flags: flags, addressSpace: core.current.rawValue,
      upcallsReturned: upcallsReturned)
  }

  /// All words of state.
  public var stateWords: [UInt64] {
    var words: [UInt64] = []
    core.forEachStateWord { words.append($0) }
    return words
  }

  /// The module is over: no window begins any more, and no upcall is delivered.
  public var hasStopped: Bool { core.hasStopped }

  // MARK: Shorthands

  /// Starts the module at `instant`, all partitions in NORMAL, and goes to the first instruction of its first window.
  @discardableResult public func start(at instant: UInt64 = 0, stop: UInt64 = .max) -> [TraceEvent] {
    for index in 0..<core.partitionCount { core.partitions[index].mode = .normal }
    let events = take(.start(stop: stop), at: instant)
    settle()
    return events
  }

  /// Starts the module as a kernel does: all partitions in COLD_START, and nobody runs yet.
  @discardableResult public func startCold(at instant: UInt64 = 0) -> [TraceEvent] {
    take(.start(stop: .max), at: instant)
  }

  /// Makes the next piece of memory of the partition whose turn it is, at its window's start or 10 ns from now.
  @discardableResult public func makePiece() -> [TraceEvent] {
    let partition = core.decision.initialising
    let number = core.partitions[Int(partition.rawValue)].life.nextPiece
    now = max(now, core.decision.notBefore.nanoseconds) + 10
    return take(.memoryPiece(partition, number: number), at: now)
  }

  /// Makes all memory of the partition whose turn it is.
  @discardableResult public func makeMemory() -> [TraceEvent] {
    var events: [TraceEvent] = []
    while !core.decision.initialising.isNone { events += makePiece() }
    return events
  }

  /// Makes calls as in the running partition's initialisation, where alone ports can be created.
  public func initialising<Result>(_ calls: () -> Result) -> Result {
    let index = Int(core.current.rawValue)
    let mode = core.partitions[index].mode
    core.partitions[index].mode = .coldStart
    defer { core.partitions[index].mode = mode }
    return calls()
  }

  /// Lets the timer fire, at its instant, until `partition` has the CPU; gives up where that never comes.
  public func run(to partition: UInt8) {
    for _ in 0..<1000 {
      fireTimer()
      if core.decision.initialising.rawValue == partition { makeMemory() }
      if core.current.rawValue == partition { break }
    }
    settle()
  }

  /// Lets the timer fire at its instant; an instant gone by means at once.
  @discardableResult public func fireTimer() -> [TraceEvent] {
    now = max(now, armed)
    return take(.timer(snapshot), at: now)
  }

  /// Waits for the window's instant, where one is pending.
  public func settle() { now = max(now, core.decision.notBefore.nanoseconds) }

  /// A line from 0 to 15 interrupts, 10 ns from now; `extra` is what the controllers would add to the snapshot.
  @discardableResult public func fire(_ line: UInt8, extra: EntrySnapshot.Flags = .init()) -> [TraceEvent] {
    now += 10
    var entry = snapshot
    entry.flags.insert(extra)
    return take(.interrupt(InterruptLine(line), entry), at: now)
  }

  /// The running partition raises a CPU exception.
  @discardableResult public func fault(
    _ vector: UInt8, errorCode: UInt64 = 0, address: UInt64 = 0, returned: UInt32 = 0
  ) -> [TraceEvent] {
    now += 10
    return take(
      .exception(vector: vector, address: address, snapshot, errorCode: errorCode, returned: returned), at: now)
  }

  /// Makes a hypercall of the running partition and answers status and value.
  @discardableResult public func call(
    _ number: HypercallNumber, _ arguments: UInt64..., operand: UInt64 = 0
  ) -> HypercallAnswer {
    now += 10
    let all = arguments + Array(repeating: 0, count: 6)
    let call = Hypercall(
      number: UInt64(number.rawValue), arguments: (all[0], all[1], all[2], all[3], all[4], all[5]), operand: operand)
    take(.hypercall(call, snapshot), at: now)
    return core.decision.answer ?? HypercallAnswer(caller: .none, status: .notAvailable, value: 0)
  }
}

extension Array where Element == TraceEvent {
  /// The events of one kind.
  public func of(_ kind: EventKind) -> [TraceEvent] { filter { $0.kind == kind.rawValue } }
}

import APEXTypes
import DrainPump
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// A seeded world around `PartitionCore`: devices that fire, partitions that do their work, and a kernel that acts
/// faithfully and records what a kernel records.
///
/// What it records is a valid trace: every input can come in the state that the core is in, every act that the core
/// decides is done, and partitions keep their module's deadlines. The trace goes through the module's ring and the
/// drainer's own pump and encoder. Same table, same options, same bytes.
public final class SimulatedWorld {
  let table: ModuleTable
  let options: SimulationOptions
  let ring: SimulatedRing
  private let memory: UnsafeMutableRawBufferPointer
  /// Larger blocks than a module's drainer has memory for: smaller files, and a third less work to decode.
  private static let eventsPerBlock = 1 << 14
  /// Of which half holds such a block.
  private static let ringBytes: UInt64 = 4 << 20
  private let pumpMemory: UnsafeMutableRawBufferPointer
  private var pump: DrainPump<SimulatedRing>
  var core: PartitionCore<OwnersMarked>
  var recorder: StampingRecorder
  var generator: SeededGenerator
  var guests: [SimulatedGuest]
  var devices: any InterruptSource
  /// Who says what partitions do, where it is not the seed.
  var behaviour: (any PartitionBehaviour)?
  /// When the kernel is done with what it is at, where that is known, ns.
  var plannedExit: UInt64?
  /// What the piece of memory takes that is being made for a partition, ns; nil where none is.
  var pieceTimes: [UInt64?]
  /// The last entry into the kernel, ns.
  private(set) var latestEntry: UInt64 = 0
  /// When the last such piece was made, ns.
  var latestPiece: UInt64 = .max
  /// The timer's entry that the kernel is at, what has come of it so far, and whose upcall has begun.
  var timerEntry: (instant: UInt64, outcome: TimerOutcome, upcalled: PartitionIndex?)?
  /// When the one-shot timer fires, ns.
  var timer: UInt64 = .max
  /// It has fired while the kernel was at something else and armed it anew: the interrupt still comes.
  var isTimerStale = false
  /// The kernel sets it at the end of what it is at, as far as is known.
  var setsTimerLate = false
  /// The window start whose pad has been recorded, ns.
  private var padded: UInt64 = 0
  /// Digests of the messages at each place of each channel.
  var digests: [[UInt64]]
  private var publishedTail: UInt64 = 0
  /// The module's own, which may be smaller than the simulation's.
  private(set) var moduleRing: ModuleRing
  let finalPad: UInt64
  /// L, ns.
  let allowance: UInt64

  /// - Parameters:
  ///   - table: its bytes must outlive the world.
  ///   - sink: gets the bytes of the trace, one piece after the other.
  public convenience init(
    _ table: ModuleTable, _ options: SimulationOptions, sink: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.init(table, options, devices: nil, behaviour: nil, sink: sink)
  }

  /// - Parameters:
  ///   - devices: in place of irregular ones.
  ///   - behaviour: in place of seeded partitions.
  init(
    _ table: ModuleTable, _ options: SimulationOptions, devices given: (any InterruptSource)?,
    behaviour: (any PartitionBehaviour)?, sink: @escaping (UnsafeRawBufferPointer) -> Void
  ) {
    self.table = table
    self.options = options
    let ringBytes = max(table.module.ringBytes, Self.ringBytes)
    ring = SimulatedRing(ringBytes: ringBytes, sink: sink)
    moduleRing = ModuleRing(byteCount: table.module.ringBytes, eventsPerBlock: table.module.eventsPerBlock)
    // Unsafe: both pieces are freed in deinit, after the last use of core and pump.
    memory = .allocate(byteCount: PartitionCore<OwnersMarked>.stateByteCount(for: table), alignment: 16)
    core = PartitionCore(table, memory: StateMemory(memory))
    pumpMemory = .allocate(
      byteCount: DrainPump<SimulatedRing>.memoryBytes(eventsPerBlock: Self.eventsPerBlock), alignment: 16)
    pump = DrainPump(port: ring, ringBytes: ringBytes, eventsPerBlock: Self.eventsPerBlock, memory: pumpMemory)
    generator = SeededGenerator(seed: options.seed)
    self.behaviour = behaviour
    recorder = StampingRecorder(
      ring: ring, generator: SeededGenerator(seed: generator.next()), isIrregular: behaviour == nil,
      behaviour: behaviour)
    let seed = generator.next()
    devices = given ?? SimulatedDevices(table, seed: seed)
    guests = (0..<table.partitionCount).map { SimulatedGuest(plan: GuestPlan(table, PartitionIndex(UInt8($0)))) }
    digests = Array(
      repeating: Array(repeating: 0, count: ModuleLimits.maximumMessageSlots), count: table.count(ChannelRecord.self))
    pieceTimes = Array(repeating: nil, count: table.partitionCount)
    finalPad = table.module.finalPad.count
    allowance = table.module.switchAllowance.count
  }

  deinit {
    memory.deallocate()
    pumpMemory.deallocate()
  }

  /// Events recorded so far.
  public var eventCount: UInt64 { ring.eventCount }
  /// Events written to the trace so far: without those that the module leaves out.
  public var writtenEventCount: UInt64 { pump.eventCount }

  /// Writes the module table, boots and starts the module.
  ///
  /// - Parameters:
  ///   - start: the instant of the start on the module's clock, ns.
  ///   - stop: when the module shall end by itself, ns; all ones for never.
  public func begin(at start: UInt64 = 1000, stop: UInt64 = .max) {
    pump.writeModuleTable(table.bytes)
    recorder.add(.boot, 0xFF, 0, 1, table.checksum, options.buildIdentity, 1 << 32, stop)
    ring.nanoseconds = start
    record(.start, at: ring.nanoseconds, wordCount: 2, .init(stop))
    core.start(at: SystemTime(nanoseconds: ring.nanoseconds), stop: SystemTime(nanoseconds: stop), into: &recorder)
    act()
  }

  /// Lets one more thing happen.
  public func step() {
    let now = SystemTime(nanoseconds: ring.nanoseconds)
    if let stimulus = core.dueStimulus(at: now) {
      play(stimulus)
    } else if let line = core.duePulse {
      takePulse(of: line)
    } else if !core.decision.initialising.isNone, makePiece() {
      // Nobody runs until all are made.
    } else {
      resume()
    }
    moduleRing.note(ring.head, at: ring.nanoseconds)
    if ring.isNearlyFull { drain() }
  }

  /// Stops the module where it runs, as Ctrl-C on the host does, and writes the rest of its trace.
  public func end() {
    while let stimulus = core.dueStimulus(at: SystemTime(nanoseconds: ring.nanoseconds)) { play(stimulus) }
    while let line = core.duePulse { takePulse(of: line) }
    if !core.hasStopped {
      ring.nanoseconds += 100
      record(.nonMaskable, at: ring.nanoseconds, operand: 1, wordCount: 2, .init())
      core.nonMaskable(at: SystemTime(nanoseconds: ring.nanoseconds), into: &recorder)
      act()
    }
    recorder.add(.end, 0xFF, 0, 0, ring.eventCount, 0)
    ring.end()
    drain()
  }

  /// The drainer writes what is due.
  func drain() { while pump.step() {} }

  /// The event of an input, at its own instant.
  func record(
    _ kind: EventKind, at time: UInt64, partition: UInt8 = 0xFF, detail: UInt8 = 0, operand: UInt32 = 0,
    wordCount: Int, _ words: TraceEvent.Words
  ) {
    ring.store(
      kind, at: time, partition: partition, detail: detail, operand: operand, wordCount: wordCount, words)
  }

  /// Whether the kernel would answer a call without looking at anything else.
  func servesAtOnce(at instant: UInt64) -> Bool {
    instant < core.quietUntilNanoseconds || core.decision.notBefore.nanoseconds != 0 && !core.decision.hasPendingMarks
  }

  // MARK: Who gets the CPU

  /// The successor gets the CPU and keeps it until something happens.
  private func resume() {
    let planned = plannedExit
    let exit = max(ring.nanoseconds + 20, planned ?? ring.nanoseconds + generator.number(20...70))
    plannedExit = nil
    guard case .partition(let partition) = core.decision.successor else {
      return interrupt(at: nextInterrupt(after: exit, delay: timerDelay(isWaiting: true)), exit, .none)
    }
    let start = core.decision.notBefore.nanoseconds
    guard start != 0 else { return run(partition, from: exit) }
    if padded != start {
      padded = start
      recorder.add(.padded, partition.rawValue, 0, 0, start, start > ring.nanoseconds ? start - ring.nanoseconds : 0)
    }
    let opening = max(ring.nanoseconds + 30, planned ?? 0)
    let next = nextInterrupt(after: opening, delay: timerDelay(isWaiting: true))
    if next + finalPad < start { return interrupt(at: next, opening, .none) }
    run(partition, from: max(start, ring.nanoseconds + 30))
  }

  /// The partition runs until an interrupt or its own next deed.
  private func run(_ partition: PartitionIndex, from exit: UInt64) {
    if partition == core.drainer {
      drain()
      moduleRing.drain(ring.head, eventCount: ring.eventCount, at: ring.nanoseconds)
    }
    let delay = timerDelay(isWaiting: false)
    let next = nextInterrupt(after: exit, delay: delay)
    let deed = behaviour?.nextDeed(of: partition, from: exit, in: self) ?? nextDeed(of: partition, from: exit)
    // What waits when the partition gets the CPU comes before its first instruction.
    if next <= deed || delay > 0 && next <= exit + delay { return interrupt(at: next, exit, partition) }
    carryOut(partition, exit, at: deed)
  }

  /// The partition's next deed is due.
  func carryOut(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    guard let behaviour else { return perform(partition, exit, at: instant) }
    behaviour.perform(partition, exit, at: instant, in: self)
  }

  /// Goes from ring 3, or the idle loop, to the kernel, and tells what the partition shows.
  func enter(at instant: UInt64, _ exit: UInt64, _ who: PartitionIndex, for fault: GuestFault? = nil) -> EntrySnapshot {
    timerEntry = nil
    latestEntry = instant
    var snapshot = EntrySnapshot(
      partition: who.rawValue, addressSpace: who.rawValue, resumeDelay: exit - ring.nanoseconds)
    guard !who.isNone else { return snapshot }
    let index = Int(who.rawValue)
    behaviour?.noteComputation(of: who, from: exit, to: instant, in: self)
    if instant > exit + 10 { guests[index].run() }
    snapshot.counterWord = guests[index].counterWord
    if guests[index].isOn { snapshot.flags.insert(.interruptsEnabled) }
    if fault != nil || guests[index].isOn && guests[index].hasUpcallEntry {
      if fault?.frameFits ?? true { snapshot.flags.insert(.frameFits) }
      if fault?.isInReturnTail ?? false { snapshot.flags.insert(.inReturnTail) }
      if core.isHandlerOver(who, exceptionsReturned: guests[index].exceptionsReturned) {
        snapshot.flags.insert(.isHandlerOver)
      }
    }
    return snapshot
  }

  func record(_ kind: EventKind, _ snapshot: EntrySnapshot, _ what: UInt16, at instant: UInt64) {
    record(
      kind, at: instant, partition: snapshot.partition, detail: snapshot.flags.rawValue,
      operand: snapshot.operand(what), wordCount: 2, .init(snapshot.counterWord, snapshot.resumeDelay))
  }

  /// The drainer's tail, whenever it has moved.
  func observeDrainer() {
    guard !core.drainer.isNone, core.current == core.drainer, ring.tail > publishedTail else { return }
    publishedTail = ring.tail
    recorder.add(.drained, core.drainer.rawValue, 0, 0, ring.tail, ring.drainedBytes)
  }
}

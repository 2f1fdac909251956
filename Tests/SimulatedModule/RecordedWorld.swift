import APEXTypes
import ModuleConfiguration
import PartitionCore
import Simulation
import TraceFormat

/// A seeded world around the true core, recorded as a faithful kernel would record it.
///
/// Partitions ask for whatever they please and show the kernel whatever they please in their shared page; devices fire;
/// partitions fault. Every input is one that can come in the state that the core is in.
public final class RecordedWorld<Marking: MarkingRule> {
  /// The core, and what the kernel would find at its entries.
  public let bench: CoreBench<Marking>
  /// The trace so far: inputs, decisions and observations in the kernel's order.
  public private(set) var events: [TraceEvent] = []
  /// Called with every input before the core is told it.
  public var onInput: (CoreInput, UInt64) -> Void = { _, _ in }
  /// Lines fire now and then when the timer is due, and are taken before it.
  public var firesBeforeTimers = false
  /// Called after the core has decided, with what it has decided.
  public var onDecisions: ([TraceEvent]) -> Void = { _ in }
  var generator: SeededGenerator
  private var returned: [UInt16]
  private var exceptionsReturned: [UInt32]
  private var isInHandler: [Bool]
  /// What partitions mean to do before they do as they please; the last first.
  private var toDo: [[Hypercall]] = []
  /// Of the message at each place of each channel.
  private var digests: [[UInt64]]
  private var recentVector: UInt64 = 32
  private var drained: UInt64 = 0
  private var paddedNanoseconds: UInt64 = 0
  private var clock: UInt64 = 0

  /// A world before its boot; half of the partitions mean to create their ports first.
  public init(_ module: SimulatedModule, seed: UInt64) {
    bench = CoreBench(module)
    generator = SeededGenerator(seed: seed)
    returned = Array(repeating: 0, count: module.table.partitionCount)
    exceptionsReturned = Array(repeating: 0, count: module.table.partitionCount)
    isInHandler = Array(repeating: false, count: module.table.partitionCount)
    for _ in 0..<module.table.partitionCount {
      let ports = generator.oneIn(2) ? GuestCalls.createPorts() : []
      toDo.append((ports + (generator.oneIn(4) ? GuestCalls.setUp() : [])).reversed())
    }
    digests = Array(
      repeating: Array(repeating: 0, count: ModuleLimits.maximumMessageSlots),
      count: module.table.count(ChannelRecord.self))
  }

  /// Runs the module until `stop`, or until so many inputs have come, and answers its trace.
  @discardableResult public func run(until stop: UInt64, inputs limit: Int = .max) -> [TraceEvent] {
    begin(until: stop)
    for _ in 0..<limit {
      guard step() else { break }
    }
    return events
  }

  /// Records the boot and starts the core, to end at `stop` ns; `run` does so by itself.
  public func begin(until stop: UInt64) {
    add(.boot, operand: 1, words: .init(bench.module.table.checksum, 7, 1 << 32, stop))
    clock += 100
    tell(.start(stop: stop))
  }

  /// Lets one more thing happen; false when the module is over.
  public func step() -> Bool {
    if let due = bench.core.dueStimulus(at: SystemTime(nanoseconds: clock)) {
      tell(.stimulus(action: UInt8(due.action.rawValue), data: UInt32(truncatingIfNeeded: due.data)))
    } else if let line = bench.core.duePulse {
      clock += 5
      tell(.interrupt(line, EntrySnapshot(flags: .isPulse)))
    } else if bench.hasStopped {
      add(.end, words: .init(UInt64(events.count)))
      return false
    } else {
      resume()
    }
    return true
  }

  // MARK: Recording

  private func add(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, _ detail: UInt8 = 0, operand: UInt32 = 0, words: TraceEvent.Words
  ) {
    clock += 1
    events.append(TraceEvent(time: clock, kind, partition: partition, detail: detail, operand: operand, words: words))
  }

  private func tell(_ input: CoreInput) {
    onInput(input, clock)
    events.append(input.event(at: clock))
    let decisions = bench.take(input, at: clock)
    events += decisions
    clock = decisions.last?.time ?? clock
    onDecisions(decisions)
    act()
  }

  /// What a kernel does and sees, in the kernel's order.
  private func act() {
    let decision = bench.core.decision
    if let answer = decision.answer { give(answer.caller.rawValue, decision.effect) }
    if let line = decision.acknowledge { add(.acknowledged, operand: UInt32(line.vector), words: .init(0)) }
    if let mask = decision.lineMask { add(.maskRead, operand: UInt32(mask), words: .init()) }
    if let upcall = decision.upcall {
      recentVector = UInt64(upcall.vector)
      add(
        .upcallWritten, upcall.partition.rawValue, operand: UInt32(upcall.vector),
        words: .init(0x2FEF_0000, upcall.entry, 0))
    }
    if let exception = decision.exception {
      isInHandler[Int(exception.partition.rawValue)] = true
      add(
        .exceptionWritten, exception.partition.rawValue, operand: UInt32(exception.vector),
        words: .init(0x2FEF_0000, exception.entry, 0))
    }
    if !bench.core.drainer.isNone, bench.core.current == bench.core.drainer, generator.oneIn(4) {
      drained += generator.number(1...500)
      add(.drained, bench.core.drainer.rawValue, words: .init(drained, drained * 3))
    }
    if decision.works.contains(.partitions) { showContexts(decision.restartedPartitions) }
    if let callback = decision.callback {
      add(.contextReset, callback.partition.rawValue, words: .init(callback.entry, PartitionLayout.stackTop - 8))
    }
    if decision.isKeyframeDue { keyframe() }
  }

  private func showContexts(_ restarted: UInt32) {
    for index in 0..<UInt8(bench.core.partitionCount) where restarted & 1 << UInt32(index) != 0 {
      returned[Int(index)] = 0
      let entry = bench.module.table.partition(PartitionIndex(index)).entryPoint
      add(.contextReset, index, words: .init(entry, PartitionLayout.stackTop))
    }
  }

  private func give(_ caller: UInt8, _ effect: HypercallEffect) {
    switch effect {
    case .console(_, let count): add(.consoleWritten, caller, operand: UInt32(count), words: .init(generator.next()))
    case .writeMessage(let port, let channel, _, let count):
      digests[channel][0] = generator.next()
      copied(caller, .write, port, digests[channel][0], count)
    case .readMessage(let port, let channel, _, let count): copied(caller, .read, port, digests[channel][0], count)
    case .sendMessage(let port, let channel, let slot, _, let count):
      digests[channel][slot] = generator.next()
      copied(caller, .send, port, digests[channel][slot], count)
    case .receiveMessage(let port, let channel, let slot, _, let count):
      copied(caller, .receive, port, digests[channel][slot], count)
    case .noteWords(_, let count):
      for first in stride(from: 0, to: Int(count), by: 8) {
        let pieceCount = min(8, Int(count) - first)
        var words = TraceEvent.Words()
        for index in 0..<pieceCount { words[index] = generator.next() }
        add(.noteWords, caller, UInt8(pieceCount), operand: UInt32(first), words: words)
      }
    case .none, .segmentBase, .restoreUpcallFrame: break
    }
  }

  private func copied(_ caller: UInt8, _ operation: PortOperation, _ port: Int, _ digest: UInt64, _ count: UInt64) {
    add(.messageCopied, caller, operation.rawValue, operand: UInt32(port), words: .init(digest, count))
  }

  private func keyframe() {
    events += Self.keyframe(bench.stateWords, at: clock)
  }

  /// The events of a keyframe with these words.
  public static func keyframe(_ words: [UInt64], at time: UInt64) -> [TraceEvent] {
    var result: [TraceEvent] = []
    for first in stride(from: 0, to: words.count, by: 8) {
      var values = TraceEvent.Words()
      for index in 0..<min(8, words.count - first) { values[index] = words[first + index] }
      result.append(TraceEvent(time: time, .keyframeWords, operand: UInt32(first), words: values))
    }
    let hash = words.withUnsafeBytes { XXH64.hash($0) }
    result.append(TraceEvent(time: time, .keyframe, operand: UInt32(words.count), words: .init(hash)))
    return result
  }

  // MARK: What happens next

  private static var end: UInt64 { 1 << 62 }

  /// The successor gets the CPU and keeps it until something happens.
  private func resume() {
    let start = bench.core.decision.notBefore.nanoseconds
    if makePiece(from: start) { return }
    if case .partition(let partition) = bench.core.decision.successor, start != 0, paddedNanoseconds != start {
      paddedNanoseconds = start
      add(.padded, partition.rawValue, words: .init(start, start > clock ? start - clock : 0))
    }
    // A hostile table may name instants beyond all time: there the host ends the module.
    guard max(clock, start) < Self.end else { return tell(.nonMaskable) }
    let soonest = clock + 30
    var instant = max(soonest, start) + generator.number(0...80_000)
    if start > soonest, generator.oneIn(4) { instant = generator.number(soonest...start - 1) }
    if instant >= bench.armed {
      clock = max(bench.armed, soonest)
      let entry = snapshot()
      if firesBeforeTimers, entry.partition != 0xFF, generator.oneIn(3) { return fire(entry) }
      return tell(.timer(entry))
    }
    clock = instant
    let entry = snapshot()
    if entry.partition == 0xFF || generator.oneIn(4) { return fire(entry) }
    if generator.oneIn(160) { return tell(fault(entry)) }
    if generator.oneIn(20_000) { return tell(.nonMaskable) }
    if let call = toDo[Int(entry.partition)].popLast() { return tell(.hypercall(call, entry)) }
    tell(.hypercall(GuestCalls.random(&generator, recent: recentVector), entry))
  }

  /// An exception; mostly an earlier one's handler has come back before.
  private func fault(_ entry: EntrySnapshot) -> CoreInput {
    let index = Int(entry.partition)
    if isInHandler[index], !generator.oneIn(4) {
      isInHandler[index] = false
      exceptionsReturned[index] &+= 1
    }
    let vectors: [UInt8] = [0, 3, 6, 12, 13, 14, 17, 18]
    let bottom = PartitionLayout.stackTop - ModuleDescription.stackBytes
    let codes: [UInt64] = [0, 26, 34, 5]
    return .exception(
      vector: vectors.randomElement(using: &generator)!, address: bottom - generator.number(0...6000), entry,
      errorCode: codes.randomElement(using: &generator)!, returned: exceptionsReturned[index])
  }

  /// Makes a piece of memory where one is to be made, unless something interrupts before.
  private func makePiece(from start: UInt64) -> Bool {
    let partition = bench.core.decision.initialising
    guard !partition.isNone, max(clock, start) < Self.end, !generator.oneIn(3) else { return false }
    let instant = max(clock + 30, start + 1) + generator.number(0...8000)
    guard instant < bench.armed, instant < Self.end else { return false }
    clock = instant
    tell(.memoryPiece(partition, number: bench.core.partitions[Int(partition.rawValue)].life.nextPiece))
    return true
  }

  private func fire(_ snapshot: EntrySnapshot) {
    var snapshot = snapshot
    let open = (UInt8(0)..<16).filter { bench.mask & 1 << UInt16($0) == 0 && $0 != 2 }
    guard let line = open.randomElement(using: &generator), !generator.oneIn(12) else {
      // Nothing is open, or a request is withdrawn: spurious interrupts come always.
      return tell(.interrupt(InterruptLine(generator.oneIn(2) ? 7 : 15), snapshot))
    }
    if line == 7 || line == 15 { snapshot.flags.insert(.lineInService) }
    tell(.interrupt(InterruptLine(line), snapshot))
  }

  /// What the kernel finds at an entry at `clock`.
  private func snapshot() -> EntrySnapshot {
    let decision = bench.core.decision
    guard case .partition(let partition) = decision.successor, clock >= decision.notBefore.nanoseconds else {
      return EntrySnapshot()
    }
    let index = Int(partition.rawValue)
    if generator.oneIn(5) { returned[index] &+= UInt16(generator.number(0...3)) }
    var flags = EntrySnapshot.Flags()
    if !generator.oneIn(3) { flags.insert(.interruptsEnabled) }
    if generator.oneIn(5) { flags.insert(.inReturnTail) }
    if !generator.oneIn(60) { flags.insert(.frameFits) }
    return EntrySnapshot(
      partition: partition.rawValue, flags: flags, addressSpace: partition.rawValue,
      flips: UInt32(truncatingIfNeeded: generator.next()), upcallsReturned: returned[index], resumeDelay: 30)
  }
}

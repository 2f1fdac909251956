import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// Runs `PartitionCore` over the recorded inputs of a trace and compares everything that came of them.
///
/// The core is the very source that the kernel is compiled from. What can differ is what the kernel *did*: acting,
/// assembly, toolchain, memory. A keyframe is compared with the core's state and never adopted, except after a loss,
/// when there is no other way on. The first difference ends the comparison: after it the states are no longer the same
/// run's.
public final class Replayer<Marking: MarkingRule> {
  public internal(set) var report = ReplayReport()
  private let table: ModuleTable
  private let memory: UnsafeMutableRawBufferPointer
  var core: PartitionCore<Marking>
  var expected = ExpectedDecisions()
  var observations: ObservationLedger
  var decision = Decision()
  var keyframe: [UInt64] = []
  var hasStarted = false
  var isBlind = false
  var hasEnded = false
  /// The masks that the controllers were seen to hold last; nil while unknown.
  var masks: UInt16?
  /// The line that the test device has just pulsed, for the pulse that comes next; −1 for none, nil while unknown.
  var pulsedLine: Int? = -1
  var recent = RecentEvents()

  /// - Parameter table: the trace's own; its bytes must outlive the replayer.
  public init(table: ModuleTable) {
    self.table = table
    // Unsafe: freed in deinit, after the core's last use.
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: PartitionCore<Marking>.stateByteCount(for: table), alignment: 16)
    core = PartitionCore<Marking>(table, memory: StateMemory(memory))
    observations = ObservationLedger(
      entryPoints: (0..<table.partitionCount).map { table.partition(PartitionIndex(UInt8($0))).entryPoint })
  }

  deinit { memory.deallocate() }

  /// Whether there is anything left to compare.
  public var hasDiverged: Bool { report.divergence != nil }

  /// Takes the next event of the trace.
  public func consume(_ event: TraceEvent, position: UInt64) {
    guard !hasDiverged else { return }
    report.eventCount += 1
    if isBlind {
      consumeBlind(event)
    } else {
      compare(event, position)
    }
    recent.append(event, position)
  }

  /// Events are missing here: nothing is known until the next keyframe.
  public func noteGap(_ reason: String) {
    guard !hasDiverged else { return }
    goBlind(reason)
  }

  /// The trace is over.
  ///
  /// - Parameter doubt: why the trace is not whole, if it is not.
  public func finish(doubt: String?) -> ReplayReport {
    if report.divergence != nil {
      report.verdict = .diverged
      return report
    }
    if let doubt { report.doubts.append(doubt) }
    if !hasEnded { report.doubts.append("the trace has no end event") }
    if isBlind { report.doubts.append("after the last loss no keyframe followed") }
    report.verdict = report.doubts.isEmpty ? .identical : .inconclusive
    return report
  }

  private func goBlind(_ reason: String) {
    report.doubts.append(reason)
    isBlind = true
    masks = nil
    pulsedLine = nil
    keyframe.removeAll(keepingCapacity: true)
    expected.begin()
    observations.forgive()
  }

  private func consumeBlind(_ event: TraceEvent) {
    report.uncomparedCount += 1
    switch event.knownKind {
    case .keyframeWords: collect(event)
    case .end: hasEnded = true
    case .keyframe:
      defer { keyframe.removeAll(keepingCapacity: true) }
      guard isWhole(event) else { return }
      var words = keyframe.makeIterator()
      guard core.restore({ words.next() }) else { return }
      report.adoptedKeyframeCount += 1
      hasStarted = true
      isBlind = false
      decision = core.decision
      observations.adopt(decision)
    default: break
    }
  }

  private func compare(_ event: TraceEvent, _ position: UInt64) {
    guard let kind = event.knownKind else { return }
    switch kind.eventClass {
    case .input:
      report.inputCount += 1
      takeInput(kind, event, position)
    case .decision:
      report.decisionCount += 1
      guard !expected.take(event) else { return }
      diverge(.decision, event, position, expected.first, "the kernel decided otherwise than the core")
    case .observation:
      report.observationCount += 1
      if let missing = expected.first, !isAcknowledgement(event, before: missing) {
        return diverge(.missingDecision, event, position, missing, "a decision is missing before this event")
      }
      if kind == .maskRead { masks = UInt16(truncatingIfNeeded: event.operand) }
      if let reason = observations.settle(event) { diverge(.observation, event, position, nil, reason) }
    case .state: compareState(kind, event, position)
    case .control: takeControl(kind, event, position)
    }
  }

  /// An interrupt out of ring 3 is acknowledged as soon as it is marked, before what follows from the marks is decided.
  private func isAcknowledgement(_ event: TraceEvent, before decision: TraceEvent) -> Bool {
    guard event.knownKind == .acknowledged else { return false }
    return decision.knownKind != .mark && decision.knownKind != .kernelHandler && decision.knownKind != .unclaimed
  }

  private func takeControl(_ kind: EventKind, _ event: TraceEvent, _ position: UInt64) {
    switch kind {
    case .boot where event.words.w0 != table.checksum:
      diverge(.input, event, position, nil, "the kernel booted another module table than the trace carries")
    case .loss: goBlind("\(event.words.w0) events were lost before event \(position)")
    case .end:
      hasEnded = true
      if let missing = expected.first {
        diverge(.missingDecision, event, position, missing, "a decision is missing before the end")
      } else if let reason = observations.unpaid(isFromPartition: false) {
        diverge(.missingObservation, event, position, nil, reason)
      } else if !core.hasStopped {
        diverge(.input, event, position, nil, "the trace ends before the core stopped")
      }
    default: break
    }
  }

  // MARK: Inputs

  private func takeInput(_ kind: EventKind, _ event: TraceEvent, _ position: UInt64) {
    if let missing = expected.first {
      return diverge(.missingDecision, event, position, missing, "a decision is missing before this input")
    }
    let isFromPartition = event.partition != 0xFF && kind != .memoryPiece
    if let reason = observations.unpaid(isFromPartition: isFromPartition) {
      return diverge(.missingObservation, event, position, nil, reason)
    }
    if let reason = impossible(kind, event) { return diverge(.input, event, position, nil, reason) }
    expected.begin()
    pulsedLine =
      kind == .stimulus && UInt64(event.detail) == StimulusRecord.Action.linePulse.rawValue ? Int(event.operand) : -1
    run(kind, event)
    decision = core.decision
    observations.owe(decision)
  }

  /// Why the input cannot have come now; nil if it can. The core's own preconditions are among these.
  private func impossible(_ kind: EventKind, _ event: TraceEvent) -> String? {
    if kind == .start { return hasStarted ? "the module starts a second time" : nil }
    guard hasStarted else { return "an input before the module's start" }
    // A stimulus whose instant is also the stop's is still carried out: its pulse comes after.
    if core.hasStopped, kind != .interrupt || event.detail & EntrySnapshot.Flags.isPulse.rawValue == 0 {
      return "an input after the module's stop"
    }
    guard kind != .nonMaskable, kind != .stimulus else {
      if kind == .stimulus { return impossibleStimulus(event) }
      return nil
    }
    if kind == .memoryPiece { return impossiblePiece(event) }
    let snapshot = EntrySnapshot(event)
    let isPulse = snapshot.flags.contains(.isPulse)
    if kind == .interrupt {
      guard let line = InterruptLine(vector: UInt64(event.operand & 0xFFFF)) else { return "no line has this vector" }
      if isPulse { return impossiblePulse(event, line) }
      if isMasked(line, snapshot) { return "line \(line.rawValue) interrupted while it was masked" }
    }
    let isWaiting = decision.successor == .idleLoop || event.time < decision.notBefore.nanoseconds
    if event.partition == 0xFF {
      guard isWaiting else { return "the idle loop was interrupted while a partition was running" }
      guard kind == .interrupt || kind == .timer else { return "the idle loop can only be interrupted" }
      return snapshot.addressSpace == 0xFF ? nil : "the idle loop ran in another address space than the kernel's"
    }
    guard case .partition(let running) = decision.successor, running.rawValue == event.partition else {
      return "another partition was interrupted than the core had let run"
    }
    if event.time < decision.notBefore.nanoseconds { return "the partition ran before its window's instant" }
    return snapshot.addressSpace == event.partition
      ? nil : "the partition ran in the address space of \(snapshot.addressSpace)"
  }

  private func impossiblePiece(_ event: TraceEvent) -> String? {
    let partition = decision.initialising
    guard !partition.isNone, partition.rawValue == event.partition, event.time >= decision.notBefore.nanoseconds else {
      return "a piece of memory was made of a partition that was not starting"
    }
    return core.partitions[Int(partition.rawValue)].life.nextPiece == event.operand
      ? nil : "another piece of memory was made than was next"
  }

  private func impossiblePulse(_ event: TraceEvent, _ line: InterruptLine) -> String? {
    guard event.partition == 0xFF else { return "a pulse interrupts nobody" }
    guard let pulsedLine, pulsedLine != Int(line.rawValue) else { return nil }
    return "line \(line.rawValue) was pulsed without its stimulus"
  }

  /// Whether the controllers keep the line back. Lines 7 and 15 come masked, too, where the request was withdrawn.
  private func isMasked(_ line: InterruptLine, _ snapshot: EntrySnapshot) -> Bool {
    guard let masks else { return false }
    let isWithdrawn = line.rawValue & 7 == 7 && !snapshot.flags.contains(.lineInService)
    let cascade: UInt16 = line.rawValue >= 8 ? 4 : 0
    return !isWithdrawn && masks & (line.bit | cascade) != 0
  }

  private func impossibleStimulus(_ event: TraceEvent) -> String? {
    guard let due = core.dueStimulus(at: SystemTime(nanoseconds: event.time)) else {
      return "the test device acted though nothing was due"
    }
    guard due.action.rawValue == UInt64(event.detail), due.data & 0xFFFF_FFFF == UInt64(event.operand) else {
      return "the test device did something else than was due"
    }
    return nil
  }

  private func run(_ kind: EventKind, _ event: TraceEvent) {
    let now = SystemTime(nanoseconds: event.time)
    let what = UInt16(truncatingIfNeeded: event.operand)
    switch kind {
    case .start:
      hasStarted = true
      core.start(at: now, stop: SystemTime(nanoseconds: event.words.w0), into: &expected)
    case .interrupt:
      guard let line = InterruptLine(vector: UInt64(what)) else { return }
      core.interrupt(line, EntrySnapshot(event), at: now, into: &expected)
    case .hypercall:
      let words = event.words
      let call = Hypercall(
        number: UInt64(what), arguments: (words.w3, words.w4, words.w5, words.w6, words.w7, 0), operand: words.w2)
      core.hypercall(call, EntrySnapshot(event), at: now, into: &expected)
    case .exception:
      core.exception(
        vector: UInt8(truncatingIfNeeded: what), errorCode: event.words.w2, address: event.words.w3,
        exceptionsReturned: UInt32(truncatingIfNeeded: event.words.w5), EntrySnapshot(event), at: now, into: &expected)
    case .nonMaskable: core.nonMaskable(at: now, into: &expected)
    case .stimulus: core.stimulus(at: now, into: &expected)
    case .memoryPiece: core.memoryPiece(at: now, into: &expected)
    default: core.timer(EntrySnapshot(event), at: now, into: &expected)
    }
  }

  // MARK: State

  private func compareState(_ kind: EventKind, _ event: TraceEvent, _ position: UInt64) {
    guard kind == .keyframe else { return collect(event) }
    defer { keyframe.removeAll(keepingCapacity: true) }
    report.keyframeCount += 1
    observations.noteKeyframe()
    guard isWhole(event) else {
      return diverge(.keyframe, event, position, nil, "the keyframe's words do not add up to it")
    }
    var index = 0
    var differing: (Int, UInt64)?
    core.forEachStateWord { word in
      if differing == nil, index >= keyframe.count || keyframe[index] != word { differing = (index, word) }
      index += 1
    }
    if let (place, word) = differing {
      let found = place < keyframe.count ? String(keyframe[place], radix: 16) : "nothing"
      diverge(
        .keyframe, event, position, nil,
        "state word \(place) is 0x\(found) in the kernel and 0x\(String(word, radix: 16)) here")
    } else if index != keyframe.count {
      diverge(.keyframe, event, position, nil, "the kernel has \(keyframe.count) words of state, the core \(index)")
    }
  }

  private func collect(_ event: TraceEvent) {
    if event.operand == 0 { keyframe.removeAll(keepingCapacity: true) }
    // Bounded: a keyframe has at most as many words as the kernel has room for.
    guard Int(event.operand) == keyframe.count, keyframe.count <= ModuleLimits.keyframeWordCount else { return }
    for index in 0..<8 { keyframe.append(event.words[index]) }
  }

  private func isWhole(_ event: TraceEvent) -> Bool {
    let count = Int(event.operand)
    guard count <= keyframe.count, keyframe.count - count < 8 else { return false }
    keyframe.removeLast(keyframe.count - count)
    return keyframe.withUnsafeBytes { XXH64.hash($0) } == event.words.w0
  }

  private func diverge(
    _ kind: Divergence.Kind, _ event: TraceEvent, _ position: UInt64, _ recomputed: TraceEvent?, _ reason: String
  ) {
    report.divergence = Divergence(
      kind: kind, position: position, recorded: event, recomputed: recomputed, reason: reason, before: recent.all)
  }
}

/// The last ten events, for the report of a divergence.
struct RecentEvents {
  private var ring: [(position: UInt64, event: TraceEvent)] = []
  private var next = 0
  private static var count: Int { 10 }

  mutating func append(_ event: TraceEvent, _ position: UInt64) {
    if ring.count < Self.count {
      ring.append((position, event))
    } else {
      ring[next] = (position, event)
    }
    next = (next + 1) % Self.count
  }

  /// Oldest first.
  var all: [(position: UInt64, event: TraceEvent)] {
    ring.count < Self.count ? ring : Array(ring[next...] + ring[..<next])
  }
}

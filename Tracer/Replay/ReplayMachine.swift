import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat
import TraceReading

/// The state of a replay: the core, what of it waits to be compared, and what the hardware owes.
///
/// A value of its own, so that a whole block is compared under one access to it. Reading path: this file, then
/// `ReplayMachine+Inputs`, `+State`.
struct ReplayMachine<Marking: MarkingRule>: ~Copyable {
  /// Who gets the CPU after the last input, and what happens before that: what the next input must fit.
  struct Resumption: Equatable {
    var successor = Decision.Successor.idleLoop
    var notBefore: UInt64 = 0
    var initialising = PartitionIndex.none

    init() {}

    init(_ decision: borrowing Decision) {
      successor = decision.successor
      notBefore = decision.notBefore.nanoseconds
      initialising = decision.initialising
    }
  }

  var report = ReplayReport()
  /// What the numbers of kinds mean: looked up once an event.
  private let kinds: InlineArray<256, EventKind?>
  private let table: ModuleTable
  private let memory: UnsafeMutableRawBufferPointer
  var core: PartitionCore<Marking>
  var expected = ExpectedDecisions()
  var observations: ObservationLedger
  var resumption = Resumption()
  var keyframe: [UInt64] = []
  /// Words of it are missing, or not its own.
  var isKeyframeBroken = false
  /// When the kernel was booted to stop, ns; 0 and all ones for never, nil before its boot is seen.
  var bootedStop: UInt64?
  var hasStarted = false
  var isBlind = false
  var hasEnded = false
  /// Nothing is known yet because the replay begins in the middle, and not because of a loss.
  var awaitsBeginning = false
  /// The masks that the controllers were seen to hold last; nil while unknown.
  var masks: UInt16?
  var recent = RecentEvents()
  /// What a machine that began with a keyframe's state takes for granted; nil for one that knows.
  var assumptions: ReplayAssumptions?
  /// How a machine that began with a keyframe's state began.
  var start = Resumption()

  /// - Parameter table: the trace's own; its bytes must outlive the machine.
  init(table: ModuleTable) {
    EventHead.checkLayout()
    self.table = table
    var kinds = InlineArray<256, EventKind?>(repeating: nil)
    for raw in UInt8.min...UInt8.max { kinds[Int(raw)] = EventKind(rawValue: raw) }
    self.kinds = kinds
    // Unsafe: freed in deinit, after the core's last use.
    memory = UnsafeMutableRawBufferPointer.allocate(
      byteCount: PartitionCore<Marking>.stateByteCount(for: table), alignment: 16)
    core = PartitionCore<Marking>(table, memory: StateMemory(memory))
    observations = ObservationLedger(
      entryPoints: (0..<table.partitionCount).map { table.partition(PartitionIndex(UInt8($0))).entryPoint },
      channelCount: table.count(ChannelRecord.self), leftOut: table.module.leftOutKinds)
  }

  deinit { memory.deallocate() }

  /// Whether there is nothing left to compare.
  var hasDiverged = false

  /// Takes the next event of the trace.
  mutating func consume(_ event: TraceEvent, position: UInt64) {
    guard !hasDiverged else { return }
    // Unsafe: the pointer is used within the call only.
    withUnsafePointer(to: event) { take($0, position) }
    recent.append(event, position)
  }

  /// Takes the events of a block, or some of them.
  mutating func consume(_ columns: EventColumns, _ range: Range<Int>) {
    guard !hasDiverged else { return }
    let first = columns.firstPosition
    let events = columns.events
    var end = range.upperBound
    columns.forEachBatch(in: range) { start, batch in
      guard let events = batch.baseAddress else { return false }
      for index in batch.indices {
        take(events + index, first &+ UInt64(start &+ index))
        if hasDiverged {
          end = start + index
          return false
        }
      }
      return true
    }
    for index in max(range.lowerBound, end - RecentEvents.count)..<end {
      recent.append(events[index], first &+ UInt64(index))
    }
    if hasDiverged { report.divergence?.before = recent.all }
  }

  /// Unsafe: the pointer is used within the call only.
  @inline(__always)
  private mutating func take(_ event: UnsafePointer<TraceEvent>, _ position: UInt64) {
    report.eventCount += 1
    if isBlind {
      consumeBlind(EventReference(event), position)
    } else if expected.take(event) {
      report.decisionCount += 1
    } else {
      compare(EventReference(event), position)
    }
  }

  /// Events are missing here: nothing is known until the next keyframe.
  mutating func noteGap(_ reason: String) {
    guard !hasDiverged else { return }
    goBlind(reason)
  }

  /// The trace is over.
  ///
  /// - Parameter doubt: why the trace is not whole, if it is not.
  mutating func finish(doubt: String?) -> ReplayReport {
    if report.divergence != nil {
      report.verdict = .diverged
      return report
    }
    if let doubt { report.doubts.append(doubt) }
    if !hasEnded, !report.isEndedEarly { report.doubts.append("the trace has no end event") }
    if awaitsBeginning {
      report.doubts.append("no keyframe to begin with was found")
    } else if isBlind {
      report.doubts.append("after the last loss no keyframe followed")
    }
    report.verdict = report.doubts.isEmpty ? .identical : .inconclusive
    return report
  }

  mutating func goBlind(_ reason: String) {
    report.doubts.append(reason)
    isBlind = true
    masks = nil
    keyframe.removeAll(keepingCapacity: true)
    isKeyframeBroken = false
    expected.begin()
    observations.forgive()
  }

  mutating func consumeBlind(_ event: EventReference, _ position: UInt64) {
    if awaitsBeginning { report.eventCount -= 1 } else { report.uncomparedCount += 1 }
    switch kinds[Int(event.kind)] {
    case .keyframeWords: collect(event)
    case .end: hasEnded = true
    case .keyframe:
      defer { keyframe.removeAll(keepingCapacity: true) }
      guard isWhole(event) else { return }
      var words = keyframe.makeIterator()
      guard core.restore({ words.next() }) else { return }
      if awaitsBeginning { report.begunAt = position &+ 1 } else { report.adoptedKeyframeCount += 1 }
      awaitsBeginning = false
      hasStarted = true
      isBlind = false
      resumption = Resumption(core.decision)
      observations.adopt(notBefore: resumption.notBefore)
    default: break
    }
  }

  /// Takes an event that is not the next decision.
  mutating func compare(_ event: EventReference, _ position: UInt64) {
    guard let kind = kinds[Int(event.kind)] else { return }
    switch EventClass(ofKind: event.kind) {
    case .input:
      report.inputCount += 1
      takeInput(kind, event, position)
    case .decision:
      report.decisionCount += 1
      diverge(.decision, event, position, expected.first, "the kernel decided otherwise than the core")
    case .observation:
      report.observationCount += 1
      if !expected.isEmpty, let missing = expected.first, !isAcknowledgement(event, before: missing) {
        return diverge(.missingDecision, event, position, missing, "a decision is missing before this event")
      }
      if kind == .maskRead { masks = UInt16(truncatingIfNeeded: event.operand) }
      if let reason = observations.settle(kind, event) { diverge(.observation, event, position, nil, reason) }
    case .state: compareState(kind, event, position)
    case .control: takeControl(kind, event, position)
    }
  }

  /// An interrupt out of ring 3 is acknowledged as soon as it is marked, before what follows from the marks is decided.
  private func isAcknowledgement(_ event: EventReference, before decision: TraceEvent) -> Bool {
    guard event.kind == EventKind.acknowledged.rawValue else { return false }
    return decision.knownKind != .mark && decision.knownKind != .kernelHandler && decision.knownKind != .unclaimed
  }

  mutating func takeControl(_ kind: EventKind, _ event: EventReference, _ position: UInt64) {
    switch kind {
    case .boot where event.words.w0 != table.checksum:
      diverge(.input, event, position, nil, "the kernel booted another module table than the trace carries")
    case .boot:
      bootedStop = event.words.w3
      report.kernelIdentity = event.words.w1
    case .loss: goBlind("\(event.words.w0) events were lost before event \(position)")
    case .end:
      hasEnded = true
      if let missing = expected.first {
        diverge(.missingDecision, event, position, missing, "a decision is missing before the end")
      } else if let reason = observations.unpaid(isFromPartition: false) {
        diverge(.missingObservation, event, position, nil, reason)
      } else if isKeyframeBroken || !keyframe.isEmpty {
        diverge(.keyframe, event, position, nil, "the trace ends within a keyframe, after \(keyframe.count) words")
      } else if !core.hasStopped {
        diverge(.input, event, position, nil, "the trace ends before the core stopped")
      }
    default: break
    }
  }
}

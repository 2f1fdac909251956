import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

// What the trace says came in: whether it can have come, and what the core makes of it.
extension ReplayMachine {
  mutating func takeInput(_ kind: EventKind, _ event: EventReference, _ position: UInt64) {
    if !expected.isEmpty {
      return diverge(.missingDecision, event, position, expected.first, "a decision is missing before this input")
    }
    let isFromPartition = event.partition != 0xFF && kind != .memoryPiece
    if let reason = observations.unpaid(isFromPartition: isFromPartition) {
      return diverge(.missingObservation, event, position, nil, reason)
    }
    if let reason = impossible(kind, event) { return diverge(.input, event, position, nil, reason) }
    expected.begin()
    run(kind, event)
    resumption = Resumption(core.decision)
    observations.owe(core.decision)
  }

  /// The kernel starts with the stop that it was booted with: 0 and all ones are none.
  private func otherStop(_ event: EventReference) -> String? {
    func instant(_ word: UInt64) -> UInt64? { word == 0 || word == .max ? nil : word }
    guard let bootedStop, instant(bootedStop) != instant(event.words.w0) else { return nil }
    return "the module is started to stop at another instant than it was booted to"
  }

  /// Why the input cannot have come now; nil if it can. The core's own preconditions are among these.
  mutating func impossible(_ kind: EventKind, _ event: EventReference) -> String? {
    if kind == .start { return hasStarted ? "the module starts a second time" : otherStop(event) }
    guard hasStarted else { return "an input before the module's start" }
    if core.hasStopped { return "an input after the module's stop" }
    guard kind != .nonMaskable, kind != .stimulus else {
      if kind == .stimulus { return impossibleStimulus(event) }
      return nil
    }
    let snapshot = event.snapshot
    let isPulse = kind == .interrupt && snapshot.flags.contains(.isPulse)
    if !isPulse, let line = core.duePulse {
      return "the pulse of line \(line.rawValue), which is open, did not interrupt"
    }
    if kind == .memoryPiece { return impossiblePiece(event) }
    if kind == .interrupt {
      guard let line = InterruptLine(vector: UInt64(event.operand & 0xFFFF)) else { return "no line has this vector" }
      if isPulse { return impossiblePulse(event, line) }
      if isMasked(line, snapshot) { return "line \(line.rawValue) interrupted while it was masked" }
    }
    let isWaiting = resumption.successor == .idleLoop || event.time < resumption.notBefore
    if event.partition == 0xFF {
      guard isWaiting else { return "the idle loop was interrupted while a partition was running" }
      guard kind == .interrupt || kind == .timer else { return "the idle loop can only be interrupted" }
      return snapshot.addressSpace == 0xFF ? nil : "the idle loop ran in another address space than the kernel's"
    }
    guard case .partition(let running) = resumption.successor, running.rawValue == event.partition else {
      return "another partition was interrupted than the core had let run"
    }
    if event.time < resumption.notBefore { return "the partition ran before its window's instant" }
    return snapshot.addressSpace == event.partition
      ? nil : "the partition ran in the address space of \(snapshot.addressSpace)"
  }

  mutating func impossiblePiece(_ event: EventReference) -> String? {
    let partition = resumption.initialising
    guard !partition.isNone, partition.rawValue == event.partition, event.time >= resumption.notBefore else {
      return "a piece of memory was made of a partition that was not starting"
    }
    return core.partitions[Int(partition.rawValue)].life.nextPiece == event.operand
      ? nil : "another piece of memory was made than was next"
  }

  mutating func impossiblePulse(_ event: EventReference, _ line: InterruptLine) -> String? {
    guard event.partition == 0xFF else { return "a pulse interrupts nobody" }
    return core.duePulse == line
      ? nil : "line \(line.rawValue) interrupted by a pulse that the test device has not made, or that is masked"
  }

  /// Whether the controllers keep the line back. Lines 7 and 15 come masked, too, where the request was withdrawn.
  mutating func isMasked(_ line: InterruptLine, _ snapshot: EntrySnapshot) -> Bool {
    let isWithdrawn = line.rawValue & 7 == 7 && !snapshot.flags.contains(.lineInService)
    guard !isWithdrawn else { return false }
    let bits = line.bit | (line.rawValue >= 8 ? 4 : 0)
    guard let masks else {
      assumptions?.openLines |= bits
      return false
    }
    return masks & bits != 0
  }

  mutating func impossibleStimulus(_ event: EventReference) -> String? {
    guard let due = core.dueStimulus(at: SystemTime(nanoseconds: event.time)) else {
      return "the test device acted though nothing was due"
    }
    guard due.action.rawValue == UInt64(event.detail), due.data & 0xFFFF_FFFF == UInt64(event.operand) else {
      return "the test device did something else than was due"
    }
    return nil
  }

  mutating func run(_ kind: EventKind, _ event: EventReference) {
    let now = SystemTime(nanoseconds: event.time)
    let what = UInt16(truncatingIfNeeded: event.operand)
    switch kind {
    case .start:
      hasStarted = true
      core.start(at: now, stop: SystemTime(nanoseconds: event.words.w0), into: &expected)
    case .interrupt:
      guard let line = InterruptLine(vector: UInt64(what)) else { return }
      core.interrupt(line, event.snapshot, at: now, into: &expected)
    case .hypercall:
      let words = event.words
      let call = Hypercall(
        number: UInt64(what), arguments: (words.w3, words.w4, words.w5, words.w6, words.w7, 0), operand: words.w2)
      core.hypercall(call, event.snapshot, at: now, into: &expected)
    case .exception:
      core.exception(
        vector: UInt8(truncatingIfNeeded: what), errorCode: event.words.w2, address: event.words.w3,
        exceptionsReturned: UInt32(truncatingIfNeeded: event.words.w5), event.snapshot, at: now, into: &expected)
    case .nonMaskable: core.nonMaskable(at: now, into: &expected)
    case .stimulus: core.stimulus(at: now, into: &expected)
    case .memoryPiece: core.memoryPiece(at: now, into: &expected)
    default: core.timer(event.snapshot, at: now, into: &expected)
    }
  }
}

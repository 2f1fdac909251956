import EventRows
import TraceFormat

/// An interrupt, and the events that follow it, where they lie: for a look ahead.
struct UsualInterrupt {
  /// Events that must follow an interrupt for it to be judged together with the first of them.
  static let lookahead = 3

  let interrupt: RowReference
  private let place: UnsafePointer<EventRow>

  var mark: RowReference { RowReference(place) }
  var acknowledgement: RowReference { RowReference(place + 1) }
  /// What comes then.
  var next: RowReference { RowReference(place + 2) }

  /// Unsafe: at `place` there are `lookahead` events.
  @inline(__always)
  init(_ interrupt: RowReference, _ place: UnsafePointer<EventRow>) {
    self.interrupt = interrupt
    self.place = place
  }

  /// Whether kinds and order are those of an interrupt with one mark, after which the kernel was left and entered
  /// anew.
  @inline(__always)
  var isShaped: Bool {
    mark.kind == EventKind.mark.rawValue && acknowledgement.kind == EventKind.acknowledged.rawValue
      && next.kind &- EventKind.interrupt.rawValue <= EventKind.exception.rawValue &- EventKind.interrupt.rawValue
      && interrupt.detail & EntrySnapshot.Flags.isPulse.rawValue == 0 && interrupt.time <= mark.time
      && mark.time <= acknowledgement.time
      && mark.operand == interrupt.operand & 0xFFFF && acknowledgement.operand == mark.operand
      && mark.operand &- 32 < 16
  }

  /// Lines that are neither told apart from spurious interrupts nor handled by the kernel itself.
  static func lines(_ plan: ModulePlan) -> UInt16 {
    var lines: UInt16 = 0
    for (number, line) in plan.lines.enumerated() where !line.hasKernelHandler && number != 7 && number != 15 {
      lines |= 1 << UInt16(number)
    }
    return lines
  }
}

/// Most interrupts are alike: the line's one taker is marked, for whom a mark waits already, and the line leaves
/// service. These are judged in one go.
///
/// What is judged is the same, claim by claim, as where the three events come one by one. Whatever is not as it should
/// be goes that way, so that this one never finds a violation but of a bound.
extension Verifier {
  /// Judges the interrupt at hand, and with it the two events that follow where it is a usual one; the last judged is
  /// the event at hand then.
  ///
  /// - Returns: how many events were judged beside the interrupt.
  @inline(__always)
  mutating func interruptAhead(_ events: UsualInterrupt) -> Int {
    guard mayLookAhead, events.isShaped else {
      interrupt(events.interrupt)
      return 0
    }
    closeStep()
    if passCalmly(events.interrupt, until: calm.until) {
      beginStep(events.interrupt)
      if isAsBefore(events) {
        takeAgain(events)
        return 2
      }
    } else {
      enterAtLength(events.interrupt)
    }
    guard isUsual(events) else {
      begin(events.interrupt)
      return 0
    }
    takeTogether(events)
    return 2
  }

  @inline(__always)
  private mutating func takeTogether(_ events: UsualInterrupt) {
    let line = Int(step.what) - 32
    let index = Int(events.mark.partition)
    judgeMask(line)
    judgeForeign(line)
    let cell = counters.reference(to: index &* Self.interruptStride &+ line)
    let state = partitions.reference(to: index)
    if UInt16(step.partition) == calm.partition, !isMasked(line) {
      calm.usual = Calm.Interrupt(
        vector: events.mark.operand, taker: events.mark.partition, isForeign: isForeign(line), state: state,
        counter: cell)
    }
    take(events, state, cell, line)
  }

  /// The same of one that is like the last.
  @inline(__always)
  private mutating func takeAgain(_ events: UsualInterrupt) {
    let line = Int(step.what) &- 32
    if machine.isMaskKnown { tally(.maskEffective) }
    if calm.usual.isForeign {
      if calm.isOwner { machine.isEntryForeign = true }
      countForeign(line)
    }
    take(events, calm.usual.state.unsafelyUnwrapped, calm.usual.counter.unsafelyUnwrapped, line)
  }

  @inline(__always)
  private mutating func take(
    _ events: UsualInterrupt, _ taker: DirectReference<PartitionState>, _ counter: DirectReference<UInt64>, _ line: Int
  ) {
    calm.interrupts &+= 1
    taker.pointee.marksEver.add(1)
    counter.pointee = events.mark.words.w0
    judgeMarkLatency(line, events.mark.time)
    step.isClosed = true
    position &+= 2
    time = events.acknowledgement.time
  }

  /// Whether it is like the last one since the partition was found calm, of which all was looked at: nothing has
  /// happened that the calm would not have noticed, so that only what the events tell is to be seen.
  @inline(__always)
  private func isAsBefore(_ events: UsualInterrupt) -> Bool {
    guard events.mark.operand == calm.usual.vector, events.mark.partition == calm.usual.taker else { return false }
    // Unsafe: with the vector both are there.
    return isAcknowledged(events) && isNextMark(events, calm.usual.counter.unsafelyUnwrapped)
  }

  /// Whether the line leaves service, and what comes then is another step.
  @inline(__always)
  private func isAcknowledged(_ events: UsualInterrupt) -> Bool {
    let answering = events.acknowledgement.partition
    guard isJudged(events.next), Int(answering) < partitions.count || answering == 0xFF else { return false }
    let line = events.mark.operand &- 32
    return events.acknowledgement.words.w0 & (1 &<< UInt64(line) | (line >= 8 ? 4 : 0)) == 0
  }

  /// Whether the mark counts one more than wait.
  @inline(__always)
  private func isNextMark(_ events: UsualInterrupt, _ counter: DirectReference<UInt64>) -> Bool {
    let waiting = counter.pointee
    return waiting < Self.fullCounter && events.mark.words.w0 == waiting &+ 1
  }

  /// Whether all that the long way would look at is as it should be. The interrupt's step has begun.
  @inline(__always)
  private mutating func isUsual(_ events: UsualInterrupt) -> Bool {
    let line = events.mark.operand &- 32
    let partition = events.mark.partition
    guard usualLines & 1 &<< UInt16(truncatingIfNeeded: line) != 0, Int(partition) < partitions.count,
      registeredBy[Int(line)] == 1 &<< UInt32(partition), partition != step.partition, step.returned == 0,
      !rare.isTouched, isAcknowledged(events)
    else { return false }
    let state = partitions.reference(to: Int(partition))
    let bit: UInt64 = 1 &<< UInt64(line)
    guard state.pointee.pending & state.pointee.pendingKnown & bit != 0 else { return false }
    // A mark into the taker's own window is placed in time.
    if state.pointee.marked & bit != 0, !schedule.isWindowKnown || schedule.isOpen && schedule.owner == partition {
      return false
    }
    return isNextMark(events, counters.reference(to: Int(partition) &* Self.interruptStride &+ Int(line)))
  }

  /// Whether an input begins a step of its own: what is behind one without meaning is the interrupt's still.
  ///
  /// Nearly always the answer is the first comparison's.
  @inline(__always)
  func isJudged(_ input: RowReference) -> Bool {
    let isSomebody = Int(input.partition) < partitions.count
    if isSomebody, input.kind == EventKind.hypercall.rawValue || input.kind == EventKind.timer.rawValue { return true }
    let number = input.operand & 0xFFFF
    switch input.kind {
    case EventKind.interrupt.rawValue: return (isSomebody || input.partition == 0xFF) && number &- 32 < 16
    case EventKind.exception.rawValue: return isSomebody && number < 32
    default: return input.kind == EventKind.timer.rawValue && input.partition == 0xFF
    }
  }
}

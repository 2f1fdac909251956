import EventRows
import TextForms
import TraceFormat

/// From the mark to the upcall and back: what may be delivered, when, in which order, and that it truly was.
extension Verifier {
  mutating func upcall(_ event: RowReference) {
    guard let line = interruptIndex(event.operand, of: event.partition) else { return }
    if step.happenings.contains(.upcall) {
      tally(.upcallEnabled)
      if fails(.upcallEnabled) {
        explain("a second upcall is decided at one resume, where the first has put interrupts off")
      }
      return
    }
    step.happenings.insert(.upcall)
    step.upcallPartition = event.partition
    step.upcallLine = UInt8(line)
    step.upcallDetail = event.detail
    step.upcallCount = event.words.w0
    step.upcallHandler = event.words.w1
    step.upcallOrdinal = event.words.w2
  }

  /// Judges the step's upcall by all that the step has changed, then takes it as done.
  mutating func closeUpcall() {
    let partition = step.upcallPartition
    let index = Int(partition)
    let line = Int(step.upcallLine)
    let bit: UInt64 = 1 << UInt64(line)
    let state = partitions.reference(to: index)
    tally(.markDelivered)
    if schedule.isWindowKnown {
      tally(.upcallWindow)
      if !schedule.isOpen || schedule.owner != partition || state.pointee.isGone, fails(.upcallWindow) {
        explain("\(name(partition)) gets an upcall of line \(line) outside its window")
      }
    }
    judgeRights(partition, state, line, bit)
    judgeDelivery(partition, state, line)
    judgeDepth(partition, state)
    if state.pointee.serviceKnown & bit != 0 {
      tally(.upcallService)
      if state.pointee.inService & bit != 0, fails(.upcallService) {
        explain("line \(line) is delivered to \(name(partition)) again, and was not acknowledged")
      }
    }
    if !step.happenings.contains(.upcallWritten), !step.happenings.contains(.stopped),
      !plan.leftOut.contains(.upcallWritten), fails(.upcallWritten)
    {
      explain("the upcall of \(name(partition)) was decided, and its frame was not written")
    }
    applyUpcall()
  }

  @inline(__always)
  private mutating func judgeRights(
    _ partition: UInt8, _ state: DirectReference<PartitionState>, _ line: Int, _ bit: UInt64
  ) {
    tally(.upcallRegistered)
    let lacks: String? =
      state.pointee.pendingKnown & bit != 0 && state.pointee.pending & bit == 0
      ? "no mark waits"
      : state.pointee.registeredKnown & bit != 0 && state.pointee.registered & bit == 0
        ? "the line is not registered"
        : state.pointee.handlerKnown & bit != 0 && state.pointee.handler & bit == 0
          ? "no handler is registered"
          : state.pointee.readyKnown & bit != 0 && state.pointee.ready & bit == 0 ? "it is not ready" : nil
    if let lacks, fails(.upcallRegistered) {
      explain("\(name(partition)) gets an upcall of line \(line), though \(lacks)")
    }
    if lacks == nil, state.pointee.handlerKnown & state.pointee.handler & bit != 0 {
      tally(.upcallHandler)
      let handler = handlerAddresses[Int(partition) &* Self.interruptStride &+ line]
      if handler != step.upcallHandler, fails(.upcallHandler) {
        explain("the upcall carries \(step.upcallHandler.hexadecimal); registered is \(handler.hexadecimal)")
      }
    }
    if lacks == nil, state.pointee.pendingKnown & bit != 0 {
      tally(.upcallCount)
      let waiting = carried(partition, line)
      if step.upcallCount != waiting, fails(.upcallCount) {
        explain("\(waiting) marks of line \(line) waited in \(name(partition)), the upcall carries \(step.upcallCount)")
      }
    }
    if line < 16 { judgeMarked(partition, state, bit) }
    tally(.upcallOrder)
    let before = deliverable(state) & (bit &- 1)
    if before != 0, fails(.upcallOrder) {
      explain("line \(line) is delivered to \(name(partition)) before line \(before.trailingZeroBitCount)")
    }
  }

  /// Marks that an upcall of a vector must carry: all that wait, or one tick where each gets an upcall of its own.
  @inline(__always)  // Or the verifier is copied for the call.
  private func carried(_ partition: UInt8, _ line: Int) -> UInt64 {
    let waiting = counters[Int(partition) &* Self.interruptStride &+ line]
    return line == 32 && plan.deliverers & 1 << UInt32(partition) != 0 ? min(waiting, 1) : waiting
  }

  @inline(__always)
  private mutating func judgeDelivery(_ partition: UInt8, _ state: DirectReference<PartitionState>, _ line: Int) {
    let isReturn =
      step.kind == EventKind.hypercall.rawValue && step.what == 32 && step.partition == partition
    if state.pointee.isEnabledKnown {
      tally(.upcallEnabled)
      if !state.pointee.isEnabled, fails(.upcallEnabled) {
        explain("\(name(partition)) gets an upcall of line \(line) while its interrupts are off")
      }
      tally(.upcallFrame)
      let isReplacing = step.upcallDetail & 1 != 0
      let isOnReturns = isReturn || isReplacing && state.pointee.returnedAtWindowsEnd
      if !state.pointee.frameFits && !isOnReturns || state.pointee.wasInTail && !isReplacing
        || isReplacing && !state.pointee.wasInTail && !isOnReturns, fails(.upcallFrame)
      {
        explain(
          "\(name(partition)) gets an upcall on \(isReplacing ? "an unfinished" : "a new") frame; at its last entry "
            + (state.pointee.wasInTail
              ? "it was in the return's tail" : "the frame did \(state.pointee.frameFits ? "" : "not ")fit"))
      }
    }
    if state.pointee.ordinalKnown {
      tally(.upcallOrdinal)
      if step.upcallOrdinal != state.pointee.ordinal &+ 1, fails(.upcallOrdinal) {
        let before =
          state.pointee.ordinal == .max ? "is the first since its start" : "follows upcall \(state.pointee.ordinal)"
        explain("upcall \(step.upcallOrdinal) of \(name(partition)) \(before)")
      }
    }
  }

  /// Lines whose marks the partition certainly waits for.
  @inline(__always)
  func deliverable(_ state: DirectReference<PartitionState>) -> UInt64 {
    state.pointee.pending & state.pointee.pendingKnown & state.pointee.registered & state.pointee.registeredKnown
      & state.pointee.handler & state.pointee.handlerKnown
      & state.pointee.ready & state.pointee.readyKnown & ~state.pointee.inService & state.pointee.serviceKnown
      & ~(state.pointee.deferred | state.pointee.optional)
  }

  /// Takes the step's upcall as done: its marks are gone, its line is in service, interrupts are off.
  @inline(__always)
  mutating func applyUpcall() {
    let index = Int(step.upcallPartition)
    let line = Int(step.upcallLine)
    let bit: UInt64 = 1 << UInt64(line)
    let cell = index &* Self.interruptStride &+ line
    if line < 16, partitions[index].clockKnown & partitions[index].pending & bit != 0, targets.markToUpcall[line] >= 0 {
      partitions[index].upcallAwaited = Int8(line)
      partitions[index].clockAtMark = markClocks[cell]
      partitions[index].timeOfMark = markTimes[cell]
    }
    coalesced[cell] = step.upcallCount
    // Where not all ticks go with one upcall, how many waited says how many wait on.
    let isCountKnown =
      line != 32 || partitions[index].pendingKnown & bit != 0
      || plan.deliverers & 1 << UInt32(index) == 0
    let rest = line == 32 ? counters[cell] &- carried(step.upcallPartition, line) : 0
    counters[cell] = rest
    if rest == 0, isCountKnown {
      partitions[index].pending &= ~bit
      partitions[index].pendingKnown |= bit
    }
    partitions[index].clockKnown &= ~bit
    partitions[index].deferred &= ~bit
    partitions[index].unfinished &+= 1
    partitions[index].isRoomTold = false
    partitions[index].isRoomToldKnown = true
    partitions[index].inService |= bit
    partitions[index].serviceKnown |= bit
    partitions[index].isEnabled = false
    partitions[index].isEnabledKnown = true
    partitions[index].wasInTail = false
    partitions[index].returnedAtWindowsEnd = false
    partitions[index].ordinal = step.upcallOrdinal
    partitions[index].ordinalKnown = true
    partitions[index].upcallsOwed &+= 1
    partitions[index].timeSinceUpcall = 0
  }

  mutating func upcallWritten(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.upcallWritten)
    guard step.happenings.contains(.upcall), step.upcallPartition == event.partition,
      !step.happenings.contains(.upcallWritten)
    else {
      if fails(.upcallWritten) { explain("an upcall frame is written for \(name(event.partition)), undecided") }
      return
    }
    step.happenings.insert(.upcallWritten)
    let state = partitions[Int(event.partition)]
    if event.words.w2 != 0 {
      if fails(.upcallWritten) { explain("the upcall's frame is written, and the partition's interrupts are still on") }
    } else if state.entryAddressKnown, event.words.w1 != state.entryAddress, fails(.upcallWritten) {
      explain(
        "the upcall goes to \(event.words.w1.hexadecimal); the partition's entry is \(state.entryAddress.hexadecimal)"
      )
    }
  }
}

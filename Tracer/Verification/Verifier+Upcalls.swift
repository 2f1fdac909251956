import TraceFormat

/// From the mark to the upcall and back: what may be delivered, when, in which order, and that it truly was.
extension Verifier {
  /// Time in ring 3 after which an upcall must have been counted by the partition, in ns: its first instructions do so.
  static let upcallEntryPatience: UInt64 = 100_000

  mutating func upcall(_ event: TraceEvent) {
    guard let line = interruptIndex(event.operand), event.partition != 0xFF else { return }
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
    let state = partitions[index]
    tally(.markDelivered)
    if schedule.isWindowKnown {
      tally(.upcallWindow)
      if !schedule.isOpen || schedule.owner != partition || state.isGone, fails(.upcallWindow) {
        explain("\(name(partition)) gets an upcall of line \(line) outside its window")
      }
    }
    judgeRights(partition, state, line, bit)
    judgeDelivery(partition, state, line)
    judgeDepth(partition, state)
    if state.serviceKnown & bit != 0 {
      tally(.upcallService)
      if state.inService & bit != 0, fails(.upcallService) {
        explain("line \(line) is delivered to \(name(partition)) again, and was not acknowledged")
      }
    }
    if !step.happenings.contains(.upcallWritten), !step.happenings.contains(.stopped), fails(.upcallWritten) {
      explain("the upcall of \(name(partition)) was decided, and its frame was not written")
    }
    applyUpcall()
  }

  private mutating func judgeRights(_ partition: UInt8, _ state: PartitionState, _ line: Int, _ bit: UInt64) {
    tally(.upcallRegistered)
    let lacks: String? =
      state.pendingKnown & bit != 0 && state.pending & bit == 0
      ? "no mark waits"
      : state.registeredKnown & bit != 0 && state.registered & bit == 0
        ? "the line is not registered"
        : state.handlerKnown & bit != 0 && state.handler & bit == 0
          ? "no handler is registered" : state.readyKnown & bit != 0 && state.ready & bit == 0 ? "it is not ready" : nil
    if let lacks, fails(.upcallRegistered) {
      explain("\(name(partition)) gets an upcall of line \(line), though \(lacks)")
    }
    if lacks == nil, state.handlerKnown & state.handler & bit != 0 {
      tally(.upcallHandler)
      let handler = handlerAddresses[Int(partition) &* Self.interruptStride &+ line]
      if handler != step.upcallHandler, fails(.upcallHandler) {
        explain("the upcall carries \(hexadecimal(step.upcallHandler)); registered is \(hexadecimal(handler))")
      }
    }
    if lacks == nil, state.pendingKnown & bit != 0 {
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
  private func carried(_ partition: UInt8, _ line: Int) -> UInt64 {
    let waiting = UInt64(counters[Int(partition) &* Self.interruptStride &+ line])
    return line == 32 && plan.partitions[Int(partition)].missedTickPolicy == .deliverAll ? min(waiting, 1) : waiting
  }

  private mutating func judgeDelivery(_ partition: UInt8, _ state: PartitionState, _ line: Int) {
    let isReturn =
      step.kind == EventKind.hypercall.rawValue && step.what == 32 && step.partition == partition
    if state.isEnabledKnown {
      tally(.upcallEnabled)
      if !state.isEnabled, fails(.upcallEnabled) {
        explain("\(name(partition)) gets an upcall of line \(line) while its interrupts are off")
      }
      tally(.upcallFrame)
      let isReplacing = step.upcallDetail & 1 != 0
      if !state.frameFits && !isReturn || state.wasInTail && !isReplacing
        || isReplacing && !state.wasInTail && !isReturn, fails(.upcallFrame)
      {
        explain(
          "\(name(partition)) gets an upcall on \(isReplacing ? "an unfinished" : "a new") frame; at its last entry "
            + (state.wasInTail ? "it was in the return's tail" : "the frame did \(state.frameFits ? "" : "not ")fit"))
      }
    }
    if state.ordinalKnown {
      tally(.upcallOrdinal)
      if step.upcallOrdinal != state.ordinal &+ 1, fails(.upcallOrdinal) {
        let before = state.ordinal == .max ? "is the first since its start" : "follows upcall \(state.ordinal)"
        explain("upcall \(step.upcallOrdinal) of \(name(partition)) \(before)")
      }
    }
  }

  /// Lines whose marks the partition certainly waits for.
  private func deliverable(_ state: PartitionState) -> UInt64 {
    state.pending & state.pendingKnown & state.registered & state.registeredKnown & state.handler & state.handlerKnown
      & state.ready & state.readyKnown & ~state.inService & state.serviceKnown & ~(state.deferred | state.optional)
  }

  /// Takes the step's upcall as done: its marks are gone, its line is in service, interrupts are off.
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
    coalesced[cell] = UInt32(truncatingIfNeeded: step.upcallCount)
    // Where not all ticks go with one upcall, how many waited says how many wait on.
    let isCountKnown =
      line != 32 || partitions[index].pendingKnown & bit != 0
      || plan.partitions[index].missedTickPolicy != .deliverAll
    let rest = line == 32 ? UInt64(counters[cell]) &- carried(step.upcallPartition, line) : 0
    counters[cell] = UInt32(truncatingIfNeeded: rest)
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
    partitions[index].ordinal = step.upcallOrdinal
    partitions[index].ordinalKnown = true
    partitions[index].upcallsOwed &+= 1
    partitions[index].timeSinceUpcall = 0
  }

  mutating func upcallWritten(_ event: TraceEvent) {
    guard event.partition != 0xFF, step.kind != 0 else { return }
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
        "the upcall goes to \(hexadecimal(event.words.w1)); the partition's entry is \(hexadecimal(state.entryAddress))"
      )
    }
  }

  // MARK: What the partition shows at its next entry

  /// At an entry of the partition: the resume before it must have delivered what was deliverable.
  mutating func judgeUpcallDue(_ partition: UInt8, _ resume: UInt64, _ isInstantKnown: Bool) {
    let state = partitions[Int(partition)]
    guard state.pending != 0 || state.upcallAwaited >= 0 else { return }
    if state.upcallAwaited >= 0 {
      let claim = Int(targets.markToUpcall[Int(state.upcallAwaited)])
      let latency = windowClock(of: partition, at: resume) &- state.clockAtMark
      partitions[Int(partition)].upcallAwaited = -1
      let span = CaseSpan(from: state.timeOfMark, to: resume, scope: .windows(of: partition))
      if isInstantKnown, exceeds(claim, Int64(clamping: latency), over: span) {
        explain("\(name(partition)) got its upcall \(latency) ns of its own windows after the mark")
      }
    }
    guard state.isEnabledKnown, state.isEnabled, state.entryAddressKnown, state.entryAddress != 0,
      schedule.isWindowKnown, schedule.isOpen, schedule.owner == partition, step.kind != 0
    else { return }
    let waiting = deliverable(state)
    guard state.frameFits else {
      if waiting != 0 { judgeRoom(partition, state, waiting) }
      return
    }
    if waiting != 0, !state.unfinishedKnown || state.unfinished >= plan.partitions[Int(partition)].maximumUpcallDepth {
      return judgeOverflow(partition, state, waiting)
    }
    tally(.markDelivered)
    if waiting != 0, fails(.markDelivered) {
      explain(
        "\(name(partition)) was resumed with interrupts on, and the mark of line \(waiting.trailingZeroBitCount) "
          + "waits on")
    }
  }

  /// Takes the snapshot of an entry, and judges the counters in it.
  mutating func takeSnapshot(_ snapshot: EntrySnapshot, of partition: UInt8, kind: UInt8, inRing3: UInt64) {
    let index = Int(partition)
    let isOn = snapshot.flags.contains(.interruptsEnabled) || snapshot.flags.contains(.inReturnTail)
    step.returned = 0
    step.areReturnsKnown = partitions[index].countersKnown
    if partitions[index].countersKnown {
      let entered = snapshot.upcallsEntered &- partitions[index].entered
      judgeEntered(partition, UInt32(entered), kind == EventKind.hypercall.rawValue || isOn, inRing3)
      step.returned = snapshot.upcallsReturned &- partitions[index].returned
      tally(.upcallReturned)
      let unfinished = snapshot.upcallsEntered &- snapshot.upcallsReturned
      if unfinished >= 0x8000, fails(.upcallReturned) {
        explain(
          "\(name(partition)) has returned \(snapshot.upcallsReturned) times from \(snapshot.upcallsEntered) upcalls")
      }
    } else {
      partitions[index].upcallsOwed = 0
    }
    countUnfinished(index, snapshot, isPast: kind == EventKind.hypercall.rawValue)
    partitions[index].entered = snapshot.upcallsEntered
    partitions[index].returned = snapshot.upcallsReturned
    partitions[index].countersKnown = true
    partitions[index].isEnabled = isOn
    partitions[index].isEnabledKnown = true
    partitions[index].wasInTail = snapshot.flags.contains(.inReturnTail)
    partitions[index].frameFits = snapshot.flags.contains(.frameFits)
  }

  /// An upcall must be counted by the partition's first instructions; only an entry before them may find it uncounted.
  private mutating func judgeEntered(_ partition: UInt8, _ entered: UInt32, _ isPast: Bool, _ inRing3: UInt64) {
    let index = Int(partition)
    let owed = partitions[index].upcallsOwed
    guard owed != 0 || entered != 0 else { return }
    tally(.upcallEntered)
    partitions[index].timeSinceUpcall = partitions[index].timeSinceUpcall &+ inRing3
    let isLate = isPast || partitions[index].timeSinceUpcall > Self.upcallEntryPatience
    if entered == owed || entered &+ 1 == owed && !isLate {
      partitions[index].upcallsOwed = owed &- entered
      return
    }
    partitions[index].upcallsOwed = 0
    if fails(.upcallEntered) {
      explain("\(name(partition)) has entered \(entered) upcalls since the entry before; \(owed) were decided")
    }
  }

  mutating func upcallsReturned(_ event: TraceEvent) {
    guard step.kind != 0, event.partition != 0xFF else { return }
    tally(.upcallReturned)
    guard event.partition == step.partition, event.operand == UInt32(step.returned), step.returned != 0,
      !step.happenings.contains(.returnsLearnt)
    else {
      // After a loss the first entry of a partition has no counters to compare with.
      if event.partition == step.partition, !step.areReturnsKnown { return }
      if fails(.upcallReturned) {
        explain(
          "\(event.operand) returns of \(name(event.partition)) are learnt; its counter moved by \(step.returned)")
      }
      step.happenings.insert(.returnsLearnt)
      return
    }
    step.happenings.insert(.returnsLearnt)
  }
}

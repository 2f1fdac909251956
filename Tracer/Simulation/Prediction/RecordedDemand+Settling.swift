import TraceFormat

// What the kernel took for what it was at: the next entry tells.
extension RecordedDemand {
  /// What the kernel was at is over: whom it let run since `exit` says how long it took.
  mutating func settle(exit: UInt64?, partition: UInt8) {
    // Those of one entry have its time together.
    for var interrupt in pendingInterrupts {
      if let exit, isOpening(partition) {
        interrupt.kernelTime = (exit &- interrupt.instant) / UInt64(pendingInterrupts.count)
      }
      interrupts[Int(interrupt.line & 15)].append(interrupt)
      waitingLines |= 1 << UInt16(interrupt.line & 15)
    }
    pendingInterrupts.removeAll(keepingCapacity: true)
    if let (index, instant, handler) = pendingReturn, let exit, !hasPadded, Int(partition) == index {
      flows[index].returnTime.add(exit &- instant)
      handler.returnTime = exit &- instant
    }
    pendingReturn = nil
    if let (index, instant) = pendingStart, let exit, Int(partition) == index, !hasPadded {
      flows[index].life.startTime = exit &- instant
      flows[index].startTime = exit &- instant
    } else if let (index, instant) = pendingStart, let exit, isOpening(partition) {
      flows[index].life.switchTimes[flows[index].life.pieceTimes.count - 1] = exit &- instant
    }
    pendingStart = nil
    settleTimer(exit: exit, partition: partition)
    for (index, entry) in pendingOpenings {
      if let exit, partition == 0xFF { flows[index].life.timeToOpening = exit &- entry }
    }
    pendingOpenings.removeAll(keepingCapacity: true)
    pendingCut = nil
    guard let (index, settled, strand) = pendingDeed else { return }
    var deed = settled
    pendingDeed = nil
    if let exit, !hasPadded, Int(partition) == index {
      deed.kernelTime = exit &- deed.instant
    } else if let exit, isOpening(partition) {
      deed.switchTime = exit &- deed.instant
    }
    strand.append(deed)
  }

  /// Whether the kernel was done when that one went on, or it let interrupts in for nobody: behind a pad that is
  /// another matter.
  private func isOpening(_ partition: UInt8) -> Bool { !hasPadded || partition == 0xFF }

  /// The timer had fired when it was set anew, in the entry that is over.
  mutating func noteStaleTimer() {
    pendingDeed?.deed.leavesStaleTimer = true
    pendingCut?.endsWithStaleTimer = true
    for index in pendingInterrupts.indices { pendingInterrupts[index].leavesStaleTimer = true }
  }

  private mutating func settleTimer(exit: UInt64?, partition: UInt8) {
    defer { pendingTimer = nil }
    guard let (instant, outcome) = pendingTimer, let exit, isOpening(partition) else { return }
    timerEntries.append(RecordedTimer(instant: instant, outcome: outcome, kernelTime: exit &- instant))
    guard partition != 0xFF else { return }
    timerTimes[outcome, default: TypicalTime()].add(exit &- instant)
    if outcome.hasUpcall { flows[Int(partition)].current.timerEntry = (outcome, exit &- instant) }
  }
}

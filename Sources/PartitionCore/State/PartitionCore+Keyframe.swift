import APEXTypes

extension PartitionCore where Marking: MarkingRule {
  /// Hands every word of state that influences a later decision to `body`, in a fixed order.
  ///
  /// Configuration is not state: the trace carries the module table. The number of words depends on the state (counters
  /// and handlers are given for the lines in use only), and `restore` reads it back by the same rule.
  @inline(__always) public func forEachStateWord(_ body: (UInt64) -> Void) {
    scheduleWords(body)
    body(UInt64(bitPattern: Int64(schedule.active)))
    body(UInt64(schedule.cursor))
    body(schedule.frameCount)
    body(schedule.frameStart)
    body(
      UInt64(current.rawValue) | (hasStopped ? 0x100 : 0) | (isIdle ? 0x200 : 0)
        | (lines.isMaskStale ? 0x400 : 0) | UInt64(lines.mask) &<< 16 | UInt64(lines.exhausted) &<< 32
        | UInt64(lines.pulsed) &<< 48)
    body(pendingStartNanoseconds)
    body(armedNanoseconds)
    body(stopNanoseconds)
    body(framesSinceKeyframe)
    body(UInt64(nextStimulus))
    body(kernelTicks)
    body(spuriousInterrupts)
    for index in 0..<16 where lines.lines[index].isConfigured {
      body(UInt64(lines.lines[index].owners) | UInt64(lines.lines[index].takenInWindow) &<< 32)
    }
    for index in 0..<partitions.count { partitionWords(index, body) }
    lifeWords(body)
    forEachPortWord(body)
  }

  @inline(__always) private func partitionWords(_ index: Int, _ body: (UInt64) -> Void) {
    body(partitions[index].packed)
    body(partitions[index].upcallCount)
    body(vcpus.interrupts[index].markTotal)
    body(partitions[index].upcallEntry)
    body(partitions[index].returnTailStart)
    body(partitions[index].returnTailEnd)
    body(vcpus.interrupts[index].registered)
    body(vcpus.interrupts[index].ready)
    body(vcpus.interrupts[index].handled)
    body(vcpus.interrupts[index].pending)
    body(vcpus.interrupts[index].inService)
    body(vcpus.interrupts[index].deferred)
    var rest = vcpus.interrupts[index].inUse
    while rest != 0 {
      let slot = index * VCPUTable.slotCount + rest.trailingZeroBitCount
      rest &= rest &- 1
      body(UInt64(vcpus.counters[slot]) | UInt64(vcpus.delivered[slot]) &<< 32)
      body(vcpus.handlers[slot])
    }
    guestWords(index, body)
  }

  /// Adopts a keyframe's state: after a loss only, when the replayer has no other way to go on.
  ///
  /// - Parameter next: gives the words in the order of `forEachStateWord`, nil when there are no more.
  /// - Returns: false if the words ended early or name what the module does not have; the core is then not to be used.
  public mutating func restore(_ next: () -> UInt64?) -> Bool {
    var isWhole = true
    func word() -> UInt64 {
      guard let word = next() else {
        isWhole = false
        return 0
      }
      return word
    }
    guard restoreSchedule(word) else { return false }
    let active = Int(truncatingIfNeeded: word())
    let cursor = Int(truncatingIfNeeded: word())
    guard isWhole, active >= -1, active < schedule.windowCount, cursor >= 0, cursor <= schedule.windowCount else {
      return false
    }
    let frameCount = word()
    schedule.stand(active: active, cursor: cursor, frameCount: frameCount, frameStart: word())
    let flags = word()
    let running = PartitionIndex(UInt8(truncatingIfNeeded: flags))
    guard running.isNone || Int(running.rawValue) < partitions.count else { return false }
    current = running
    hasStopped = flags & 0x100 != 0
    decision = Decision()
    decision.hasStopped = hasStopped
    decision.successor = running.isNone ? .idleLoop : .partition(running)
    isIdle = flags & 0x200 != 0
    lines.isMaskStale = flags & 0x400 != 0
    lines.mask = UInt16(truncatingIfNeeded: flags &>> 16)
    lines.exhausted = UInt16(truncatingIfNeeded: flags &>> 32)
    lines.pulsed = UInt16(truncatingIfNeeded: flags &>> 48)
    pendingStartNanoseconds = word()
    decision.notBefore = SystemTime(nanoseconds: pendingStartNanoseconds)
    armedNanoseconds = word()
    mustPlan = false
    stopNanoseconds = word()
    framesSinceKeyframe = word()
    let stimulus = word()
    guard stimulus <= UInt64(stimulusCount) else { return false }
    nextStimulus = Int(stimulus)
    findNextStimulus()
    kernelTicks = word()
    spuriousInterrupts = word()
    for index in 0..<16 where lines.lines[index].isConfigured {
      let line = word()
      guard UInt32(truncatingIfNeeded: line).leadingZeroBitCount >= 32 - partitions.count else { return false }
      lines.lines[index].owners = UInt32(truncatingIfNeeded: line)
      lines.lines[index].takenInWindow = UInt32(truncatingIfNeeded: line &>> 32)
    }
    lines.findFollowing()
    lines.findForeign(during: schedule.owner)
    for index in 0..<partitions.count { restorePartition(index, word) }
    findNextTick()
    guard restoreLives(word) else { return false }
    guard restorePorts(word) else { return false }
    findQuiet()
    return isWhole
  }

  private func restorePartition(_ index: Int, _ word: () -> UInt64) {
    partitions[index].packed = word()
    partitions[index].upcallCount = word()
    vcpus.interrupts[index].markTotal = word()
    partitions[index].upcallEntry = word()
    partitions[index].returnTailStart = word()
    partitions[index].returnTailEnd = word()
    vcpus.interrupts[index].registered = word()
    vcpus.interrupts[index].ready = word()
    vcpus.interrupts[index].handled = word()
    vcpus.interrupts[index].pending = word()
    vcpus.interrupts[index].inService = word()
    vcpus.interrupts[index].deferred = word()
    let inUse = vcpus.interrupts[index].inUse
    for interrupt in 0..<VCPUTable.slotCount {
      // An interrupt not in use has no words, and no marks either: those of this core's own past go.
      let isInUse = inUse & 1 &<< UInt64(interrupt) != 0
      let slot = index * VCPUTable.slotCount + interrupt
      let counts = isInUse ? word() : 0
      vcpus.counters[slot] = UInt32(truncatingIfNeeded: counts)
      vcpus.delivered[slot] = UInt32(truncatingIfNeeded: counts &>> 32)
      vcpus.handlers[slot] = isInUse ? word() : 0
    }
    restoreGuest(index, word)
  }
}

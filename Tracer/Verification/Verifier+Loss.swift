/// Missing events: what is forgotten, and which claims are doubted.
extension Verifier {
  /// Tells the verifier that events are missing before the next one (a damaged or absent block).
  public mutating func noteGap() {
    gapCount &+= 1
    isBeginningOverwritten = plan.isFlightRecorder && eventCount == 0 && gapCount == 1
    if !isGapOpen { gapStart = eventCount == 0 ? 0 : previousTime }
    isGapOpen = true
    isUnusual = true
  }

  /// Forgets what the missing events may have changed, and doubts the claims whose evidence may have been among them.
  mutating func closeGap() {
    isGapOpen = false
    disturb()
    if isBeginningOverwritten {
      // Nothing was judged before: claims are about what is there, and the beginning alone is in doubt.
      let reason = "a flight recorder has overwritten the events before \(position)"
      for key in [ClaimKey.boot, .complete] { book.doubt(key.rawValue, reason) }
    } else {
      doubtAll("events are missing before event \(position)")
    }
    for index in partitions.indices {
      let isTouched = mayHaveRun(UInt8(index), from: gapStart, to: time)
      let mayHaveBeenStopped =
        partitions[index].mayBeStopped || partitions[index].isStopped || partitions[index].isInitialising
      partitions[index].forget()
      guard isTouched else {
        // Who did not run did nothing to be stopped for, so its next period is judged.
        partitions[index].mayBeStopped = mayHaveBeenStopped
        continue
      }
      partitions[index].supplyKnown = false
      doubtSupply(of: index)
      for process in processes.indices where processes[process].partition == UInt8(index) {
        processes[process].forget()
      }
    }
    for line in registeredBy.indices {
      registrationKnown[line] = 0
    }
    custom.forget()
    step = Step()
    rare = Rarities()
    for index in guests.indices { guests[index].forget() }
    health.isNextKnown = false
    health.isWaitingKnown = false
    health.waiting = 0
    health.entries = []
    health.isLogKnown = false
    ports.forget()
    schedule.isNextScheduleKnown = false
    schedule.isScheduleKnown = false
    schedule.isLastChangeKnown = false
    isResumeKnown = false
    schedule.forgetWindow()
    schedule.framesKnown = false
    machine.isRunnerKnown = false
    machine.isEntryKnown = false
    machine.readyTime = 0
    schedule.isIdle = false
    schedule.isIdleKnown = false
    machine.isTimerKnown = false
    machine.isArmed = false
    // An expiry of what was armed in the loss may come after the timer was armed anew.
    machine.mayBeStale = true
    machine.mayComeTwice = false
    machine.isMaskKnown = false
    machine.kernelCountsKnown = 0
    machine.isSpuriousKnown = false
    machine.areStimuliKnown = false
    machine.isKernelTimeKnown = false
    machine.frameToJudge = false
    for channel in channels.indices { channels[channel] = ChannelState(isEmpty: false, isKnown: false) }
    keyframe.isKnown = false
    keyframe.words.removeAll(keepingCapacity: true)
  }

  private mutating func doubtAll(_ reason: String) {
    for key in ClaimKey.allCases where key.isTouchedByLoss { book.doubt(key.rawValue, reason) }
    for claim in ClaimKey.allCases.count..<book.details.count where book.details[claim].isTouchedByLoss {
      book.doubt(claim, reason)
    }
  }

  /// What the partition got, and what its processes did with that, in the missing time.
  private mutating func doubtSupply(of partition: Int) {
    guard !isBeginningOverwritten else { return }
    let reason = "events are missing before event \(position)"
    if partitions[partition].supplyClaim >= 0 { book.doubt(Int(partitions[partition].supplyClaim), reason) }
    for process in processes where process.partition == UInt8(partition) { book.doubt(process.claim, reason) }
  }

  /// Whether a window of the partition, or one of its period's starts, may lie between two instants.
  private func mayHaveRun(_ partition: UInt8, from first: UInt64, to last: UInt64) -> Bool {
    // The drainer runs in idle time, which is nearly always.
    guard partition != plan.drainer, !plan.mayReset else { return true }
    guard schedule.isFrameKnown, plan.schedules.count == 1, last >= first, first >= schedule.frameStart,
      last &- schedule.frameStart < 2 &* plan.schedules[0].majorFrame
    else { return true }
    let frame = plan.schedules[0].majorFrame
    for index in plan.schedules[0].windows where plan.windows[index].partition == partition {
      for turn in 0..<UInt64(3) {
        let start = schedule.frameStart &+ turn &* frame &+ plan.windows[index].start
        // The window is announced L before its start, or a little earlier.
        let lead = plan.allowance &+ Self.earlyTolerance
        let announced = start > lead ? start &- lead : 0
        if first < start &+ plan.windows[index].duration, last >= announced { return true }
      }
    }
    return false
  }
}

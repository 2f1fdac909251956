import ModuleConfiguration

/// What it takes to judge a piece of a trace by itself. Nothing here judges: a bad guess costs time, not truth.
extension Verifier {
  /// What a piece took for granted about an `OpenCount`.
  struct Assumption {
    var statistic: StatisticSelector
    var partition: UInt8
    var start: UInt64
  }

  // MARK: Learning

  /// Goes on at a later place of the trace.
  ///
  /// Kept is what seldom changes, or what the next event of its kind tells; forgotten is what would be carried on
  /// wrongly, where it is learnt anew within a few major frames.
  mutating func jump(to instant: UInt64) {
    book = book.cleared()
    step = Step()
    rare = Rarities()
    isResumeKnown = false
    for index in partitions.indices {
      partitions[index].countersKnown = false
      partitions[index].unfinishedKnown = false
      partitions[index].upcallAwaited = -1
      partitions[index].supplyKnown = false
      guests[index].isReflectedKnown = false
    }
    for index in processes.indices { processes[index].isReleased = false }
    for port in ports.queues.indices { ports.queues[port].isKnown = false }
    schedule.isFrameKnown = false
    schedule.isNextKnown = false
    schedule.isWindowKnown = false
    schedule.isOpen = false
    schedule.awaitsFirst = false
    schedule.idleUntil = nil
    schedule.isIdle = false
    machine.isRunnerKnown = false
    machine.isTimerKnown = false
    machine.isArmed = false
    machine.mayBeStale = false
    machine.isEntryKnown = false
    machine.readyTime = 0
    machine.isKernelTimeKnown = false
    machine.frameToJudge = false
    // Stimuli are played at the first entry after their instants.
    machine.stimuliPlayed = plan.stimuli.count { $0.time.nanoseconds < instant }
    machine.pulsed = 0
    keyframe.words.removeAll(keepingCapacity: true)
    keyframe.isKnown = false
    custom.forget()
  }

  /// The piece is about to begin: what was not learnt is as it was at the older place.
  mutating func settle(by older: borrowing Verifier) {
    book = book.cleared()
    for index in partitions.indices {
      partitions[index].marksEver.open()
      guests[index].missedTicks.open()
      guard !guests[index].isReflectedKnown else { continue }
      guests[index].isReflectedKnown = older.guests[index].isReflectedKnown
      guests[index].reflected = older.guests[index].reflected
    }
    machine.spuriousCount.open()
    for port in ports.queues.indices where !ports.queues[port].isKnown {
      let channel = plan.ports[port].channel
      guard ports.queues[port] == older.ports.queues[port].unknown,
        channels[channel].sequence == older.channels[channel].sequence
      else { continue }
      ports.queues[port] = older.ports.queues[port]
    }
    if keyframe.words.isEmpty { keyframe.isKnown = older.keyframe.isKnown }
  }

  // MARK: Judging

  mutating func beginPiece() {
    isPiece = true
    assumptions = []
  }

  /// A count is asked for that the piece does not know: the answer is taken to be right.
  mutating func assumeStatistic(_ partition: UInt8) {
    guard let statistic = StatisticSelector(rawValue: step.argument0) else { return }
    let told = step.resultValue
    let start: UInt64
    switch statistic {
    case .marks where partitions[Int(partition)].marksEver.isOpen:
      start = partitions[Int(partition)].marksEver.close(byTold: told)
    case .missedTicks where guests[Int(partition)].missedTicks.isOpen:
      start = guests[Int(partition)].missedTicks.close(byTold: told)
    case .spuriousInterrupts where machine.spuriousCount.isOpen:
      start = machine.spuriousCount.close(byTold: told)
    default: return
    }
    assumptions.append(Assumption(statistic: statistic, partition: partition, start: start))
  }

  // MARK: Joining

  /// Whether an assumption of the piece that begins here is right.
  func holds(_ assumption: Assumption) -> Bool {
    switch assumption.statistic {
    case .marks: partitions[Int(assumption.partition)].marksEver.value == assumption.start
    case .missedTicks: guests[Int(assumption.partition)].missedTicks.value == assumption.start
    case .spuriousInterrupts: machine.spuriousCount.value == assumption.start
    default: false
    }
  }

  /// Takes over what was judged before the piece, by a verifier that the piece follows.
  mutating func inherit(_ before: borrowing Verifier) {
    isPiece = false
    assumptions = []
    for index in partitions.indices {
      partitions[index].marksEver.close(at: before.partitions[index].marksEver.value)
      guests[index].missedTicks.close(at: before.guests[index].missedTicks.value)
    }
    machine.spuriousCount.close(at: before.machine.spuriousCount.value)
    var whole = before.book.copy()
    whole.append(book)
    book = whole
  }
}

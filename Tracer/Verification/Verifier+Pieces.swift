import ModuleConfiguration
import TraceFormat

/// What it takes to judge a piece of a trace by itself. Nothing here judges: a bad guess costs time, not truth.
extension Verifier {
  /// What a piece took for granted about an `OpenCount`.
  struct Assumption {
    enum Subject {
      case marks, missedTicks, spuriousInterrupts, reflections
      /// Of these no more than `start`.
      case drainedWords, drainedBytes
    }
    var subject: Subject
    var partition: UInt8
    var start: UInt64
  }

  // MARK: Learning

  /// So much time before a piece is worth learning from, in ns: two major frames.
  public var learningTime: UInt64 { (plan.schedules.map(\.majorFrame).max() ?? 0) &* 2 }

  /// Goes on at a later place of the trace.
  ///
  /// Kept is what seldom changes, or what the next event of its kind tells; forgotten is what would be carried on
  /// wrongly, where it is learnt anew within a few major frames.
  mutating func jump(to instant: UInt64) {
    calm = Calm()
    machine.spuriousCount.assume()
    book = book.cleared(isMuted: true)
    step = Step()
    rare = Rarities()
    isResumeKnown = false
    isUnusual = true
    for index in partitions.indices {
      partitions[index].marksEver.assume()
      guests[index].missedTicks.assume()
      guests[index].reflected.assume()
      guests[index].isReflectedGuessed = true
      partitions[index].countersKnown = false
      partitions[index].unfinishedKnown = false
      partitions[index].upcallAwaited = -1
      partitions[index].supplyKnown = false
    }
    for index in processes.indices {
      // One that is older than its job will not be told of again.
      let isOld = processes[index].stall.map { $0.since < processes[index].begin } ?? false
      if !processes[index].isReleased || !isOld { processes[index].stall = nil }
      processes[index].end()
      (processes[index].periodStart, processes[index].periodLength) = (nil, 0)
      if processes[index].phase == .known { processes[index].phase = .guessed }
    }
    for port in ports.queues.indices where plan.ports[port].isQueuing { ports.queues[port].isKnown = false }
    schedule.isFrameKnown = false
    schedule.forgetWindow()
    schedule.isIdle = false
    machine.isRunnerKnown = false
    machine.isTimerKnown = false
    machine.isArmed = false
    machine.mayBeStale = false
    machine.mayComeTwice = false
    machine.isEntryKnown = false
    machine.readyTime = 0
    machine.isKernelTimeKnown = false
    machine.frameToJudge = false
    // Stimuli are played at the first entry after their instants.
    machine.stimuliPlayed = plan.stimuli.count { $0.time.nanoseconds < instant }
    machine.pulsed = 0
    machine.isDrainOpen = true
    keyframe.words.removeAll(keepingCapacity: true)
    keyframe.isKnown = false
    custom.forget()
  }

  /// The piece is about to begin: what was not learnt is as it was at the older place.
  mutating func settle(by older: borrowing Verifier) {
    calm = Calm()
    book = book.cleared()
    for index in partitions.indices {
      partitions[index].marksEver.open()
      guests[index].missedTicks.open()
      if guests[index].isReflectedKnown { guests[index].reflected.open() }
      guests[index].isReflectedGuessed = false
      if !partitions[index].countersKnown {
        partitions[index].countersKnown = older.partitions[index].countersKnown
        partitions[index].entered = older.partitions[index].entered
        partitions[index].returned = older.partitions[index].returned
      }
      if !partitions[index].unfinishedKnown {
        partitions[index].unfinishedKnown = older.partitions[index].unfinishedKnown
        partitions[index].unfinished = older.partitions[index].unfinished
      }
    }
    for index in processes.indices where processes[index].phase == .guessed { processes[index].phase = .known }
    machine.spuriousCount.open()
    for port in ports.queues.indices where plan.ports[port].isQueuing && !ports.queues[port].isKnown {
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
    let index = Int(partition)
    switch StatisticSelector(rawValue: step.argument0) {
    case .marks where partitions[index].marksEver.isOpen && partitions[index].marksEverKnown:
      assume(.marks, partition, partitions[index].marksEver.assume(told: step.resultValue))
    case .missedTicks where guests[index].missedTicks.isOpen && guests[index].missedKnown:
      assume(.missedTicks, partition, guests[index].missedTicks.assume(told: step.resultValue))
    case .spuriousInterrupts where machine.spuriousCount.isOpen && machine.isSpuriousKnown:
      assume(.spuriousInterrupts, partition, machine.spuriousCount.assume(told: step.resultValue))
    default: break
    }
  }

  /// It is to be judged whether the partition is in a handler. An exception, or an error that it raises, tells of how
  /// many it has come back: of all, if it is in none.
  mutating func assumeReflected(_ partition: UInt8) {
    guard isPiece, guests[Int(partition)].reflected.isOpen else { return }
    var told: UInt64?
    if step.partition == partition {
      if step.kind == EventKind.exception.rawValue { told = step.argument1 & 0xFFFF_FFFF }
      if step.kind == EventKind.hypercall.rawValue, step.call.number == .raiseApplicationError {
        told = step.looked & 0xFFFF_FFFF
      }
    }
    assume(.reflections, partition, guests[Int(partition)].reflected.assume(told: told))
  }

  /// The drainer says how far it is: before the piece it was not further.
  mutating func assumeDrained(_ words: UInt64, _ bytes: UInt64) {
    machine.isDrainOpen = false
    guard isPiece else { return }
    assume(.drainedWords, 0xFF, words)
    assume(.drainedBytes, 0xFF, bytes)
  }

  private mutating func assume(_ subject: Assumption.Subject, _ partition: UInt8, _ start: UInt64) {
    assumptions.append(Assumption(subject: subject, partition: partition, start: start))
  }

  // MARK: Joining

  /// Whether an assumption of the piece that begins here is right.
  func holds(_ assumption: Assumption) -> Bool {
    let index = Int(assumption.partition)
    return switch assumption.subject {
    case .marks: partitions[index].marksEver.value == assumption.start
    case .missedTicks: guests[index].missedTicks.value == assumption.start
    case .spuriousInterrupts: machine.spuriousCount.value == assumption.start
    case .drainedWords: machine.drainedWords <= assumption.start
    case .drainedBytes: machine.drainedBytes <= assumption.start
    case .reflections: guests[index].reflectedCount == UInt32(truncatingIfNeeded: assumption.start)
    }
  }

  /// Takes over what was judged before the piece, by a verifier that the piece follows.
  ///
  /// That one's book goes over too: it is not copied.
  mutating func inherit(_ before: inout Verifier) {
    isPiece = false
    assumptions = []
    for index in partitions.indices {
      partitions[index].marksEver.close(at: before.partitions[index].marksEver.value)
      guests[index].missedTicks.close(at: before.guests[index].missedTicks.value)
      guests[index].reflected.close(at: before.guests[index].reflected.value)
    }
    machine.spuriousCount.close(at: before.machine.spuriousCount.value)
    if machine.isDrainOpen {
      machine.isDrainOpen = false
      (machine.drainedWords, machine.drainedBytes) = (before.machine.drainedWords, before.machine.drainedBytes)
    }
    calm.entries &+= before.calm.entries
    calm.ownEntries &+= before.calm.ownEntries
    calm.interrupts &+= before.calm.interrupts
    swap(&book, &before.book)
    book.append(before.book)
  }
}

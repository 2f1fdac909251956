import APEXTypes
import ModuleConfiguration
import TraceFormat

// The inputs of the core, one method each. Each begins with what the snapshot tells, does its own, and ends with
// `conclude`, which passes the schedule's boundaries and chooses who runs.

extension PartitionCore where Marking: MarkingRule {
  /// The module starts: every partition in COLD_START, and the first major frame L after `now`.
  ///
  /// A partition that its maker has put into another mode before stays in it.
  /// - Parameter stop: the instant at which the module shall end by itself, or `never`.
  public mutating func start<Recorder: DecisionRecorder>(
    at now: SystemTime, stop: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    stopNanoseconds = stop.nanoseconds
    findNextStimulus()
    for index in 0..<partitions.count where partitions[index].mode == .idle {
      restart(PartitionIndex(UInt8(index)), in: .coldStart, .normalStart, into: &recorder)
    }
    schedule.stand(
      active: -1, cursor: schedule.windowCount, frameCount: 0,
      frameStart: now.nanoseconds &+ switchAllowanceNanoseconds)
    mustPlan = true
    conclude(at: now, into: &recorder)
  }

  /// A line of the interrupt controllers fired, or was pulsed by the test device.
  public mutating func interrupt<Recorder: DecisionRecorder>(
    _ line: InterruptLine, _ snapshot: EntrySnapshot, at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learn(snapshot, into: &recorder)
    let isPulse = snapshot.flags.contains(.isPulse)
    let canBeSpurious = line.rawValue == 7 || line.rawValue == 15
    if canBeSpurious && !isPulse && !snapshot.flags.contains(.lineInService) {
      // The controller withdrew the request. Nothing is in service at line 7; for 15 the first controller has line 2.
      spuriousInterrupts &+= 1
      recorder.record(.spurious, partition: .none, detail: 0, operand: UInt32(line.vector))
      if line.rawValue == 15 { decision.acknowledge = InterruptLine(2) }
      return conclude(at: now, into: &recorder)
    }
    mark(line, hasBegun: now.nanoseconds >= pendingStartNanoseconds, into: &recorder)
    if isPulse { lines.pulsed &= ~line.bit } else { decision.acknowledge = line }
    conclude(at: now, into: &recorder)
  }

  /// The first half of `interrupt` for a line that cannot be spurious: the marks. The acknowledgement is the caller's.
  ///
  /// - Parameters:
  ///   - flags: the snapshot's that tell of the partition; those beside `interruptsEnabled` are asked for by
  ///     `needsFrame` only.
  ///   - upcallsReturned: the snapshot's.
  ///   - interrupted: the partition that runs; it is taken at its word.
  @inline(__always)
  public mutating func beginInterrupt<Recorder: DecisionRecorder>(
    _ line: InterruptLine, _ flags: EntrySnapshot.Flags, upcallsReturned: UInt16, of interrupted: Caller,
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    learnAtOnce(flags, upcallsReturned: upcallsReturned, of: interrupted, into: &recorder)
    // Unchecked: a line is below 16, and there are 16.
    let state = lines.lines[unchecked: Int(line.rawValue)]
    if interrupted.configuration.pointee.markedLines & UInt64(state.bit) != 0 { deferMark(line, owners: state.owners) }
    mark(line, hasBegun: false, into: &recorder)
  }

  /// Whether what the snapshot of an interrupt of this line, come at that instant, says of the running partition's
  /// frame could be asked for: by an upcall now, for the line, for marks that wait, or for a tick of its timer that is
  /// due as well; or by one that comes before another snapshot does. That is so from `quietUntilNanoseconds` on:
  /// whoever loses the processor with this very interrupt, for its window ends, is parked with what this snapshot says,
  /// and a mark in its next window is delivered or refused by it.
  @inline(__always) public mutating func needsFrame(for line: InterruptLine, at nanoseconds: UInt64) -> Bool {
    let index = Int(current.rawValue)
    return nanoseconds >= quietUntilNanoseconds
      || lines.lines[Int(line.rawValue)].owners & 1 &<< UInt32(current.rawValue) != 0
      || vcpus.interrupts[index].pending != 0 || nextTickNanoseconds != .max
  }

  /// Whether nothing follows from the marks of `beginInterrupt`: the interrupted partition goes on.
  @inline(__always) public mutating func isQuietAfterMarks(at nanoseconds: UInt64, of interrupted: Caller) -> Bool {
    nanoseconds < quietUntilNanoseconds && !lines.isMaskStale && interrupted.interrupts.pointee.pending == 0
  }

  /// The second half of `interrupt`, where something follows.
  public mutating func concludeInterrupt<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    conclude(at: now, into: &recorder)
  }

  @inline(__always)
  private mutating func mark<Recorder: DecisionRecorder>(
    _ line: InterruptLine, hasBegun: Bool, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    // Unchecked: a line is below 16, and there are 16.
    let state = lines.lines[unchecked: Int(line.rawValue)]
    if state.hasKernelHandler {
      kernelTicks &+= 1
      recorder.record(.kernelHandler, partition: .none, detail: 0, operand: UInt32(line.vector), kernelTicks)
    }
    if lines.foreign & state.bit != 0 { lines.countForeign(line) }
    if state.owners != 0 {
      if hasBegun { deferMark(line, owners: state.owners) }
      Marking.mark(line, owners: state.owners, in: vcpus, into: &recorder)
    } else if !state.hasKernelHandler {
      recorder.record(.unclaimed, partition: .none, detail: 0, operand: UInt32(line.vector))
    }
  }

  /// The one-shot timer fired.
  @inline(__always)
  public mutating func timer<Recorder: DecisionRecorder>(
    _ snapshot: EntrySnapshot, at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learn(snapshot, into: &recorder)
    expire(at: now, into: &recorder)
  }

  /// The same where a partition certainly was interrupted.
  ///
  /// - Parameter running: the partition of the snapshot.
  @inline(__always)
  public mutating func timerOfRunning<Recorder: DecisionRecorder>(
    _ snapshot: EntrySnapshot, of running: Caller, at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learnOfRunning(snapshot, of: running, into: &recorder)
    expire(at: now, into: &recorder)
  }

  @inline(__always)
  private mutating func expire<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    armedNanoseconds = 0  // It has fired: whatever is wanted next has to be armed.
    mustPlan = true
    concludeInLine(at: now, into: &recorder)
  }

  /// The running partition raised a CPU exception.
  public mutating func exception<Recorder: DecisionRecorder>(
    vector: UInt8, errorCode: UInt64, address: UInt64, exceptionsReturned: UInt32, _ snapshot: EntrySnapshot,
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learn(snapshot, into: &recorder)
    let culprit = current
    precondition(!culprit.isNone)
    entryNanoseconds = now.nanoseconds
    noteExceptionsReturned(exceptionsReturned, of: Int(culprit.rawValue))
    if reflect(vector: vector, errorCode: errorCode, address: address, to: culprit, into: &recorder) {
      return conclude(at: now, into: &recorder)
    }
    let error = error(vector: vector, address: address, of: culprit)
    handle(error, of: culprit, vector: vector, address: address, into: &recorder)
    conclude(at: now, into: &recorder)
  }

  /// A piece of the memory of `decision.initialising` has been made anew.
  public mutating func memoryPiece<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    notePiece(of: decision.initialising, into: &recorder)
    conclude(at: now, into: &recorder)
  }

  /// Non-maskable interrupts came: the host asks the module to end in order.
  public mutating func nonMaskable<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    stop(.nonMaskableInterrupt, into: &recorder)
    conclude(at: now, into: &recorder)
  }

  /// The test device does its next action. The interrupt of a pulsed line is an input of its own, which comes as soon
  /// as the line is open (`duePulse`); a further pulse before that is lost, as a controller loses it.
  public mutating func stimulus<Recorder: DecisionRecorder>(
    at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    let stimulus = table.record(StimulusRecord.self, nextStimulus)
    if stimulus.action == .linePulse, stimulus.data < 16 {
      lines.pulsed |= InterruptLine(UInt8(truncatingIfNeeded: stimulus.data)).bit
    }
    nextStimulus &+= 1
    findNextStimulus()
    mustPlan = true
    conclude(at: now, into: &recorder)
  }

  /// When the last input came.
  @inline(__always) public var lastEntry: SystemTime {
    mutating get { SystemTime(nanoseconds: entryNanoseconds) }
  }

  /// The test device's next action, if its instant has come.
  public func dueStimulus(at now: SystemTime) -> StimulusRecord? {
    guard nextStimulusNanoseconds <= now.nanoseconds, nextStimulus < stimulusCount, !hasStopped else { return nil }
    return table.record(StimulusRecord.self, nextStimulus)
  }

  /// The line whose pulse by the test device has to interrupt now, before anything else but another action of the test
  /// device: it is open.
  @inline(__always) public var duePulse: InterruptLine? {
    @inline(__always) mutating get { hasStopped ? nil : lines.openPulse }
  }

  /// The snapshot's flags that tell of the partition, not of the interrupt.
  static var flagsOfPartition: UInt8 {
    EntrySnapshot.Flags.interruptsEnabled.rawValue | EntrySnapshot.Flags.inReturnTail.rawValue
      | EntrySnapshot.Flags.frameFits.rawValue | EntrySnapshot.Flags.isHandlerOver.rawValue
  }

  /// Takes over what the snapshot says of the partition that was interrupted.
  @inline(__always)
  mutating func learn<Recorder: DecisionRecorder>(
    _ snapshot: EntrySnapshot, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard snapshot.partition != PartitionIndex.none.rawValue else { return }
    precondition(snapshot.partition == current.rawValue)
    learn(
      EntrySnapshot.Flags(rawValue: snapshot.flags.rawValue & Self.flagsOfPartition),
      upcallsReturned: snapshot.upcallsReturned, into: &recorder)
  }

  /// The same where a partition certainly was interrupted, and is at hand.
  @inline(__always)
  mutating func learnOfRunning<Recorder: DecisionRecorder>(
    _ snapshot: EntrySnapshot, of running: Caller, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    precondition(running.index == current)
    learnAtOnce(
      EntrySnapshot.Flags(rawValue: snapshot.flags.rawValue & Self.flagsOfPartition),
      upcallsReturned: snapshot.upcallsReturned, of: running, into: &recorder)
  }

  /// The same of the running partition, with the flags that tell of it.
  @inline(__always)
  mutating func learn<Recorder: DecisionRecorder>(
    _ flags: EntrySnapshot.Flags, upcallsReturned: UInt16, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(current.rawValue)
    partitions[index].seen = flags
    let returned = upcallsReturned &- partitions[index].upcallsReturned
    if returned != 0 {
      partitions[index].upcallsReturned = upcallsReturned
      guests.states[index].noteReturned(returned)
      recorder.record(.upcallsReturned, partition: current, detail: 0, operand: UInt32(returned))
    }
  }

  @inline(never)
  mutating func stop<Recorder: DecisionRecorder>(
    _ reason: StopReason, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard !hasStopped else { return }
    hasStopped = true
    decision.hasStopped = true
    mustPlan = true
    lines.isMaskStale = true
    recorder.record(.stop, partition: .none, detail: reason.rawValue, operand: 0)
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// The running partition asked for a service.
  public mutating func hypercall<Recorder: DecisionRecorder>(
    _ call: Hypercall, _ snapshot: EntrySnapshot, at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learn(snapshot, into: &recorder)
    precondition(!current.isNone)
    let caller = beginCall()
    let answer = serve(call, at: now, into: &recorder)
    record(answer, to: call.number, of: caller, into: &recorder)
    if answer.effect != .none { decision.effect = answer.effect }
    conclude(at: now, into: &recorder)
  }

  /// The running partition asked for `yield`: what `hypercall` does with it, without looking which service it is.
  ///
  /// - Parameter running: the partition of the snapshot.
  @inline(__always)
  public mutating func yield<Recorder: DecisionRecorder>(
    _ snapshot: EntrySnapshot, of running: Caller, at now: SystemTime, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    decision.reset()
    learnOfRunning(snapshot, of: running, into: &recorder)
    // As `beginCall`.
    running.interrupts.pointee.deferred = 0
    record(yield(), to: UInt64(HypercallNumber.yield.rawValue), of: running.index, into: &recorder)
    concludeInLine(at: now, into: &recorder)
  }

  @inline(__always)
  private mutating func beginCall() -> PartitionIndex {
    // Marks that were held back come with the caller's own hypercall.
    vcpus.interrupts[Int(current.rawValue)].deferred = 0
    return current
  }

  @inline(__always)
  private mutating func record<Recorder: DecisionRecorder>(
    _ answer: Answer, to number: UInt64, of caller: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    recorder.record(
      .hypercallResult, partition: caller, detail: answer.status.rawValue,
      operand: UInt32(truncatingIfNeeded: number), answer.value)
    decision.answer = HypercallAnswer(caller: caller, status: answer.status, value: answer.value)
  }

  private mutating func serve<Recorder: DecisionRecorder>(
    _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable {
    guard call.number <= 0xFFFF, let number = HypercallNumber(rawValue: UInt16(call.number)) else {
      return Answer(.invalidParameter)
    }
    switch number {
    case .null, .note, .tellProcess: return Answer(.noError)
    case .readTime: return Answer(.noError, value: now.nanoseconds)
    case .yield: return yield()
    case .writeConsole: return writeConsole(call)
    case .noteWords: return noteWords(call)
    case .createSamplingPort: return createSamplingPort(call, into: &recorder)
    case .writeSamplingMessage: return writeSamplingMessage(call, at: now, into: &recorder)
    case .readSamplingMessage: return readSamplingMessage(call, at: now, into: &recorder)
    case .readSamplingTime: return readSamplingTime(call.arguments.0)
    case .setSegmentBase:
      guard call.arguments.0 < PartitionLayout.ring else { return Answer(.invalidParameter) }
      return Answer(.noError, effect: .segmentBase(call.arguments.0))
    case .readStatistic: return readStatistic(call.arguments.0, call.arguments.1)
    case .stopModule:
      guard configurations[Int(current.rawValue)].isSystem else { return Answer(.invalidConfiguration) }
      stop(.requested, into: &recorder)
      return Answer(.noError)
    case .drainComplete:
      // Only after the end event, when the kernel no longer asks the core.
      return Answer(current == drainer ? .invalidMode : .invalidConfiguration)
    case .setUpcallEntry: return setUpcallEntry(call)
    case .returnFromUpcall: return returnFromUpcall(call)
    case .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt,
      .registerVCPU, .unregisterVCPU:
      guard let interrupt = VirtualInterrupt(vector: call.arguments.0) else { return Answer(.invalidParameter) }
      return serveInterrupt(number, interrupt, call)
    case .bindEvent, .raiseEvent: return serveEvent(number, call, into: &recorder)
    case .setExceptionHandler, .setExceptionEntry: return serveException(number, call)
    case .setTimer: return setTimer(call, at: now)
    case .setPartitionMode: return setPartitionMode(call, into: &recorder)
    case .raiseApplicationError, .completeCallback, .readErrorLog:
      if number == .raiseApplicationError { learnHandler(call.operand) }
      return serveHealth(number, call, at: now, into: &recorder)
    case .setModuleSchedule: return setModuleSchedule(call, into: &recorder)
    case .findModuleSchedule: return findModuleSchedule(call)
    case .createQueuingPort, .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort:
      return serveQueuing(number, call, at: now, into: &recorder)
    }
  }

  /// Gives up the rest of the window. In idle time the drainer has nothing to give up and is answered `noAction`.
  @inline(__always) private mutating func yield() -> Answer {
    guard current == schedule.owner, let next = schedule.nextOwnWindowStart else { return Answer(.noAction) }
    partitions[Int(current.rawValue)].hasYielded = true
    mustPlan = true
    return Answer(.noError, value: next)
  }

  private func writeConsole(_ call: Hypercall) -> Answer {
    let byteCount = min(call.arguments.1, min(UInt64(ModuleLimits.maximumConsoleBytes), call.operand))
    guard call.arguments.1 > 0, allows(.read, current, call.arguments.0, call.arguments.1) else {
      return Answer(.invalidParameter)
    }
    guard byteCount > 0 else { return Answer(.notAvailable) }
    return Answer(
      .noError, value: byteCount, effect: .console(address: call.arguments.0, byteCount: byteCount))
  }

  private func noteWords(_ call: Hypercall) -> Answer {
    let (address, count) = (call.arguments.0, call.arguments.1)
    guard Self.canBeNoted(address, count), allows(.read, current, address, count &* 8) else {
      return Answer(.invalidParameter)
    }
    return Answer(.noError, effect: .noteWords(address: address, count: count))
  }

  /// Whether a note may have so many words at such an address, whoever's they are.
  @inline(__always) static func canBeNoted(_ address: UInt64, _ count: UInt64) -> Bool {
    count &- 1 < UInt64(ModuleLimits.maximumNoteWords) && address & 7 == 0
  }

  mutating func readStatistic(_ selector: UInt64, _ argument: UInt64) -> Answer {
    switch StatisticSelector(rawValue: selector) {
    case .majorFrames: return Answer(.noError, value: schedule.frameCount)
    case .kernelTicks: return Answer(.noError, value: kernelTicks)
    case .spuriousInterrupts: return Answer(.noError, value: spuriousInterrupts)
    case .operatingMode:
      guard argument < UInt64(partitions.count) else { return Answer(.invalidParameter) }
      return Answer(.noError, value: UInt64(partitions[Int(argument)].mode.rawValue))
    case .partitionCount: return Answer(.noError, value: UInt64(partitions.count))
    case .marks: return Answer(.noError, value: vcpus.interrupts[Int(current.rawValue)].markTotal)
    case .currentSchedule: return Answer(.noError, value: schedule.schedules[schedule.scheduleIndex].identifier)
    case .nextSchedule: return Answer(.noError, value: schedule.schedules[schedule.nextScheduleIndex].identifier)
    case .lastScheduleChange: return Answer(.noError, value: schedule.lastChange)
    case .missedTicks: return Answer(.noError, value: guests.states[Int(current.rawValue)].missedTicks)
    case .errorLogCount: return Answer(.noError, value: errorLog.count)
    case .droppedErrorCount: return Answer(.noError, value: errorLog.droppedCount)
    case .repeatedErrorCount: return Answer(.noError, value: errorLog.repeatCount(of: current))
    case nil: return Answer(.invalidParameter)
    }
  }
}

import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

extension Verifier {
  @inline(__always)
  mutating func hypercall(_ event: RowReference) {
    guard event.partition != 0xFF else { return refuseNobody() }
    enter(event)
    tellCall(event)
  }

  /// The same where it is not followed by its answer.
  @inline(never)
  mutating func hypercallAlone(_ event: RowReference) { hypercall(event) }

  @inline(never)
  mutating func resultAlone(_ event: RowReference) { hypercallResult(event) }

  @inline(never)
  private mutating func refuseNobody() {
    if fails(.meaning) { explain("a hypercall comes from the idle loop") }
  }

  @inline(__always)
  mutating func hypercallResult(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.hypercallAnswered)
    guard step.kind == EventKind.hypercall.rawValue, event.partition == step.partition,
      event.operand == UInt32(step.what), !step.happenings.contains(.answered)
    else { return refuseResult(event) }
    answer(event)
  }

  /// The call of the step gets its answer, the first.
  @inline(__always)
  mutating func answer(_ event: RowReference) {
    step.happenings.insert(.answered)
    step.resultCode = event.detail
    step.resultValue = event.words.w0
    guard !step.call.duties.isDisjoint(with: .answered) else { return }
    if step.call.number == .readTime, step.resultCode == 0, step.time <= step.resultValue, step.resultValue <= time {
      tally(.timeRead)
    } else {
      takeOver(event)
    }
  }

  @inline(never)
  private mutating func refuseResult(_ event: RowReference) {
    if fails(.hypercallAnswered) {
      explain("a result of hypercall \(event.operand) for \(name(event.partition)), who did not wait for one")
    }
  }

  @inline(never)
  private mutating func judgeUnknown(_ event: RowReference) {
    tally(.hypercallKnown)
    if event.detail == 0, fails(.hypercallKnown) { explain("hypercall \(step.what) does not exist, and succeeded") }
  }

  /// Where a hypercall succeeded: judges its value, and takes over what it changed.
  @inline(never)
  private mutating func takeOver(_ event: RowReference) {
    if step.call.duties.contains(.disturb) { disturb() }
    guard let number = step.call.number else { return judgeUnknown(event) }
    guard step.call.duties.contains(.take) else { return }
    let partition = event.partition
    guard step.resultCode == 0 else { return number == .readErrorLog ? judgeErrorLogRefused(partition) : () }
    switch number {
    case .registerHandler, .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt,
      .registerVCPU, .unregisterVCPU:
      takeLine(number, partition)
    case .setUpcallEntry:
      partitions[Int(partition)].entryAddress = step.argument0
      partitions[Int(partition)].entryAddressKnown = true
    case .yield:
      judgeYield(of: partition)
      step.happenings.insert(.timing)
    case .readTime:
      tally(.timeRead)
      if step.resultValue < step.time || step.resultValue > time { refuseTime(partition) }
    case .noteWords: judgeNoteGranted(partition)
    case .tellProcess: take(ProcessTelling((step.argument0, step.argument1, step.argument2)), of: partition)
    case .readStatistic: judgeStatistic(partition)
    case .stopModule, .drainComplete:
      tally(.hypercallKnown)
      let mayDo = number == .stopModule ? plan.partitions[Int(partition)].isSystem : partition == plan.drainer
      if !mayDo, fails(.hypercallKnown) {
        explain("\(name(partition)) may not ask for \(number), and was not refused")
      }
    case .bindEvent: bindEvent(partition)
    case .raiseEvent: judgeRaised(partition)
    case .setExceptionHandler: setExceptionHandler(partition)
    case .setExceptionEntry:
      guests[Int(partition)].exceptionEntry = step.argument0
      guests[Int(partition)].isEntryKnown = true
    case .setTimer: setTimer(partition)
    case .readErrorLog: judgeErrorLog(partition)
    case .setModuleSchedule: judgeScheduleAsked(partition)
    case .raiseApplicationError: judgeErrorRaised()
    case .setPartitionMode, .completeCallback, .findModuleSchedule:
      break  // Judged when the step closes: the answer is not their effect.
    case .createQueuingPort, .createSamplingPort: nameCreatedPort()
    case .writeSamplingMessage, .readSamplingMessage, .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus,
      .clearQueuingPort, .readSamplingTime:
      break  // The same, by `closePort` and `closeQueue`.
    case .returnFromUpcall, .writeConsole, .note, .setSegmentBase, .null: break
    }
  }

  private mutating func refuseTime(_ partition: UInt8) {
    if fails(.timeRead) {
      let told = step.resultValue.seconds
      explain("\(name(partition)) was told \(told), between \(step.time.seconds) and \(time.seconds)")
    }
  }

  private mutating func takeLine(_ number: HypercallNumber, _ partition: UInt8) {
    tally(.registration)
    guard let interrupt = VirtualInterrupt(vector: step.argument0) else {
      if fails(.registration) { explain("\(number) of vector \(step.argument0) succeeded; there are 32 … 66") }
      return
    }
    let line = Int(interrupt.rawValue)
    let index = Int(partition)
    let bit: UInt64 = 1 << UInt64(line)
    switch number {
    case .registerHandler:
      partitions[index].handler |= bit
      partitions[index].handlerKnown |= bit
      handlerAddresses[index * Self.interruptStride + line] = step.argument1
      let address = step.argument1
      if address != 0, !plan.partitions[index].executable.contains(where: { $0.contains(address) }),
        fails(.registration)
      {
        explain("\(name(partition)) registered a handler at \(address.hexadecimal), outside its executable memory")
      }
    case .unregisterHandler:
      partitions[index].handler &= ~bit
      partitions[index].handlerKnown |= bit
    case .enableInterrupt:
      partitions[index].ready |= bit
      partitions[index].readyKnown |= bit
    case .disableInterrupt:
      partitions[index].ready &= ~bit
      partitions[index].readyKnown |= bit
    case .acknowledgeInterrupt:
      acknowledge(index, line, bit)
    case .registerVCPU:
      if !mayRegister(partition, line), fails(.registration) {
        explain("\(name(partition)) registered vector \(line + 32), which the module does not permit it")
      }
      setRegistered(index, line, true)
    default:
      setRegistered(index, line, false)
    }
  }

  /// Whether the module table lets a partition have a virtual interrupt.
  private func mayRegister(_ partition: UInt8, _ line: Int) -> Bool {
    switch line {
    case 0..<16: plan.partitions[Int(partition)].permittedLines & 1 << UInt16(line) != 0
    case 16..<32:
      plan.eventChannels.contains { $0.destination == partition && Int($0.vector) == line + 32 }
    case 33: plan.partitions[Int(partition)].isSystem
    default: true
    }
  }

  @inline(__always)
  private mutating func acknowledge(_ index: Int, _ line: Int, _ bit: UInt64) {
    if partitions[index].serviceKnown & bit != 0 {
      tally(.acknowledgeValue)
      let expected = partitions[index].inService & bit != 0 ? coalesced[index * Self.interruptStride + line] : 0
      if step.resultValue != expected, fails(.acknowledgeValue) {
        explain("acknowledging line \(line) answered \(step.resultValue); its upcall coalesced \(expected) marks")
      }
    }
    partitions[index].inService &= ~bit
    partitions[index].serviceKnown |= bit
  }

  mutating func setRegistered(_ index: Int, _ line: Int, _ isOn: Bool) {
    let bit: UInt64 = 1 << UInt64(line)
    let who: UInt32 = 1 << UInt32(index)
    if isOn {
      partitions[index].registered |= bit
      registeredBy[line] |= who
    } else {
      judgeUnansweredMarks(of: index, lines: bit)
      partitions[index].registered &= ~bit
      registeredBy[line] &= ~who
      // Whether marks that wait outlive the registration is the kernel's own affair: they cannot be delivered.
      partitions[index].pendingKnown &= ~bit
      partitions[index].serviceKnown &= ~bit
      // It depends on what else waits whether another mark without room is told of.
      partitions[index].isRoomToldKnown = false
    }
    partitions[index].registeredKnown |= bit
    registrationKnown[line] |= who
  }

  @inline(__always)
  private mutating func judgeStatistic(_ partition: UInt8) {
    if isPiece { assumeStatistic(partition) }
    let expected: UInt64
    switch StatisticSelector(rawValue: step.argument0) {
    case .majorFrames:
      guard schedule.framesKnown else { return }
      expected = schedule.framesBegun
    case .kernelTicks:
      guard machine.kernelCountsKnown & 1 != 0 else { return }
      expected = machine.kernelCounts[0]
    case .spuriousInterrupts:
      guard machine.isSpuriousKnown else { return }
      expected = machine.spuriousCount.value
    case .operatingMode:
      guard step.argument1 < UInt64(partitions.count), partitions[Int(step.argument1)].mode != 0xFF else { return }
      expected = UInt64(partitions[Int(step.argument1)].mode)
    case .partitionCount:
      expected = UInt64(partitions.count)
    case .marks:
      guard partitions[Int(partition)].marksEverKnown else { return }
      expected = partitions[Int(partition)].marksEver.value
    case .currentSchedule:
      guard schedule.isScheduleKnown else { return }
      expected = plan.schedules[schedule.schedule].identifier
    case .nextSchedule:
      guard schedule.isNextScheduleKnown else { return }
      expected = plan.schedules[schedule.nextSchedule].identifier
    case .lastScheduleChange:
      guard schedule.isLastChangeKnown else { return }
      expected = schedule.lastChange
    case .missedTicks:
      guard guests[Int(partition)].missedKnown else { return }
      expected = guests[Int(partition)].missedTicks.value
    case .errorLogCount:
      guard health.isNextKnown else { return }
      expected = health.nextEntry
    case .droppedErrorCount:
      guard health.isNextKnown else { return }
      expected = health.nextEntry - min(health.nextEntry, UInt64(ModuleLimits.errorLogLength))
    case .repeatedErrorCount:
      return  // What is not told leaves nothing in the trace to count.
    case nil: return
    }
    tally(.statistic)
    if step.resultValue != expected, fails(.statistic) {
      explain("statistic \(step.argument0) was answered with \(step.resultValue); the trace counts \(expected)")
    }
  }

  mutating func closeHypercall() {
    if step.call.number == .completeCallback, !step.happenings.contains(.stopped) { closeCompletion() }
    guard step.happenings.contains(.answered) else { return judgeUnanswered() }
    switch step.call.number {
    case .writeConsole: closeConsole()
    case .noteWords: closeNote()
    case .createSamplingPort:
      judgeCreationRefused()
      closePort()
    case .readSamplingMessage, .writeSamplingMessage: closePort()
    case .readSamplingTime: closeSamplingTime()
    case .createQueuingPort:
      judgeCreationRefused()
      closeQueue()
    case .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort: closeQueue()
    case .setPartitionMode: closeModeAsked()
    case .setModuleSchedule: closeScheduleAsked()
    case .findModuleSchedule: closeScheduleNamed()
    default: break
    }
  }

  private mutating func judgeUnanswered() {
    // Who stops or starts anew takes no answer; the drainer is done only when the trace is.
    let mayEnd =
      step.call.number == .drainComplete || !step.happenings.isDisjoint(with: [.stopped, .modeChanged])
      || rare.isModuleReset
    tally(.hypercallAnswered)
    if !mayEnd, fails(.hypercallAnswered) {
      explain("hypercall \(step.what) of \(name(step.partition)) at event \(step.position) got no result")
    }
  }
}

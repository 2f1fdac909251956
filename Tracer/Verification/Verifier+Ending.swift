import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Boot, keyframes, loss, stop and end: what the trace says of itself.
extension Verifier {
  mutating func judgeFirst(_ event: RowReference) {
    tally(.boot)
    if event.kind != EventKind.boot.rawValue { refuseFirst("is of kind \(event.kind)") }
  }

  /// The first event is not the boot, or none that has a meaning.
  mutating func refuseFirst(_ reason: String) {
    if gapCount > 0 {
      book.doubt(ClaimKey.boot.rawValue, "the first events are missing")
    } else if fails(.boot) {
      explain("the first event \(reason)")
    }
  }

  mutating func boot(_ event: RowReference) {
    if eventCount > 0 {
      if fails(.boot) { explain("the module boots a second time") }
      return
    }
    if event.words.w0 != plan.checksum, fails(.boot) {
      explain("the kernel booted table \(event.words.w0.hexadecimal); this is \(plan.checksum.hexadecimal)")
    }
    ending.stopInstant = event.words.w3 == 0 ? .max : event.words.w3
    ending.isStopInstantKnown = true
  }

  /// The start tells once more when the module is to stop, and alone where the boot was lost.
  mutating func takeStopInstant(_ instant: UInt64) {
    let asked = instant == 0 ? .max : instant
    if ending.isStopInstantKnown {
      guard asked != ending.stopInstant, fails(.boot) else { return }
      explain(
        "the module is started to stop at \(asked.seconds), and was booted to stop at \(ending.stopInstant.seconds)")
    } else if gapCount > 0 {
      ending.stopInstant = asked
      ending.isStopInstantKnown = true
    }
  }

  @inline(never)
  mutating func loss(_ event: RowReference) {
    ending.lossRecords &+= 1
    ending.lostEvents = ending.lostEvents &+ event.words.w0
    // The record carries the time of the event before it; the events were lost until the next one.
    noteGap()
    // A delay counted from a lost event says nothing.
    isResumeKnown = false
  }

  mutating func keyframeWords(_ event: RowReference) {
    if event.operand == 0 {
      if keyframe.isKnown, !keyframe.words.isEmpty, fails(.keyframe) {
        explain("a keyframe begins before the last one has ended, after \(keyframe.words.count) words")
      }
      keyframe.words.removeAll(keepingCapacity: true)
      keyframe.isKnown = true
    }
    guard keyframe.isKnown else { return }
    guard Int(event.operand) == keyframe.words.count, keyframe.words.count + 8 <= KeyframeState.maximumWords else {
      keyframe.isKnown = false
      if fails(.keyframe) { explain("state word \(event.operand) follows state word \(keyframe.words.count)") }
      return
    }
    let words = wordsAtHand
    for index in 0..<8 { keyframe.words.append(words[index]) }
  }

  mutating func keyframeEnd(_ event: RowReference) {
    defer {
      keyframe.words.removeAll(keepingCapacity: true)
      keyframe.isKnown = true
    }
    guard keyframe.isKnown else { return }
    tally(.keyframe)
    let count = Int(event.operand)
    var isWhole = count <= keyframe.words.count && count + 8 > keyframe.words.count
    if isWhole {
      isWhole =
        keyframe.words.withUnsafeBytes { XXH64.hash(UnsafeRawBufferPointer(rebasing: $0[0..<(count * 8)])) }
        == event.words.w0
    }
    if !isWhole, fails(.keyframe) {
      explain("the keyframe has \(count) words by its end, \(keyframe.words.count) arrived, or their checksum differs")
    }
  }

  mutating func stop(_ event: RowReference) {
    tally(.stopReason)
    let isRight: Bool
    switch StopReason(rawValue: event.detail) {
    case .instantReached: isRight = !ending.isStopInstantKnown || time >= ending.stopInstant
    case .nonMaskableInterrupt: isRight = step.happenings.contains(.nonMaskable) || step.kind == 0
    case .requested:
      isRight =
        step.kind == 0
        || step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.stopModule.rawValue
          && step.partition != 0xFF && plan.partitions[Int(step.partition)].isSystem
    case .healthMonitor: isRight = step.kind == 0 || rare.isModuleShutdown
    case nil: isRight = false
    }
    if !isRight, fails(.stopReason) { explain("the module stops for reason \(event.detail), which was not given") }
    judgeStopInstant()
    judgeUnansweredMarks()
    if ending.hasStopped, fails(.stopReason) { explain("the module stops a second time") }
    ending.hasStopped = true
    isUnusual = true
    step.happenings.insert(.stopped)
    tally(.stopQuiet)
  }

  private mutating func judgeStopInstant() {
    guard ending.stopInstant != .max, time >= ending.stopInstant else { return }
    let late = time &- ending.stopInstant
    let span = CaseSpan(from: ending.stopInstant, to: time)
    if exceeds(ClaimKey.stopPrompt.rawValue, Int64(clamping: late), over: span) {
      explain("the module was to stop at \(ending.stopInstant.seconds), and stopped \(late.nanoseconds) later")
    }
  }

  /// An event after the stop.
  mutating func judgeAfterStop(_ event: RowReference, _ kind: EventKind) {
    switch kind {
    case .interrupt, .timer, .exception, .start, .mark, .upcall, .windowStart, .majorFrameStart, .portOperation,
      .kernelHandler:
      break
    case .hypercall where event.partition != plan.drainer || event.partition == 0xFF: break
    case .partitionSwitch where event.partition != plan.drainer && event.partition != 0xFF: break
    default: return
    }
    if fails(.stopQuiet) { explain("after the stop there is \(kind) of \(name(event.partition))") }
  }

  mutating func end(_ event: RowReference) {
    closeStep()
    step = Step()
    rare = Rarities()
    ending.hasEnded = true
    isUnusual = true
    ending.endTime = time
    tally(.end)
    if gapCount == ending.lossRecords, event.words.w0 != eventCount, fails(.end) {
      explain("the end counts \(event.words.w0) events before it; there were \(eventCount)")
    }
    if gapCount == ending.lossRecords, event.words.w1 != ending.lostEvents, fails(.end) {
      explain("the end counts \(event.words.w1) events lost; the loss records say \(ending.lostEvents)")
    }
    if keyframe.isKnown, !keyframe.words.isEmpty, fails(.keyframe) {
      explain("the trace ends, and a keyframe has not, after \(keyframe.words.count) words")
    }
    judgeUnplayed()
    judgeCustomAtEnd()
    judgeOpenFrame()
    for process in processes.indices { judgeOverdue(process) }
    doubtUnseen()
    judgeLastPeriods()
    judgeUnansweredMarks()
  }

  /// Stimuli are played at the kernel's next entry, and every window brings one.
  private mutating func judgeUnplayed() {
    guard machine.areStimuliKnown, machine.stimuliPlayed < plan.stimuli.count, ending.hasStopped else { return }
    let due = plan.stimuli[machine.stimuliPlayed].time.nanoseconds
    let frame = plan.schedules[schedule.schedule].majorFrame
    if time > due, time &- due > frame, fails(.stimulus) {
      explain("stimulus \(machine.stimuliPlayed), listed for \(due.seconds), was never played")
    }
  }

  // MARK: The report

  /// Closes the account and reports. `fileBytes`, the size of the whole trace, is needed for the claim on its rate.
  public mutating func finish(fileBytes: UInt64? = nil) -> VerificationReport {
    if isGapOpen { closeGap() }
    settleCalm()
    tally(.complete)
    if gapCount > 0 {
      book.doubt(
        ClaimKey.complete.rawValue,
        ending.lostEvents > 0 ? "\(ending.lostEvents) events were lost at \(gapCount) places" : "\(gapCount) gaps")
    }
    if !ending.hasEnded { doubtTail() }
    doubtStop()
    if ending.hasEnded, !ending.hasStopped { judgeUnstopped() }
    judgeTraceRate(fileBytes)
    doubtLeftOut()
    var report = VerificationReport(
      moduleName: plan.name, partitionNames: plan.partitions.map(\.name), claims: claims, eventCount: eventCount,
      timeSpan: min(firstTime, time)...max(firstTime, time), gapCount: gapCount, hasEnd: ending.hasEnded,
      kernelIdentity: ending.kernelIdentity)
    report.errorCount = report.claim("health.entered")?.checked ?? 0
    report.discards = plan.ports.indices.filter { book.discarded[$0] > 0 }.map {
      PortDiscards(port: plan.portNames[$0], partition: name(plan.ports[$0].partition), messages: book.discarded[$0])
    }
    report.leaveOut(by: plan.choices)
    return report
  }

  /// Whether the module stopped in time is not known where the stop is missing, or the instant asked for.
  private mutating func doubtStop() {
    if ending.stopInstant != .max, !ending.hasStopped {
      book.doubt(ClaimKey.stopPrompt.rawValue, gapCount > 0 ? "the stop is missing" : "the module has not stopped")
    } else if !ending.isStopInstantKnown, gapCount > 0 || !ending.hasEnded {
      book.doubt(ClaimKey.stopPrompt.rawValue, "the boot is missing, which says when the module is to stop")
    }
  }

  private mutating func judgeUnstopped() {
    if gapCount > 0 {
      book.doubt(ClaimKey.stopReason.rawValue, "the stop is missing")
    } else if fails(.stopReason) {
      explain("the trace ends, and the module never stopped")
    }
  }

  /// The tail is missing: what was under way when the trace breaks off stays open.
  private mutating func doubtTail() {
    let reason = ending.isCutShort ? "the part ends before the trace does" : "the trace breaks off without its end"
    for key in [ClaimKey.end, .complete, .stopReason, .stopQuiet] { book.doubt(key.rawValue, reason) }
    judgeOpenFrame()
    if targets.kernelTime >= 0, machine.isKernelTimeKnown {
      book.doubt(Int(targets.kernelTime), "\(reason), within a major frame")
    }
    // What a call without a result yet may complete may be in time.
    let isOpen = step.call.number == .yield || step.call.number == .tellProcess
    let calling = isOpen && !step.happenings.contains(.answered) ? step.partition : 0xFF
    for process in processes.indices where processes[process].partition != calling { judgeOverdue(process) }
    for process in processes where process.isReleased {
      book.doubt(process.claim, "\(reason), and \(process.name) was under way")
    }
    doubtUnseen()
    judgeLastPeriods()
    judgeUnansweredMarks()
    for index in partitions.indices where partitions[index].supplyClaim >= 0 {
      guard partitions[index].supplyKnown, partitions[index].supply > 0 else { continue }
      book.doubt(Int(partitions[index].supplyClaim), "\(reason), within a period")
    }
    var open: [ClaimKey] = []
    if step.kind == EventKind.interrupt.rawValue {
      open += [.markComplete, .acknowledged, .kernelHandler, .unclaimed, .spurious]
    }
    if step.kind == EventKind.hypercall.rawValue, !step.happenings.contains(.answered) {
      open += [.hypercallAnswered, .portResult, .consoleWritten]
    }
    if step.call.number == .noteWords, !step.happenings.contains(.answered) || step.notedWords != step.argument1 {
      open.append(.noteWords)
    }
    if step.kind == EventKind.exception.rawValue, !step.happenings.contains(.healthAction) {
      open.append(.exceptionAnswered)
    }
    if step.happenings.contains(.upcall) {
      open += [.upcallWritten, .upcallRegistered, .upcallWindow, .upcallEnabled, .upcallOrder, .upcallCount]
    }
    if step.happenings.contains(.maskDue) { open.append(.maskWritten) }
    if step.happenings.contains(.modeDue) { open.append(.healthCarriedOut) }
    if rare.isTouched || step.kind == EventKind.start.rawValue { open += ClaimKey.judgedLate }
    if step.happenings.contains(.copyDue) { open.append(.portCopied) }
    if schedule.isOpen { open.append(.windowEndOrder) }
    if machine.isArmed { open.append(.timerPunctual) }
    if !keyframe.words.isEmpty { open.append(.keyframe) }
    for key in open { book.doubt(key.rawValue, reason) }
    judgeCustomAtEnd(isCut: true)
    for claim in custom.open { book.doubt(claim, "\(reason), and what must follow may be missing") }
  }

  /// The last major frame is cut short: what the kernel took of it is too much already, or says nothing.
  private mutating func judgeOpenFrame() {
    let claim = Int(targets.kernelTime)
    guard claim >= 0, machine.isKernelTimeKnown, Int64(clamping: machine.kernelTime) > book.accounts[claim].limit
    else { return }
    let span = CaseSpan(from: machine.kernelTimeSince, to: machine.entryTime, scope: .kernel)
    if exceeds(claim, Int64(clamping: machine.kernelTime), over: span) {
      explain("the kernel took \(machine.kernelTime.nanoseconds) in the major frame that was under way at the end")
    }
  }

  private mutating func judgeTraceRate(_ fileBytes: UInt64?) {
    let claim = Int(targets.traceBytes)
    guard claim >= 0 else { return }
    guard let fileBytes, time > firstTime, ending.hasEnded, gapCount == 0 else {
      book.doubt(claim, fileBytes == nil ? "the size of the trace is not known" : "the trace is not whole")
      return
    }
    let (high, low) = fileBytes.multipliedFullWidth(by: 1_000_000_000)
    // A second of module time is what the bound speaks of: in a shorter run the trace's beginning would weigh too much.
    let span = max(time &- firstTime, 1_000_000_000)
    // Rounded up: a bound that is not whole is not kept by a fraction.
    let (whole, rest) = high < span ? span.dividingFullWidth((high, low)) : (.max, 0)
    let rate = rest == 0 ? whole : whole &+ 1
    if exceeds(claim, Int64(clamping: rate), over: CaseSpan.none) {
      explain("\(fileBytes) bytes in \(span.nanoseconds), a second at least, are \(rate) a second")
    }
  }
}

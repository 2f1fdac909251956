import APEXTypes
import EventRows
import TextForms
import TraceFormat

/// From the interrupt to its marks: who is marked, in which order, how often; and that the line leaves service.
extension Verifier {
  /// What a mark's counter holds at most.
  static let fullCounter = UInt64(UInt32.max)

  mutating func interrupt(_ event: RowReference) {
    guard line(event.operand & 0xFFFF) != nil else { return }
    if event.detail & EntrySnapshot.Flags.isPulse.rawValue != 0 {
      enterWithin(event)
    } else {
      enter(event)
    }
    begin(event)
  }

  /// What the interrupt itself tells; its step has begun.
  mutating func begin(_ event: RowReference) {
    let line = Int(step.what) - 32
    let isPulse = step.flags.contains(.isPulse)
    step.isSpurious = (line == 7 || line == 15) && !isPulse && !step.flags.contains(.lineInService)
    guard !step.isSpurious else { return }
    step.due = registeredBy[line]
    step.dueKnown = registrationKnown[line]
    judgeMask(line)
    judgeForeign(line)
    if isPulse { takePulse(line) }
  }

  /// The line of a vector; nil, and a violation, outside 32 … 47.
  mutating func line(_ vector: UInt32) -> Int? {
    if vector >= 32, vector < 48 { return Int(vector) - 32 }
    if fails(.meaning) { explain("vector \(vector) belongs to no line") }
    return nil
  }

  /// The place of a vector among a partition's virtual interrupts; nil, and a violation, outside 32 … 66, and where it
  /// is nobody's.
  @inline(__always)
  mutating func interruptIndex(_ vector: UInt32, of partition: UInt8) -> Int? {
    if vector >= 32, vector < 32 + UInt32(VirtualInterrupt.count), partition != 0xFF { return Int(vector) - 32 }
    refuseInterrupt(vector, partition)
    return nil
  }

  @inline(never)
  private mutating func refuseInterrupt(_ vector: UInt32, _ partition: UInt8) {
    guard fails(.meaning) else { return }
    explain("vector \(vector) is no virtual interrupt" + (partition == 0xFF ? ", for it is nobody's" : ""))
  }

  @inline(__always)
  mutating func judgeMask(_ line: Int) {
    guard machine.isMaskKnown else { return }
    tally(.maskEffective)
    if isMasked(line) { refuseMasked(line) }
  }

  /// Whether the mask that is known, if one is, leaves no interrupt of a line through.
  @inline(__always)
  mutating func isMasked(_ line: Int) -> Bool {
    let bits: UInt16 = 1 &<< UInt16(truncatingIfNeeded: line) | (line >= 8 ? 4 : 0)
    return machine.isMaskKnown && machine.mask & bits != 0
  }

  @inline(never)
  private mutating func refuseMasked(_ line: Int) {
    if fails(.maskEffective) {
      explain("line \(line) interrupts; the mask is \(machine.mask.hexadecimal)")
    }
  }

  @inline(__always)
  mutating func judgeForeign(_ line: Int) {
    guard isForeign(line) else { return }
    if step.partition == schedule.owner, !step.flags.contains(.isPulse) { machine.isEntryForeign = true }
    countForeign(line)
  }

  /// Whether the interrupt at hand is of a line that the owner of the open window may not register.
  @inline(__always)
  mutating func isForeign(_ line: Int) -> Bool {
    // A pulse says of no partition that it was interrupted: it counts in whoever's window it comes.
    let isOwners = step.flags.contains(.isPulse) || step.partition == schedule.owner
    // Masks hold for the whole window, whoever runs in it.
    return schedule.isWindowKnown && schedule.isOpen && schedule.owner != 0xFF
      && (isOwners || plan.lines[line].isMaskedUntilOwner)
      && plan.partitions[Int(schedule.owner)].permittedLines & 1 &<< UInt16(truncatingIfNeeded: line) == 0
  }

  /// A line that the owner of the open window may not register interrupts it.
  mutating func countForeign(_ line: Int) {
    if plan.lines[line].isMaskedUntilOwner {
      tally(.maskForeign)
      if fails(.maskForeign) {
        explain("line \(line), masked until its owner's window, interrupts the window of \(name(schedule.owner))")
      }
      return
    }
    schedule.foreignInterrupts[line] &+= 1
    tally(.maskBudget)
    let count = schedule.foreignInterrupts[line]
    if count > plan.lines[line].budgetPerWindow, fails(.maskBudget) {
      explain(
        "line \(line) interrupts the window of \(name(schedule.owner)) for the \(count). time; "
          + "\(plan.lines[line].budgetPerWindow) are budgeted")
    }
  }

  /// A pulse of the test device interrupts: one that was made, and had not interrupted yet.
  private mutating func takePulse(_ line: Int) {
    let bit: UInt16 = 1 << UInt16(line)
    defer { machine.pulsed &= ~bit }
    guard machine.areStimuliKnown else { return }
    tally(.stimulus)
    if machine.pulsed & bit == 0, fails(.stimulus) { explain("line \(line) interrupts by a pulse that was not made") }
  }

  /// At an entry: a pulse of an open line would have interrupted before.
  mutating func judgePulses() {
    guard machine.pulsed != 0, machine.areStimuliKnown, machine.isMaskKnown, !ending.hasStopped else { return }
    let open = machine.pulsed & ~machine.mask
    guard open != 0 else { return }
    let line = open.trailingZeroBitCount
    machine.pulsed &= ~open
    if fails(.stimulus) { explain("line \(line) was pulsed and is open, and has not interrupted") }
  }

  mutating func mark(_ event: RowReference) {
    guard let line = interruptIndex(event.operand, of: event.partition) else { return }
    let index = Int(event.partition)
    if UInt16(event.partition) == calm.partition { disturb() }
    guard line < 16 else { return markOther(event, index, line) }
    let bit: UInt32 = 1 << UInt32(index)
    tally(.markRegistered)
    let belongs = step.kind == EventKind.interrupt.rawValue && Int(step.what) == line + 32 && !step.isSpurious
    if step.kind != 0 {
      if !belongs {
        if step.isSpurious {
          if fails(.spurious) { explain("a spurious interrupt marks \(name(event.partition))") }
        } else if fails(.markRegistered) {
          explain("\(name(event.partition)) is marked for line \(line), which did not interrupt")
        }
      } else if step.dueKnown & bit != 0, step.due & bit == 0 {
        if fails(.markRegistered) {
          explain("\(name(event.partition)) is marked for line \(line), which it has not registered")
        }
      } else if step.marked & bit != 0, fails(.markRegistered) {
        explain("\(name(event.partition)) is marked twice for one interrupt of line \(line)")
      }
      tally(.markOrder)
      if step.lastMarked > Int32(index), fails(.markOrder) {
        explain("\(name(event.partition)) is marked after \(name(UInt8(step.lastMarked)))")
      }
      step.lastMarked = Int32(index)
      // A mark for another line does not stand for the one that is due.
      if belongs {
        step.marked |= bit
        step.lastMarkTime = time
      }
    }
    takeMark(event, index, line, 1)
    let lineBit: UInt64 = 1 << UInt64(line)
    if partitions[index].marked & lineBit != 0 { placeMark(index, lineBit) }
  }

  /// A mark of a marked line: into running code it is not to be delivered.
  private mutating func placeMark(_ index: Int, _ bit: UInt64) {
    guard schedule.isWindowKnown else {
      partitions[index].optional |= bit
      return
    }
    guard schedule.isOpen, Int(schedule.owner) == index else { return }
    if Int(step.partition) == index, step.kind != 0 {
      partitions[index].deferred |= bit
    } else {
      partitions[index].optional |= bit
    }
  }

  /// Takes a mark that stands for `marks` interrupts.
  @inline(__always)
  mutating func takeMark(_ event: RowReference, _ index: Int, _ line: Int, _ marks: UInt64) {
    let bit: UInt64 = 1 << UInt64(line)
    let cell = index &* Self.interruptStride &+ line
    partitions[index].marksEver.add(marks)
    if partitions[index].pendingKnown & bit != 0 {
      tally(.markCounter)
      let waiting = partitions[index].pending & bit != 0 ? counters[cell] : 0
      // A counter that is full stays full, visibly; one that tells more than it can hold is followed all the same.
      let isFull = waiting <= Self.fullCounter && Self.fullCounter - waiting < marks
      let expected = isFull ? Self.fullCounter : waiting &+ marks
      if event.words.w0 != expected, fails(.markCounter) {
        explain(
          "\(waiting) marks of vector \(line + 32) waited in \(name(event.partition)); with \(marks) more "
            + "\(event.words.w0)")
      }
      // By the bit: a counter that lies says nothing of whether the interrupt waits already.
      if partitions[index].pending & bit == 0 {
        markClocks[cell] = windowClock(of: event.partition, at: time)
        markTimes[cell] = time
        partitions[index].clockKnown |= bit
      }
    }
    partitions[index].pending |= bit
    partitions[index].pendingKnown |= bit
    counters[cell] = event.words.w0
  }

  mutating func closeInterrupt() {
    let line = Int(step.what) - 32
    if step.isSpurious {
      tally(.spurious)
      if step.spuriousDecisions != 1, fails(.spurious) {
        explain("the spurious interrupt \(step.what) was told apart \(step.spuriousDecisions) times")
      }
      return
    }
    judgeMissingMarks(line)
    if !step.flags.contains(.isPulse), !plan.leftOut.contains(.acknowledged) {
      tally(.acknowledged)
      if step.acknowledgements != 1, fails(.acknowledged) {
        explain(
          "the interrupt of line \(line) at event \(step.position) was acknowledged \(step.acknowledgements) times")
      }
    }
    let isHandled = plan.lines[line].hasKernelHandler
    if isHandled || step.kernelHandlerRuns > 0 {
      tally(.kernelHandler)
      if step.kernelHandlerRuns != (isHandled ? 1 : 0), fails(.kernelHandler) {
        explain("the kernel's handler of line \(line) ran \(step.kernelHandlerRuns) times for one interrupt")
      }
    }
    judgeUnclaimed(line, isHandled)
    if step.marked != 0 { judgeMarkLatency(line, step.lastMarkTime) }
  }

  /// - Parameter instant: of the last mark; ns.
  @inline(__always)
  mutating func judgeMarkLatency(_ line: Int, _ instant: UInt64) {
    let claim = Int(targets.interruptToMark[line])
    guard claim >= 0 else { return }
    let latency = Int64(from: step.time, to: instant)
    if !passes(claim, latency) { judgeMarkLatency(claim, latency, instant) }
  }

  @inline(never)
  private mutating func judgeMarkLatency(_ claim: Int, _ latency: Int64, _ instant: UInt64) {
    if exceeds(claim, latency, step.position, step.time, over: CaseSpan(from: step.time, to: instant)) {
      explain("the last mark came \(latency.nanoseconds) after the kernel's entry")
    }
  }

  @inline(__always)
  private mutating func judgeMissingMarks(_ line: Int) {
    tally(.markComplete)
    var missing = step.due & step.dueKnown & ~step.marked
    while missing != 0 {
      let index = missing.trailingZeroBitCount
      missing &= missing &- 1
      // Whether a stopped partition goes on being marked makes no difference to anybody.
      guard !partitions[index].isStopped, !partitions[index].mayBeStopped else { continue }
      if fails(.markComplete) {
        explain("the interrupt of line \(line) at event \(step.position) did not mark \(name(UInt8(index)))")
      }
    }
  }

  @inline(__always)
  private mutating func judgeUnclaimed(_ line: Int, _ isHandled: Bool) {
    let everybody: UInt32 = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(partitions.count)) &- 1)
    var wanted = isHandled
    var due = step.due
    while due != 0 {
      let index = due.trailingZeroBitCount
      due &= due &- 1
      if partitions[index].isStopped || partitions[index].mayBeStopped { return }
      wanted = true
    }
    guard wanted || step.dueKnown & everybody == everybody else { return }
    if step.unclaims > 0 || !wanted { tally(.unclaimed) }
    if step.unclaims != (wanted ? 0 : 1), fails(.unclaimed) {
      explain(
        "the interrupt of line \(line) has \(wanted ? "takers" : "no taker") and was unclaimed \(step.unclaims) times")
    }
  }
}

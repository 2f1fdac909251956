import EventRows
import TraceFormat

/// What a partition shows of its upcalls at its next entry: that they came, and how many it has entered and left.
extension Verifier {
  /// Time in ring 3 after which an upcall must have been counted by the partition, in ns: its first instructions do so.
  static let upcallEntryPatience: UInt64 = 100_000

  /// At an entry of the partition: the resume before it must have delivered what was deliverable.
  @inline(__always)
  mutating func judgeUpcallDue(_ partition: UInt8, _ resume: UInt64, _ isInstantKnown: Bool) {
    let state = partitions.reference(to: Int(partition))
    guard state.pointee.pending != 0 || state.pointee.upcallAwaited >= 0 else { return }
    if state.pointee.upcallAwaited >= 0 { judgeUpcallLatency(partition, resume, isInstantKnown) }
    guard state.pointee.isEnabledKnown, state.pointee.isEnabled, state.pointee.entryAddressKnown,
      state.pointee.entryAddress != 0, schedule.isWindowKnown, schedule.isOpen, schedule.owner == partition,
      step.kind != 0
    else { return }
    judgeWaiting(partition)
  }

  private mutating func judgeWaiting(_ partition: UInt8) {
    let state = partitions.reference(to: Int(partition))
    let waiting = deliverable(state)
    guard state.pointee.frameFits else {
      if waiting != 0 { judgeRoom(partition, state, waiting) }
      return
    }
    if waiting != 0,
      !state.pointee.unfinishedKnown || state.pointee.unfinished >= plan.partitions[Int(partition)].maximumUpcallDepth
    {
      return judgeOverflow(partition, state, waiting)
    }
    tally(.markDelivered)
    if waiting != 0, fails(.markDelivered) {
      explain(
        "\(name(partition)) was resumed with interrupts on, and the mark of line \(waiting.trailingZeroBitCount) "
          + "waits on")
    }
  }

  private mutating func judgeUpcallLatency(_ partition: UInt8, _ resume: UInt64, _ isInstantKnown: Bool) {
    let index = Int(partition)
    let claim = Int(targets.markToUpcall[Int(partitions[index].upcallAwaited)])
    let latency = windowClock(of: partition, at: resume) &- partitions[index].clockAtMark
    partitions[index].upcallAwaited = -1
    let span = CaseSpan(from: partitions[index].timeOfMark, to: resume, scope: .windows(of: partition))
    if isInstantKnown, exceeds(claim, Int64(clamping: latency), over: span) {
      explain("\(name(partition)) got its upcall \(latency.nanoseconds) of its own windows after the mark")
    }
  }

  /// Takes the snapshot of an entry, and judges the counters in it.
  @inline(__always)
  mutating func takeSnapshot(_ snapshot: EntrySnapshot, of partition: UInt8, kind: UInt8, inRing3: UInt64) {
    let state = partitions.reference(to: Int(partition))
    let isOn = snapshot.flags.contains(.interruptsEnabled) || snapshot.flags.contains(.inReturnTail)
    // Its own code has gone on, behind the first instructions of whatever upcall it was given.
    let isPast = isOn || kind == EventKind.hypercall.rawValue
    step.returned = 0
    step.areReturnsKnown = state.pointee.countersKnown
    if state.pointee.countersKnown {
      let entered = snapshot.upcallsEntered &- state.pointee.entered
      if state.pointee.upcallsOwed != 0 || entered != 0 {
        judgeEntered(partition, UInt32(entered), isPast, inRing3)
      }
      step.returned = snapshot.upcallsReturned &- state.pointee.returned
      tally(.upcallReturned)
      if snapshot.upcallsEntered &- snapshot.upcallsReturned >= 0x8000 { refuseCounters(snapshot) }
    } else if isPast || state.pointee.isOwedKnown {
      state.pointee.upcallsOwed = 0
      state.pointee.isOwedKnown = true
    }
    if step.returned != 0 || !state.pointee.unfinishedKnown {
      countUnfinished(Int(partition), snapshot, isPast: kind == EventKind.hypercall.rawValue)
    }
    state.pointee.entered = snapshot.upcallsEntered
    state.pointee.returned = snapshot.upcallsReturned
    state.pointee.countersKnown = state.pointee.isOwedKnown
    state.pointee.isEnabledKnown = true
    state.pointee.show(snapshot.flags)
  }

  private mutating func refuseCounters(_ snapshot: EntrySnapshot) {
    if fails(.upcallReturned) {
      explain(
        "\(name(snapshot.partition)) has returned \(snapshot.upcallsReturned) times from "
          + "\(snapshot.upcallsEntered) upcalls")
    }
  }

  /// An upcall must be counted by the partition's first instructions; only an entry before them may find it uncounted.
  private mutating func judgeEntered(_ partition: UInt8, _ entered: UInt32, _ isPast: Bool, _ inRing3: UInt64) {
    let index = Int(partition)
    let owed = partitions[index].upcallsOwed
    tally(.upcallEntered)
    partitions[index].timeSinceUpcall = partitions[index].timeSinceUpcall &+ inRing3
    let isLate = isPast || partitions[index].timeSinceUpcall > Self.upcallEntryPatience
    if entered == owed || entered &+ 1 == owed && !isLate {
      partitions[index].upcallsOwed = owed &- entered
      return
    }
    partitions[index].upcallsOwed = 0
    if fails(.upcallEntered) {
      explain("\(name(partition)) has entered \(entered) upcalls since the entry before; \(owed) were decided")
    }
  }

  mutating func upcallsReturned(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.upcallReturned)
    guard event.partition == step.partition, event.operand == UInt32(step.returned), step.returned != 0,
      !step.happenings.contains(.returnsLearnt)
    else {
      // After a loss the first entry of a partition has no counters to compare with.
      if event.partition == step.partition, event.partition != 0xFF, !step.areReturnsKnown { return }
      if fails(.upcallReturned) {
        explain(
          "\(event.operand) returns of \(name(event.partition)) are learnt; its counter moved by \(step.returned)")
      }
      noteReturnsLearnt()
      return
    }
    noteReturnsLearnt()
  }

  private mutating func noteReturnsLearnt() {
    step.happenings.insert(.returnsLearnt)
    step.happenings.remove(.returned)
  }
}

import APEXTypes
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Turns the successor's first pending mark into an upcall, if it takes upcalls, and says whether marks remain.
  ///
  /// Order: the lowest vector first. One upcall an entry: the delivery switches the virtual interrupt flag off; a
  /// handler that switches it on is interrupted by the next, up to the configured depth, and a return asks for the next
  /// on its own frame. At the greatest depth, or where the stack cannot hold the frame, the mark stays and the error is
  /// the health monitor's.
  @inline(never)
  mutating func deliver<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard case .partition(let partition) = decision.successor, !hasStopped else { return }
    let index = Int(partition.rawValue)
    decision.hasPendingMarks = vcpus.interrupts[index].waiting != 0
    let deliverable = vcpus.interrupts[index].deliverable
    guard deliverable != 0, partitions[index].interruptsEnabled, partitions[index].upcallEntry != 0,
      partition == schedule.owner
    else { return }
    guard hasDepth(index), partitions[index].frameFits else { return refuse(partition, into: &recorder) }
    guests.states[index].isStackReported = false
    let interrupt = VirtualInterrupt(UInt8(truncatingIfNeeded: deliverable.trailingZeroBitCount))
    let isSingle = interrupt == .timer && configurations[index].missedTickPolicy == .deliverAll
    let marks =
      isSingle ? vcpus.takeOneForDelivery(partition, interrupt) : vcpus.takeForDelivery(partition, interrupt)
    let handler = vcpus.handlers[vcpus.slot(partition, interrupt)]
    let ordinal = partitions[index].upcallCount
    let reuses = partitions[index].isInReturnTail
    partitions[index].upcallCount &+= 1
    partitions[index].interruptsEnabled = false
    partitions[index].isInReturnTail = false
    guests.states[index].upcallDepth &+= 1
    recorder.record(
      .upcall, partition: partition, detail: guests.states[index].upcallDepth &<< 1 | (reuses ? 1 : 0),
      operand: UInt32(interrupt.vector), UInt64(marks), handler, ordinal)
    decision.upcall = UpcallDecision(
      partition: partition, vector: interrupt.vector, markCount: UInt64(marks), handler: handler,
      entry: partitions[index].upcallEntry, ordinal: ordinal, reusesFrame: reuses)
    decision.hasPendingMarks = vcpus.interrupts[index].waiting != 0
  }

  /// Whether one more upcall may be unfinished.
  @inline(__always) mutating func hasDepth(_ index: Int) -> Bool {
    guests.states[index].upcallDepth < configurations[index].maximumUpcallDepth
  }

  /// A mark cannot be delivered for want of depth or stack: it waits on, and the partition's table says what becomes of
  /// it. While the want lasts it is told once and then only counted: a partition that goes on would flood the log.
  private mutating func refuse<Recorder: DecisionRecorder>(
    _ partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    if hasDepth(index) {
      guard !guests.states[index].isStackReported else { return errorLog.countRepeat(of: partition) }
      guests.states[index].isStackReported = true
    } else {
      guard !guests.states[index].isDepthReported else { return errorLog.countRepeat(of: partition) }
      guests.states[index].isDepthReported = true
    }
    learnHandlerOver(index)
    handle(.stackOverflow, of: partition, vector: nil, into: &recorder)
    if isRunnable(partition), !hasStopped { return }
    decision.hasPendingMarks = false
    choose(into: &recorder)
    setMasks(into: &recorder)
  }

  /// Holds back the marks of a *marked* line that came into its owner's running window: they wait for its next window
  /// or hypercall (lineage L3); those of *direct* lines go into the running code (lineage L2).
  ///
  /// - Precondition: the window's first instruction has had its instant. Before, nothing of the owner runs yet, and the
  ///   upcall still comes with the window.
  @inline(__always) mutating func deferMark(_ line: InterruptLine, owners: UInt32) {
    guard owners & 1 &<< UInt32(current.rawValue) != 0, !current.isNone, current == schedule.owner else { return }
    let index = Int(current.rawValue)
    vcpus.interrupts[index].deferred |= configurations[index].markedLines & UInt64(line.bit)
  }
}

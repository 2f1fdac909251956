import APEXTypes
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// Turns the successor's first pending mark into an upcall, if it takes upcalls, and says whether marks remain.
  ///
  /// Order: the lowest vector first. One upcall at a time: the delivery switches the virtual interrupt flag off, and the
  /// return from it asks for the next. A partition whose stack cannot hold the frame is the health monitor's.
  mutating func deliver<Recorder: DecisionRecorder>(
    into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    guard case .partition(let partition) = decision.successor, !hasStopped else { return }
    let index = Int(partition.rawValue)
    let deliverable = vcpus.interrupts[index].deliverable
    decision.hasPendingMarks = deliverable != 0
    guard deliverable != 0, partitions[index].interruptsEnabled, partitions[index].upcallEntry != 0,
      partition == schedule.owner
    else { return }
    guard partitions[index].frameFits else {
      handle(.stackOverflow, of: partition, vector: nil, into: &recorder)
      if isRunnable(partition), !hasStopped { return }
      decision.hasPendingMarks = false
      choose(into: &recorder)
      return setMasks(into: &recorder)
    }
    let interrupt = VirtualInterrupt(UInt8(truncatingIfNeeded: deliverable.trailingZeroBitCount))
    let marks = vcpus.takeForDelivery(partition, interrupt)
    let handler = vcpus.handlers[vcpus.slot(partition, interrupt)]
    let ordinal = partitions[index].upcallCount
    let reuses = partitions[index].isInReturnTail
    partitions[index].upcallCount &+= 1
    partitions[index].interruptsEnabled = false
    partitions[index].isInReturnTail = false
    recorder.record(
      .upcall, partition: partition, detail: reuses ? 1 : 0, operand: UInt32(interrupt.vector), UInt64(marks), handler,
      ordinal)
    decision.upcall = UpcallDecision(
      partition: partition, vector: interrupt.vector, markCount: UInt64(marks), handler: handler,
      entry: partitions[index].upcallEntry, ordinal: ordinal, reusesFrame: reuses)
    decision.hasPendingMarks = vcpus.interrupts[index].deliverable != 0
  }
}

import TraceFormat

/// How upcalls nest, and where marked lines' upcalls may come.
extension Verifier {
  mutating func judgeMarked(_ partition: UInt8, _ state: DirectReference<PartitionState>, _ bit: UInt64) {
    guard state.pointee.marked & bit != 0 else { return }
    tally(.upcallMarked)
    if state.pointee.deferred & bit != 0, fails(.upcallMarked) {
      explain(
        "\(name(partition)) gets an upcall of line \(bit.trailingZeroBitCount), which is a marked one, into the code "
          + "that it interrupted")
    }
  }

  mutating func judgeDepth(_ partition: UInt8, _ state: DirectReference<PartitionState>) {
    guard state.pointee.unfinishedKnown else { return }
    tally(.upcallDepth)
    let depth = state.pointee.unfinished &+ 1
    let told = Int32(step.upcallDetail >> 1)
    let most = plan.partitions[Int(partition)].maximumUpcallDepth
    guard told != depth || depth > most, fails(.upcallDepth) else { return }
    explain(
      "the upcall of \(name(partition)) is told to be the \(told). unfinished one; it is the \(depth). and \(most) are "
        + "the most allowed")
  }

  /// A mark waits that only an upcall deeper than allowed could take.
  mutating func judgeOverflow(_ partition: UInt8, _ state: DirectReference<PartitionState>, _ waiting: UInt64) {
    guard state.pointee.unfinishedKnown else { return }
    tally(.upcallOverflow)
    if !state.pointee.isOverflowTold, fails(.upcallOverflow) {
      explain(
        "\(state.pointee.unfinished) upcalls of \(name(partition)) are unfinished, the mark of vector "
          + "\(waiting.trailingZeroBitCount + 32) waits, and the health monitor was not told")
    }
  }

  /// The health monitor is told of a mark that found no room for its frame, or no depth.
  mutating func judgeRoomTold(_ partition: UInt8) {
    let index = Int(partition)
    let state = partitions.reference(to: index)
    guard state.pointee.unfinishedKnown, step.kind != 0 else {
      partitions[index].isRoomToldKnown = false
      return
    }
    guard state.pointee.unfinished < plan.partitions[index].maximumUpcallDepth else { return }
    tally(.upcallRoom)
    if state.pointee.isRoomTold, state.pointee.isRoomToldKnown, fails(.upcallRoom) {
      explain("the health monitor is told again that a mark of \(name(partition)) finds no room, and none fitted since")
    }
    partitions[index].isRoomTold = true
    partitions[index].isRoomToldKnown = true
  }

  /// A mark waits whose frame did not fit when it was to be delivered.
  mutating func judgeRoom(_ partition: UInt8, _ state: DirectReference<PartitionState>, _ waiting: UInt64) {
    guard state.pointee.isRoomToldKnown, state.pointee.unfinishedKnown,
      state.pointee.unfinished < plan.partitions[Int(partition)].maximumUpcallDepth
    else { return }
    tally(.upcallRoom)
    if !state.pointee.isRoomTold, fails(.upcallRoom) {
      explain(
        "the mark of vector \(waiting.trailingZeroBitCount + 32) finds no room on the stack of \(name(partition)), "
          + "and the health monitor was not told")
    }
  }

  /// What the counters of an entry tell of unfinished upcalls.
  mutating func countUnfinished(_ index: Int, _ snapshot: EntrySnapshot, isPast: Bool) {
    if partitions[index].unfinishedKnown {
      // Whoever counts more returns than upcalls has none unfinished, and the next one is its first again.
      partitions[index].unfinished = max(0, partitions[index].unfinished &- Int32(step.returned))
      partitions[index].isOverflowTold = false
    } else if isPast, partitions[index].upcallsOwed == 0 {
      let unfinished = snapshot.upcallsEntered &- snapshot.upcallsReturned
      partitions[index].unfinished = Int32(unfinished)
      partitions[index].unfinishedKnown = unfinished < 0x8000
    }
  }
}

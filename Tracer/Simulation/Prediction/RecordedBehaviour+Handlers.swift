import APEXTypes
import PartitionCore

// Upcalls' handlers, which interrupt what their partition is at.
extension RecordedBehaviour {
  /// The handler has done its last deed and returns.
  func leaveHandler(
    _ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld
  ) {
    guard players[index].activities.count > 1 else { return }
    // What was computed up to here was the handler's, not that of whom it has interrupted.
    noteComputation(of: partition, from: exit, to: instant, in: world)
    let strand = players[index].activities.removeLast().strand
    guard case .handling(let vector, _) = world.guests[index].activity else { return }
    if strand.returnsMasked {
      players[index].activities[players[index].top].turn = .max
      return world.leaveMasked(index, partition, exit, at: instant)
    }
    // With marks waiting it asks the kernel for the next upcall.
    if world.core.decision.hasPendingMarks,
      let time = strand.returnTime ?? reader.demand.flows[index].returnTime.nanoseconds
    {
      world.plannedExit = instant + kernelTime(time)
    }
    world.handle(index, vector, true, partition, exit, at: instant)
  }

  /// An upcall that has no recorded one left is handled as the one before.
  func beginUpcall(of partition: PartitionIndex, _ vector: UInt8) {
    let index = Int(partition.rawValue)
    noteUpcall(index)
    let before = players[index].handlers[vector]
    let next = reader.takeHandler(of: vector, in: players[index].life, mayWait: before == nil)
    let strand = next ?? before ?? RecordedStrand(end: .returned)
    players[index].handlers[vector] = strand
    players[index].activities.append(Activity(strand: strand, isHandler: true))
  }
}

import APEXTypes
import ModuleConfiguration
import PartitionCore

/// Partitions that do again what they did in a recorded run: the same computation, then the same deed, in whatever
/// windows they are given.
final class RecordedBehaviour: PartitionBehaviour {
  /// What a partition is at.
  private struct Activity {
    /// Deeds of a handler still to do, the next one last; the main flow's come from the reader.
    var deeds: [RecordedDeed] = []
    var isHandler = false
    /// What is left of the computation before the next deed, ns; nil where it has not been looked at.
    var left: UInt64?
  }

  private let reader: DemandReader
  /// How much more partitions compute than they did, in hundredths.
  private let extraPercent: UInt64
  /// A partition that has no more to do so long before the recorded end has run out, ns.
  private let tolerance: UInt64
  /// Of each partition: the main flow, then its unfinished handlers.
  private var activities: [[Activity]]
  /// Up to when its computation is accounted for, ns.
  private var accounted: [UInt64]
  /// Calls that were answered otherwise than in the recorded run, and the instant of the first, by partition.
  private(set) var otherAnswers: [(count: UInt64, first: UInt64)]
  /// Partitions that ran out of recorded deeds, and when.
  private(set) var ranOut: [UInt64?]
  /// Partitions of which nothing more is known.
  private var isDone: [Bool]

  init(partitionCount: Int, _ reader: DemandReader, extraPercent: UInt64, tolerance: UInt64) {
    self.reader = reader
    self.extraPercent = extraPercent
    self.tolerance = tolerance
    activities = Array(repeating: [Activity()], count: partitionCount)
    accounted = Array(repeating: 0, count: partitionCount)
    otherAnswers = Array(repeating: (0, 0), count: partitionCount)
    ranOut = Array(repeating: nil, count: partitionCount)
    isDone = Array(repeating: false, count: partitionCount)
  }

  func nextDeed(of partition: PartitionIndex, from exit: UInt64, in world: SimulatedWorld) -> UInt64 {
    let index = Int(partition.rawValue)
    let top = activities[index].count - 1
    if let left = activities[index][top].left { return left > .max - exit ? .max : exit + left }
    guard let deed = next(of: index) else {
      if activities[index][top].isHandler {
        activities[index][top].left = RecordedDemand.handlerTail
        return exit + RecordedDemand.handlerTail
      }
      // It computes what it computed to the end of the recorded run, and on.
      guard ranOut[index] == nil, !isDone[index] else {
        activities[index][top].left = .max
        return .max
      }
      let last = computation(reader.lastComputation(of: index))
      activities[index][top].left = last
      return exit + last
    }
    let computation = computation(deed.computation)
    activities[index][top].left = computation
    world.guests[index].setFlag(deed.wasOn)
    return exit + computation
  }

  private func computation(_ recorded: UInt64) -> UInt64 {
    let (product, isBeyond) = recorded.multipliedReportingOverflow(by: 100 + extraPercent)
    return isBeyond ? RecordedDemand.latest : min(product / 100, RecordedDemand.latest)
  }

  private func next(of index: Int) -> RecordedDeed? {
    let top = activities[index].count - 1
    return activities[index][top].isHandler ? activities[index][top].deeds.last : reader.nextDeed(of: index)
  }

  func noteComputation(of partition: PartitionIndex, from exit: UInt64, to instant: UInt64, in world: SimulatedWorld) {
    let index = Int(partition.rawValue)
    let from = max(exit, accounted[index])
    accounted[index] = max(accounted[index], instant)
    let top = activities[index].count - 1
    guard instant > from, let left = activities[index][top].left, left != .max else { return }
    activities[index][top].left = left - min(left, instant - from)
  }

  func perform(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld) {
    let index = Int(partition.rawValue)
    let top = activities[index].count - 1
    guard let deed = next(of: index) else {
      if activities[index][top].isHandler { return leaveHandler(index, partition, exit, at: instant, in: world) }
      // Nothing happens at this instant but that nothing more is known of the partition.
      // That weakens what is predicted only where the recorded run goes on for long.
      if instant + tolerance < reader.demand.time { ranOut[index] = instant }
      isDone[index] = true
      activities[index][top].left = .max
      return world.interrupt(at: world.nextInterrupt(after: instant), exit, partition)
    }
    activities[index][top].left = nil
    if activities[index][top].isHandler {
      activities[index][top].deeds.removeLast()
    } else {
      reader.removeDeed(of: index)
    }
    world.guests[index].setFlag(deed.isOn)
    if let kernelTime = deed.kernelTime { world.plannedExit = instant + kernelTime }
    switch deed.act {
    case .fault(let fault): world.fault(fault, partition, exit, at: instant)
    case .call(let call):
      var call = call
      // A timer's first tick is as far from the call as it was.
      if call.number == HypercallNumber.setTimer.rawValue, call.arguments.0 != 0 {
        call.arguments.0 = call.arguments.0 &- deed.instant &+ instant
      }
      world.call(call, partition, exit, at: instant)
      if let status = deed.status, let answer = world.core.decision.answer, answer.status.rawValue != status {
        if otherAnswers[index].count == 0 { otherAnswers[index].first = instant }
        otherAnswers[index].count += 1
      }
    }
  }

  /// The handler has done its last deed and returns.
  private func leaveHandler(
    _ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld
  ) {
    activities[index].removeLast()
    guard case .handling(let vector, _) = world.guests[index].activity else { return }
    // With marks waiting it asks the kernel for the next upcall.
    if world.core.decision.hasPendingMarks, let time = reader.demand.flows[index].returnTime {
      world.plannedExit = instant + time
    }
    world.handle(index, vector, true, partition, exit, at: instant)
  }

  func beginUpcall(of partition: PartitionIndex, _ vector: UInt8) {
    let index = Int(partition.rawValue)
    let handler = reader.takeHandler(of: index, vector)
    activities[index].append(Activity(deeds: handler.deeds.reversed(), isHandler: true))
  }

  func restart(_ partition: PartitionIndex) { activities[Int(partition.rawValue)] = [Activity()] }

  func pieceTime(of partition: PartitionIndex) -> UInt64? { reader.takePieceTime(of: Int(partition.rawValue)) }

  func startTime(of partition: PartitionIndex) -> UInt64? {
    reader.demand.flows[Int(partition.rawValue)].startTime
  }

  func timerTime(hasUpcall: Bool, hasSwitch: Bool) -> UInt64? {
    reader.demand.timerTimes[.init(hasUpcall: hasUpcall, hasSwitch: hasSwitch)]
  }
}

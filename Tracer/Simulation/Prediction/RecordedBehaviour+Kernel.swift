import APEXTypes
import ModuleConfiguration

// What the kernel takes for what it does: what it took then.
extension RecordedBehaviour {
  /// What the kernel took for the deed where its partition does not go on.
  func planSwitch(
    _ deed: RecordedDeed, of partition: PartitionIndex, at instant: UInt64, in world: SimulatedWorld
  ) {
    let decision = world.core.decision
    if case .partition(partition) = decision.successor, decision.notBefore == .zero {
      if deed.kernelTime == nil { world.plannedExit = nil }
    } else if let time = deed.switchTime {
      world.plannedExit = instant + kernelTime(time)
    }
  }

  func pieceTime(_ piece: Int, of partition: PartitionIndex, isNext: Bool) -> UInt64? {
    let index = Int(partition.rawValue)
    let between = isNext && reader.demand.isOfKernel ? KernelWays.betweenPieces : 0
    return reader.pieceTime(piece, in: players[index].life, of: index).map { computation($0 + between) }
  }

  func timeFromEntry(toPiece piece: Int, of partition: PartitionIndex) -> UInt64? {
    reader.timeFromEntry(toPiece: piece, in: players[Int(partition.rawValue)].life).map(computation)
  }

  func timeToOpening(of partition: PartitionIndex, from entry: UInt64) -> UInt64? {
    let player = players[Int(partition.rawValue)]
    return player.start >= entry ? reader.timeToOpening(in: player.life).map(computation) : nil
  }

  func switchTime(after piece: Int, of partition: PartitionIndex) -> UInt64? {
    players[Int(partition.rawValue)].life.switchTimes[piece].map(computation)
  }

  /// What a first piece took in such a start; else what a piece took last.
  func pieceTimeAlone(_ piece: Int, of partition: PartitionIndex) -> UInt64? {
    let index = Int(partition.rawValue)
    let flow = reader.demand.flows[index]
    let mode = players[index].life.start?.mode
    return piece == 0 ? mode.flatMap { flow.firstPieceTimes[$0] } ?? flow.pieceTime : flow.pieceTime
  }

  func startTime(of partition: PartitionIndex) -> UInt64? {
    let index = Int(partition.rawValue)
    return reader.startTime(in: players[index].life, of: index).map(kernelTime)
  }

  /// As long as the entry took of which the same upcall came; else what is usual.
  func timerTime(
    _ outcome: TimerOutcome, withUpcallOf partition: PartitionIndex?, at instant: UInt64
  ) -> UInt64? {
    if let time = reader.timerTime(outcome, at: instant) { return assumption.kernelTime(time) }
    reader.learnUsualTimes()
    let usual = reader.demand.timerTimes[outcome]?.nanoseconds
    let recorded = partition.flatMap { players[Int($0.rawValue)].activities.last?.strand.timerEntry }
    return (recorded?.outcome == outcome ? recorded?.time : usual).map(assumption.kernelTime)
  }

  func timerDelay(isWaiting: Bool) -> UInt64 {
    guard reader.demand.isOfKernel else { return 0 }
    return isWaiting ? KernelWays.openingToTimer : KernelWays.resumptionToTimer
  }

  var timerLateness: UInt64 { min(Self.longestLateness, reader.demand.timerLateness.nanoseconds ?? 0) }
}

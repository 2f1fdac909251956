import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

// Partitions that start: their memory is made anew, piece by piece.
extension SimulatedWorld {
  /// Makes the next piece of a partition's memory, if nothing interrupts before it.
  ///
  /// - Returns: false if something does: the kernel waits for it.
  func makePiece() -> Bool {
    let partition = core.decision.initialising
    let index = Int(partition.rawValue)
    let piece = core.partitions[index].life.nextPiece
    let end = behaviour.map { pieceEnd(Int(piece), of: partition, by: $0) } ?? seededPieceEnd(index)
    guard let instant = end else { return false }
    pieceTimes[index] = nil
    plannedExit = nil
    timerEntry = nil
    record(.memoryPiece, at: instant, partition: partition.rawValue, operand: piece, wordCount: 2, .init())
    core.memoryPiece(at: SystemTime(nanoseconds: instant), into: &recorder)
    act()
    latestPiece = instant
    var isStarted = false
    if case .partition(partition) = core.decision.successor, core.decision.notBefore == .zero { isStarted = true }
    let time =
      isStarted
      ? behaviour?.startTime(of: partition) : behaviour?.switchTime(after: Int(piece), of: partition)
    plannedExit = time.map { instant + $0 }
    return true
  }

  /// A seeded world lets in what fires in the wait for a window's instant, and meanwhile as well.
  private func seededPieceEnd(_ index: Int) -> UInt64? {
    guard nextInterrupt(after: ring.nanoseconds) > ring.nanoseconds + 100 else { return nil }
    let start = max(ring.nanoseconds, core.decision.notBefore.nanoseconds)
    let time = pieceTimes[index] ?? generator.number(300...1500)
    pieceTimes[index] = time
    return nextInterrupt(after: start + 30) > start + time ? start + time : nil
  }

  /// A kernel makes a piece in one go. Before it, it lets interrupts in: in the wait for a window's instant, or for a
  /// moment.
  private func pieceEnd(_ piece: Int, of partition: PartitionIndex, by behaviour: any PartitionBehaviour) -> UInt64? {
    let now = ring.nanoseconds
    let isNext = now == latestPiece
    let planned =
      plannedExit ?? (isNext ? nil : behaviour.timeToOpening(of: partition, from: latestEntry).map { latestEntry + $0 })
    let start = core.decision.notBefore.nanoseconds
    if start > now {
      let opening = max(now + 30, planned ?? 0)
      let next = nextInterrupt(after: opening, delay: timerDelay(isWaiting: true))
      plannedExit = opening
      guard next >= start - min(start, finalPad) else { return nil }
      return start + (behaviour.pieceTime(piece, of: partition, isNext: false) ?? generator.number(300...1500))
    }
    let alone = behaviour.pieceTimeAlone(piece, of: partition)
    let recorded =
      isNext || piece == 0 && planned != nil && plannedExit == nil
      ? nil : behaviour.timeFromEntry(toPiece: piece, of: partition)
    let end: UInt64
    if let recorded {
      end = max(now + 1, latestEntry + recorded)
    } else if !isNext, let planned, let alone {
      end = max(now, planned) + KernelWays.openingToPiece + alone
    } else {
      end = now + (behaviour.pieceTime(piece, of: partition, isNext: isNext) ?? generator.number(300...1500))
    }
    let opening = planned ?? opening(before: end, alone: recorded == nil ? nil : alone, by: behaviour)
    // What of the timer's comes later waits for the next moment; a line's instants are those of entries.
    let hasTimer = isTimerStale || timer <= opening + behaviour.timerLateness + KernelWays.moment
    guard hasTimer || devices.nextInterrupt(after: now) < end else { return end }
    plannedExit = opening
    return nil
  }

  /// When interrupts are let in before a piece that is made right behind an entry or another piece.
  private func opening(before end: UInt64, alone: UInt64?, by behaviour: any PartitionBehaviour) -> UInt64 {
    guard behaviour.timerDelay(isWaiting: true) > 0 else { return ring.nanoseconds + 30 }
    if ring.nanoseconds == latestPiece { return latestPiece + KernelWays.pieceToOpening }
    guard let alone else { return ring.nanoseconds + 100 }
    return max(ring.nanoseconds + 30, end - min(end, alone + KernelWays.openingToPiece))
  }
}

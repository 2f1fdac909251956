import APEXTypes

// What a partition's start makes of its demand.
extension RecordedBehaviour {
  /// The recorded life that such a start began next; for a start that was not recorded, the latest life that began so,
  /// else the first, from its beginning.
  func restart(_ partition: PartitionIndex, as start: PartitionStart, at instant: UInt64) {
    let index = Int(partition.rawValue)
    players[index].start = instant
    var start = start
    if start.mayBeOfChange, asker != index { start.change = changeCount }
    players[index].life.forsake()
    passOver(index, until: start, at: instant)
    let next = reader.nextLife(of: index)
    cutJobs(index, at: instant, recorded: players[index].life.cut)
    if let next, next.start == nil || next.start == start {
      reader.removeLife(of: index)
      players[index].life = next
      players[index].first = players[index].first ?? next
    } else {
      players[index].weakness.noteUnrecordedStart(at: instant)
      let latest = players[index].life
      players[index].life = start.isLike(latest.start) ? latest : players[index].first ?? latest
    }
    players[index].activities = [Activity(strand: players[index].life.main)]
    players[index].isCaught = false
    players[index].upcallCount = 0
    players[index].running = .none
    players[index].arrears = [:]
    players[index].windows = WindowUse()
  }

  /// Recorded lives that began with changes of schedules at which the partition has not started here.
  private func passOver(_ index: Int, until start: PartitionStart, at instant: UInt64) {
    guard let change = start.change else { return }
    while let recorded = reader.nextLife(of: index)?.start?.change, recorded < change {
      reader.removeLife(of: index)
      players[index].weakness.noteUnrecordedStart(at: instant)
    }
  }
}

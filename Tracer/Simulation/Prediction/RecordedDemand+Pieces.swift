import TraceFormat

// What a start takes: its memory is made piece by piece, in the partition's own windows.
extension RecordedDemand {
  /// The event before is the start's own, the piece before, or what the kernel did for an interrupt in between. Before
  /// the window's instant nothing is made.
  mutating func takePiece(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard flows.indices.contains(index) else { return }
    // How long the kernel took for what came before, nobody knows any more.
    settle(exit: nil, partition: 0xFF)
    var span = event.time &- min(event.time, max(time, windowStart))
    if isOfKernel, latestKind == .memoryPiece { span -= min(span, KernelWays.betweenPieces) }
    // Right behind an entry, how long that took itself is in it.
    if latestKind != .memoryPiece, windowStart <= entry {
      flows[index].life.timesFromEntry[flows[index].life.pieceTimes.count] = event.time &- entry
    } else if latestKind != .memoryPiece, flows[index].life.pieceTimes.isEmpty, let start = flows[index].life.start {
      flows[index].firstPieceTimes[start.mode] = span
    }
    flows[index].life.pieceTimes.append(span)
    flows[index].pieceTime = span
    pendingStart = (index, event.time)
  }
}

import TraceFormat

// What a start takes: its memory is made piece by piece, in the partition's own windows.
extension RecordedDemand {
  /// The event before is the start's own, the piece before, or what the kernel did for an interrupt in between. Before
  /// the window's instant nothing is made.
  mutating func takePiece(_ event: TraceEvent) {
    let index = Int(event.partition)
    guard flows.indices.contains(index) else { return }
    var span = event.time &- min(event.time, max(time, windowStart))
    if isOfKernel, latestKind == .memoryPiece { span -= min(span, KernelWays.betweenPieces) }
    // Right behind what made the partition start, how long that took itself is in it.
    if flows[index].life.pieceTimes.isEmpty, flows[index].life.entry == entry, windowStart <= entry {
      flows[index].life.timeToFirstPiece = event.time &- entry
    }
    flows[index].life.pieceTimes.append(span)
    flows[index].pieceTime = span
    pendingStart = (index, event.time)
  }
}

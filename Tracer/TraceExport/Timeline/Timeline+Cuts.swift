import TraceFormat
import TraceReading

/// Where an export begins and ends within a trace.
///
/// When the CPU left the kernel, only the next entry tells. So at either end of a part the first event behind it is
/// looked at before it is said whether the kernel or ring 3 had the CPU there.
extension Timeline {
  /// Says what is open at `time`, for an exporter that begins there; from then on nothing is told to be earlier.
  ///
  /// - Parameter next: the first event of the part, or behind it; nil where the trace ends before. It is not consumed.
  public mutating func open(at time: UInt64, before next: TraceEvent?, _ tell: Sink) {
    floor = max(floor, time)
    let position = lastPosition
    // What began before is not told to begin then.
    processes.catchUp(to: floor) { _ in }
    if gap != nil { tell(.forgotten, floor, position) }
    let ringThree = leaveKernel(before: next)
    for mode in modes { if let mode { tell(.mode(mode), floor, position) } }
    if let frame { tell(.frame(frame), floor, position) }
    // Before the window: whoever has the CPU need not be woken by it.
    if let holder { tell(.holding(holder), floor, position) }
    if let window { tell(.windowBegan(window), floor, position) }
    tellProcesses(position, tell)
    for key in marks.keys.sorted() {
      guard let mark = marks[key] else { continue }
      let (partition, vector) = (UInt8(key >> 8), UInt8(truncatingIfNeeded: key))
      tell(
        .waiting(partition: partition, vector: vector, waiting: mark.count, made: mark.origins), floor, position)
    }
    for open in upcalls.joined() { tell(.upcallBegan(open), floor, position) }
    if let entry { tell(.entered(entry), floor, position) }
    if let ringThree { tell(ringThree, floor, position) }
  }

  /// Ends the stay in the kernel if the next event tells that it was over before the part; says who has the CPU then.
  private mutating func leaveKernel(before next: TraceEvent?) -> TimelineChange? {
    guard let next, let over = entry, let instant = resumption(before: next, at: max(next.time, floor)),
      instant < floor
    else { return nil }
    noteFirstInstruction(of: next.partition, at: instant)
    entry = nil
    return .inRingThree(of: next.partition, since: instant, after: over)
  }

  /// What the first event that is not wanted tells of the time before it: when the CPU left the kernel, if it did by
  /// then, and which process had gone on.
  public mutating func look(back event: TraceEvent, until time: UInt64, _ tell: Sink) {
    guard gap == nil else { return }
    catchUp(to: min(event.time, time), lastPosition, tell)
    guard let entry, let instant = resumption(before: event, at: event.time), instant <= time else { return }
    self.entry = nil
    leave(entry, at: max(floor, instant), to: event.partition, lastPosition, tell)
  }
}

import TraceFormat
import TraceReading

/// Marks and upcalls.
extension Timeline {
  private static func key(_ partition: UInt8, _ vector: UInt8) -> UInt16 { UInt16(partition) << 8 | UInt16(vector) }

  mutating func mark(_ event: TraceEvent, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    let vector = UInt8(truncatingIfNeeded: event.operand)
    let key = Self.key(event.partition, vector)
    var cause: UInt64?
    if let entry, entry.event.kind == EventKind.interrupt.rawValue, entry.what == UInt16(vector) {
      cause = entry.position
    }
    let made = TimelineMark(position: position, time: time, waiting: event.words.w0, cause: cause)
    marks[key, default: WaitingMarks()].add(made, waiting: event.words.w0)
    tell(.marked(partition: event.partition, vector: vector, waiting: event.words.w0, cause: cause), time, position)
  }

  /// The end of interrupt.
  mutating func acknowledge(_ event: TraceEvent, _ time: UInt64) {
    guard let open = entry, open.event.kind == EventKind.interrupt.rawValue, open.acknowledged == nil,
      open.what == UInt16(truncatingIfNeeded: event.operand)
    else { return }
    entry?.acknowledged = time
  }

  mutating func beginUpcall(_ event: TraceEvent, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    let partition = event.partition
    let vector = UInt8(truncatingIfNeeded: event.operand)
    let depth = event.detail >> 1
    let key = Self.key(partition, vector)
    let served = marks[key]?.oldest
    marks[key]?.serve(event.words.w0)
    if marks[key]?.count == 0 { marks[key] = nil }
    let isServed = marks[key]?.oldest?.position != served?.position
    let unfinished = max(0, Int(depth) - 1)
    endUpcalls(partition, count: upcalls[Int(partition)].count - unfinished, time, position, tell)
    let upcall = TimelineUpcall(
      position: position, partition: partition, vector: vector, ordinal: event.words.w2, coalesced: event.words.w0,
      depth: depth, began: time, mark: served,
      isMarkServed: isServed)
    upcalls[Int(partition)].append(upcall)
    tell(.upcallBegan(upcall), time, position)
  }

  mutating func endUpcalls(_ partition: UInt8, count: Int, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    guard count > 0 else { return }
    for _ in 0..<min(count, upcalls[Int(partition)].count) {
      guard let upcall = upcalls[Int(partition)].popLast() else { return }
      tell(.upcallEnded(upcall), time, position)
    }
  }

  /// A partition starts anew: its vCPU is as it was at first.
  mutating func restart(_ partition: UInt8, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    endUpcalls(partition, count: .max, time, position, tell)
    let own = marks.keys.filter { UInt8($0 >> 8) == partition }
    guard !own.isEmpty else { return }
    for key in own { marks[key] = nil }
    tell(.marksCleared(partition: partition), time, position)
  }

  /// Marks that wait at a vCPU, all vectors together.
  public func waitingMarks(_ partition: UInt8) -> UInt64 {
    marks.reduce(0) { UInt8($1.key >> 8) == partition ? $0 &+ $1.value.count : $0 }
  }
}

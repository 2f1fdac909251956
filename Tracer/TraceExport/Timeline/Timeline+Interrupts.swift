import TraceFormat

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
    var waiting = marks[key] ?? Mark(waiting: 0, made: [])
    let count = event.words.w0 &- min(event.words.w0, waiting.waiting)
    waiting.waiting = event.words.w0
    if waiting.made.count < Self.rememberedMarks {
      waiting.made.append((position, time, cause, max(1, count)))
    } else {
      waiting.made[waiting.made.count - 1].count &+= count
    }
    marks[key] = waiting
    tell(.marked(partition: event.partition, vector: vector, waiting: event.words.w0, cause: cause), time, position)
  }

  /// Memory is bounded: of a vector that is marked more often before its upcall, the later marks count as one.
  private static let rememberedMarks = 64

  /// Takes so many marks away, the oldest first.
  private mutating func serve(_ count: UInt64, _ key: UInt16) {
    guard var mark = marks[key] else { return }
    guard mark.waiting > count else {
      marks[key] = nil
      return
    }
    mark.waiting -= count
    var rest = count
    while let oldest = mark.made.first, rest > 0 {
      if oldest.count > rest {
        mark.made[0].count -= rest
        break
      }
      rest -= oldest.count
      mark.made.removeFirst()
    }
    marks[key] = mark
  }

  mutating func beginUpcall(_ event: TraceEvent, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    let partition = event.partition
    let vector = UInt8(truncatingIfNeeded: event.operand)
    let depth = event.detail >> 1
    let key = Self.key(partition, vector)
    let served = marks[key]?.made.first
    serve(event.words.w0, key)
    let isServed = marks[key]?.made.first?.position != served?.position
    let unfinished = max(0, Int(depth) - 1)
    endUpcalls(partition, count: upcalls[Int(partition)].count - unfinished, time, position, tell)
    let upcall = TimelineUpcall(
      position: position, partition: partition, vector: vector, ordinal: event.words.w2, coalesced: event.words.w0,
      depth: depth, began: time, mark: served.map { ($0.position, $0.time, $0.cause) },
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
    marks.reduce(0) { UInt8($1.key >> 8) == partition ? $0 &+ $1.value.waiting : $0 }
  }
}

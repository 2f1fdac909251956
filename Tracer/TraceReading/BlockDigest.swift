import TraceFormat

/// What a trace's books need of a decoded block; its columns may be gone by then.
struct BlockDigest {
  let firstPosition: UInt64
  let eventCount: Int
  let lastTime: UInt64
  /// The first event that is earlier than the one before it, by index.
  let firstBackwards: Int?
  let firstKind: UInt8
  /// The events about the trace itself, by index.
  let controls: [(index: Int, event: TraceEvent)]

  init(_ columns: EventColumns) {
    firstPosition = columns.firstPosition
    eventCount = columns.eventCount
    lastTime = columns.lastTime
    firstBackwards = columns.firstBackwards
    firstKind = columns.firstKind
    controls = columns.indices { $0 >= EventKind.boot.rawValue }.map { ($0, columns.event(at: $0)) }
  }
}

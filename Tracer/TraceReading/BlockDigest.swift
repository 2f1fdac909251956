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
    var controls: [(index: Int, event: TraceEvent)] = []
    if columns.groups.contains(where: { $0.kind >= EventKind.boot.rawValue }) {
      for index in 0..<columns.eventCount where columns.kind(at: index) >= EventKind.boot.rawValue {
        controls.append((index, columns.event(at: index)))
      }
    }
    self.controls = controls
  }
}

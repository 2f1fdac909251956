import TraceFormat
import TraceReading

/// Traces that are whole, and tell of a full ring.
public enum LossyTrace {
  /// In place of the events at these positions `trace` has one that tells of their loss.
  ///
  /// - Precondition: `trace` is whole, and `lost` lies between its first event and its last.
  public static func losing(_ lost: Range<UInt64>, of trace: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: trace)
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: 200)
    let count = UInt64(lost.count)
    var lastTime: UInt64 = 0
    while case .event(let position, var event)? = reader.next() {
      if position == lost.lowerBound { writer.append(TraceEvent(time: lastTime, .loss, words: .init(count))) }
      guard !lost.contains(position) else { continue }
      if event.knownKind == .end { event.words = .init(position - count + 1, count) }
      writer.append(event)
      lastTime = event.time
    }
    return writer.finish()
  }
}

import TraceReading

/// Gaps: a slice on a track of their own, from the last event before to the first one behind.
extension TrackExporter {
  func noteLoss(_ count: UInt64?, _ from: UInt64, _ reason: String, at time: UInt64) {
    let name = count.map { "\($0) events lost" } ?? "events lost, nobody knows how many"
    begin(Track(.gaps), name, [EventField("reason", .name(reason))], at: from)
    end(Track(.gaps), at: time)
    writer.noteLoss()
  }
}

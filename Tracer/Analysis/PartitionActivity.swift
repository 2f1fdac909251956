/// When a partition can act, by its periods: what ages of messages and lengths of queues depend on. Times in ns.
///
/// In each of its periods a partition acts at an instant that nobody knows beforehand, between the start of its first
/// window and the end of its last one.
struct PartitionActivity: Equatable, Sendable {
  /// From the first to the last instant at which it can act in one period; may run beyond the major frame's end.
  struct Span: Equatable, Sendable {
    var first: UInt64
    var last: UInt64
  }

  /// One span for each period of the major frame, in order.
  let spans: [Span]
  let majorFrame: UInt64

  /// The span at `index`, counted on over the frame's end and before its start.
  func span(_ index: Int) -> (first: Int64, last: Int64) {
    let (frame, place) = index.quotientAndRemainder(dividingBy: spans.count)
    let wrapped = place < 0 ? place + spans.count : place
    let shift = Int64(place < 0 ? frame - 1 : frame) * Int64(majorFrame)
    return (Int64(spans[wrapped].first) + shift, Int64(spans[wrapped].last) + shift)
  }

  /// The oldest that a message can be when `reader` reads it, if the partition writes one in each of its periods.
  ///
  /// At an instant it is sure that all periods whose last window is over have written; the message of the last of them
  /// may have been written at its span's beginning. Nil where either never acts.
  func worstAge(readBy reader: PartitionActivity) -> UInt64? {
    guard !spans.isEmpty, !reader.spans.isEmpty, majorFrame == reader.majorFrame else { return nil }
    var worst: Int64 = 0
    for index in reader.spans.indices {
      // The age grows while no further writing is sure: up to the reader's end, or just before a writer's end.
      let (first, last) = reader.span(index)
      var instants = [last]
      for writer in -spans.count...2 * spans.count {
        let end = span(writer).last
        if end > first, end <= last { instants.append(end - 1) }
      }
      for instant in instants {
        let sure = (-2 * spans.count...2 * spans.count).last { span($0).last <= instant }
        if let sure { worst = max(worst, instant - span(sure).first) }
      }
    }
    return UInt64(worst)
  }

  /// The most messages that can wait for `reader`, if the partition sends `perPeriod` in each of its periods and the
  /// reader takes all that wait once in each of its own. Nil where either never acts, and for numbers beyond 64 bits.
  func mostWaiting(for reader: PartitionActivity, perPeriod: UInt64) -> UInt64? {
    guard !spans.isEmpty, !reader.spans.isEmpty, majorFrame == reader.majorFrame else { return nil }
    var most: UInt64 = 0
    for index in reader.spans.indices {
      // From the earliest taking in one period to the latest in the next.
      let from = reader.span(index).first
      let to = reader.span(index + 1).last
      let periods = (-2 * spans.count...4 * spans.count).count { span($0).first <= to && span($0).last >= from }
      let (count, isBeyond) = UInt64(periods).multipliedReportingOverflow(by: perPeriod)
      if isBeyond { return nil }
      most = max(most, count)
    }
    return most
  }
}

import EventRows
import TraceFormat

extension Verifier {
  /// Rows that are judged one after the other.
  ///
  /// Unsafe: they lie where they do only until the last of them is judged.
  struct Run {
    var rows: RowBuffer
    var firstPosition: UInt64
  }

  /// Judges the next event.
  ///
  /// - Parameter position: its index in the trace, for the report.
  public mutating func consume(_ event: TraceEvent, position: UInt64) {
    // Unsafe: the pointers are used within the call only.
    withUnsafePointer(to: EventRow(event)) { row in
      withUnsafePointer(to: EventRow.Rest(event)) { rest in
        consume(RowBuffer(UnsafeBufferPointer(start: row, count: 1), rests: rest), firstPosition: position)
      }
    }
  }

  /// Judges events that follow each other, for who has them not as rows.
  ///
  /// - Parameter firstPosition: the index in the trace of the first of them.
  public mutating func consume(_ events: UnsafeBufferPointer<TraceEvent>, firstPosition: UInt64) {
    let most = min(events.count, 256)
    withUnsafeTemporaryAllocation(of: EventRow.self, capacity: most) { rows in
      withUnsafeTemporaryAllocation(of: EventRow.Rest.self, capacity: most) { rests in
        for first in stride(from: 0, to: events.count, by: max(1, most)) {
          let run = UnsafeBufferPointer(rebasing: events[first..<min(first + most, events.count)])
          guard let rest = rests.baseAddress else { return }
          for index in run.indices {
            rows.initializeElement(at: index, to: EventRow(run[index]))
            rests.initializeElement(at: index, to: EventRow.Rest(run[index]))
          }
          let buffer = RowBuffer(UnsafeBufferPointer(rebasing: rows[..<run.count]), rests: rest)
          consume(buffer, firstPosition: firstPosition &+ UInt64(first))
        }
      }
    }
  }

  /// All words of the event at hand: few kinds have more than a row.
  var wordsAtHand: TraceEvent.Words {
    guard let run else { return TraceEvent.Words() }
    return run.rows.words(of: Int(truncatingIfNeeded: position &- run.firstPosition))
  }
}

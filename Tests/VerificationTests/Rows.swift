import EventRows
import TraceFormat

/// Hands out events as rows, for the call only.
func withRows<Result>(_ events: some Collection<TraceEvent>, _ body: (RowBuffer) -> Result) -> Result {
  let rows = events.map { EventRow($0) }
  // One more than there are: no events have memory too.
  let rests = events.map { EventRow.Rest($0) } + [EventRow.Rest()]
  return rows.withUnsafeBufferPointer { rows in
    rests.withUnsafeBufferPointer {
      guard let rests = $0.baseAddress else { preconditionFailure("an array that is not empty lies nowhere") }
      return body(RowBuffer(rows, rests: rests))
    }
  }
}

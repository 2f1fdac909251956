import TraceFormat
import TraceReading

/// A recorded run without its start: from the middle of one nothing is predicted.
struct MissingStart: Error {
  let path: String
  let condition: TraceCondition
  /// Events that the recorder lost: the start may be among them.
  private(set) var lossCount: UInt64 = 0

  /// Reads the trace to its end: only then it is known whether the start is what is missing of it.
  init(_ path: String, _ reader: TraceReader) {
    self.path = path
    while let event = reader.nextPresentEvent() {
      if event.knownKind == .loss { lossCount &+= event.words.w0 }
    }
    condition = reader.condition
  }

  /// 2 where the trace is whole and of no use here, 3 where the run may have had a start.
  var exitStatus: Int32 { condition == .complete && lossCount == 0 ? 2 : 3 }

  var sentence: String {
    if condition != .complete { return "\(path) is \(condition); its start is missing" }
    return lossCount > 0 ? "\(path) has lost \(lossCount) events; its start is missing" : "\(path) has no start"
  }
}

import TraceFormat
import TraceReading

/// A recorded run without its start: from the middle of one nothing is predicted.
struct MissingStart: Error {
  let path: String
  let condition: TraceCondition
  /// Events that the recorder lost: the start may be among them.
  private(set) var lossCount: UInt64 = 0

  /// Reads the trace to its end: only then it is known whether the start is what is missing of it.
  ///
  /// - Parameter isInterrupted: asked now and then; where it is true, what was read so far is not the whole.
  init(_ path: String, _ reader: TraceReader, until isInterrupted: () -> Bool) {
    self.path = path
    var count = 0
    while let event = reader.nextPresentEvent() {
      if event.knownKind == .loss { lossCount &+= event.words.w0 }
      count &+= 1
      if count & 0xFFFF == 0, isInterrupted() { break }
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

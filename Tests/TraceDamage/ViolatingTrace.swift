import TraceFormat
import TraceReading

/// Traces that are stored well, and tell what must not be.
public enum ViolatingTrace {
  /// A trace with so few marks proves nothing.
  struct TooFewMarks: Error { var count: Int }

  /// Every third mark of `trace` counts one too many: claims fail, and the core decides otherwise.
  public static func miscounted(_ trace: [UInt8]) throws -> [UInt8] {
    let reader = try TraceReader(bytes: trace)
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes), eventsPerBlock: 200)
    var marks = 0
    while case .event(_, var event)? = reader.next() {
      if event.kind == EventKind.mark.rawValue {
        marks += 1
        if marks % 3 == 0 { event.words.w0 += 1 }
      }
      writer.append(event)
    }
    guard marks > 20 else { throw TooFewMarks(count: marks) }
    return writer.finish()
  }
}

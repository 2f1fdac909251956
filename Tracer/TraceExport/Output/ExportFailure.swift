import Outputs
import TraceReading

/// Why an export was not made. Nothing is left behind then.
public enum ExportFailure: Error, Equatable, CustomStringConvertible {
  /// Something is there already, and nobody said that it may go.
  case exists(path: String)
  /// What is there is nothing that an export may replace, whatever was said.
  case notReplaceable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case interrupted
  /// Whoever read the output through a pipe has gone, mostly content with what there was.
  case readerGone
  case database(String)
  /// An instant of the trace, in ns, is later than the last one that the format's readers take.
  case instantBeyond(UInt64, greatest: UInt64)

  /// What the command prints.
  public var description: String {
    switch self {
    case .exists(let path): OutputPath.sentence(existing: path)
    case .notReplaceable(let path, let reason): "\(path) is not replaced: \(reason)"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    case .readerGone: "nobody reads the output any more"
    case .interrupted: "interrupted; nothing was written"
    case .database(let reason): "the database cannot be written: \(reason)"
    case .instantBeyond(let instant, let greatest):
      "the trace has the instant \(EventField.seconds(instant)) s, and readers of this format take none behind "
        + "\(EventField.seconds(greatest)) s: export what lies before (--to), or as csv or vcd"
    }
  }
}

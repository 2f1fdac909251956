import Outputs

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

  /// What the command prints.
  public var description: String {
    switch self {
    case .exists(let path): OutputPath.sentence(existing: path)
    case .notReplaceable(let path, let reason): "\(path) is not replaced: \(reason)"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    case .readerGone: "nobody reads the output any more"
    case .interrupted: "interrupted; nothing was written"
    case .database(let reason): "the database cannot be written: \(reason)"
    }
  }
}

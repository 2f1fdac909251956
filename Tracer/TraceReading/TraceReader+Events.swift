import TraceFormat

extension TraceReader {
  /// The next event, whatever is missing before it; nil at the end, when `condition` tells what was.
  public func nextPresentEvent() -> TraceEvent? {
    while let item = next() {
      if case .event(_, let event) = item { return event }
    }
    return nil
  }
}

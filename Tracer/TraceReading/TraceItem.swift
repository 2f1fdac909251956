import TraceFormat

/// What a trace holds, one thing after the other.
public enum TraceItem: Equatable, Sendable {
  /// - `position`: how many events the recorder wrote before this one: the epoch of the state it meets.
  case event(position: UInt64, TraceEvent)
  case gap(TraceGap)
}

/// What a trace holds, a block at a time.
public enum TraceBatch: Equatable, Sendable {
  /// Events in a row, of which the first has this position.
  case events(firstPosition: UInt64, [TraceEvent])
  case gap(TraceGap)
}

/// What a trace holds, a block at a time, column by column.
public enum ColumnBatch {
  /// Events in a row. They hold until the reader is asked for more.
  case events(EventColumns)
  case gap(TraceGap)
}

/// A place where events are missing or not to be trusted. What a consumer knew before it does not hold after it.
public struct TraceGap: Equatable, Sendable {
  /// Position of the next event.
  public var nextPosition: UInt64
  /// How many events are missing, as the headers around tell; nil where they do not.
  public var eventsMissing: UInt64?
  /// What showed the gap.
  public var defect: TraceDefect

  /// - Parameter eventsMissing: nil where nobody knows.
  public init(nextPosition: UInt64, eventsMissing: UInt64?, defect: TraceDefect) {
    self.nextPosition = nextPosition
    self.eventsMissing = eventsMissing
    self.defect = defect
  }
}

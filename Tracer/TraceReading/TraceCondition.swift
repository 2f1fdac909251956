/// In which state a trace was found, known once it has been read to its end.
public enum TraceCondition: Equatable, Sendable, CustomStringConvertible {
  /// Not read to its end yet.
  case unread
  /// Every block was valid, the end event and the seal were seen, nothing follows, no contradiction was found.
  case complete
  /// The file ends at this byte, before the trace does, and all that precedes is valid. What would have followed is
  /// unknown.
  case truncated(atByte: UInt64)
  /// Every block was valid, the end event and the seal were seen, and yet the first events are not there: a flight
  /// recorder (`RingPolicy`) has overwritten those before this number.
  case overwritten(before: UInt64)
  /// What was found, in order; at most `TraceReader.maximumDefectCount` of them.
  case damaged([TraceDefect])

  /// Whether nothing is wrong with the file, and nothing missing of it.
  public var isComplete: Bool { self == .complete }

  /// Whether nothing is wrong with the file, though a flight recorder may have overwritten the trace's beginning.
  public var isSound: Bool {
    if case .overwritten = self { return true }
    return isComplete
  }

  /// Whether all that was recorded is there: it is whole, or nothing is wrong but that something comes behind it.
  public var hasAllEvents: Bool {
    guard case .damaged(let defects) = self else { return isComplete }
    return !defects.isEmpty && defects.allSatisfy { $0.kind == .bytesAfterSeal }
  }

  /// Whether events may be missing before the last one that is there.
  public var hasHoles: Bool {
    switch self {
    case .overwritten: true
    case .damaged: !hasAllEvents
    default: false
    }
  }

  /// Whether some defect is a contradiction and no mere damage.
  public var isContradictory: Bool {
    if case .damaged(let defects) = self { return defects.contains { $0.isContradiction } }
    return false
  }

  /// In words; of the defects how many there are, and the first.
  public var description: String {
    switch self {
    case .unread: "not read to its end"
    case .complete: "complete"
    case .overwritten(let first):
      "a flight recorder's: the events before number \(first) are overwritten, and what depends on them is not known"
    case .truncated(let byte): "cut off at byte \(byte): what would have followed is unknown"
    case .damaged(let defects):
      "damaged (\(defects.count)\(defects.count < TraceReader.maximumDefectCount ? "" : " or more")): "
        + (defects.first.map(\.description) ?? "")
    }
  }
}

/// Whose the time of a run was.
extension TraceStatistics {
  /// Nanoseconds of somebody's, or of something.
  public struct TimeShare: Equatable, Sendable {
    /// A partition's, `idle loop`, or one of the two below.
    public var name: String
    /// Of the trace's span.
    public var nanoseconds: UInt64
  }

  /// Name of the time of which nobody knows whose it was, for events of it are missing.
  public static let missingName = "events missing"
  /// Name of the time that is left: the kernel's own, and what it waits for the starts of windows.
  public static let kernelName = "kernel and padding"

  /// The span less the time in which events are missing: what counts and times of the trace are of. Rates and shares of
  /// it do not shrink with what was lost.
  public var knownTime: UInt64 { span &- min(span, missingTime) }

  /// Partitions and the idle loop in ring 3, the time in which events are missing if there is any, and the rest.
  public func shares(_ vocabulary: TraceVocabulary) -> [TimeShare] {
    var shares = (0..<256).filter { ringThreeTime[$0] > 0 || $0 < vocabulary.partitions.count }.map {
      TimeShare(
        name: $0 == 0xFF ? "idle loop" : vocabulary.partition(UInt8($0)), nanoseconds: ringThreeTime[$0])
    }
    if missingTime > 0 { shares.append(TimeShare(name: Self.missingName, nanoseconds: missingTime)) }
    let total = shares.reduce(UInt64(0)) { $0 &+ $1.nanoseconds }
    shares.append(TimeShare(name: Self.kernelName, nanoseconds: span &- min(span, total)))
    return shares
  }
}

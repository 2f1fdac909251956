/// What a replay has shown.
public struct ReplayReport: Sendable {
  /// What can be said of the whole trace, or of the part asked for.
  public enum Verdict: String, Sendable {
    /// Every decision, keyframe and observation is what the core makes of the recorded inputs.
    case identical
    case diverged
    /// No difference was found, but part of the run could not be compared: loss, damage, or no end.
    case inconclusive
  }
  /// Settled when the replay ends.
  public var verdict: Verdict = .identical
  /// Events taken, from where the replay began to its end or to the first difference.
  public var eventCount: UInt64 = 0
  /// Inputs that came while the core's state was known.
  public var inputCount: UInt64 = 0
  /// Decisions compared with the core's, the one that differs included.
  public var decisionCount: UInt64 = 0
  /// Observations compared with what was decided, the one that differs included.
  public var observationCount: UInt64 = 0
  /// Keyframes compared with the core's state; those adopted are not among them.
  public var keyframeCount: UInt64 = 0
  /// Keyframes adopted after a loss, because nothing else was left to go on from.
  public var adoptedKeyframeCount: UInt64 = 0
  /// Events that came while the state was unknown: read, not compared.
  public var uncomparedCount: UInt64 = 0
  /// The build identity of the kernel that recorded, by the boot event: 0 where there was none, nil where that event
  /// was not read.
  public var kernelIdentity: UInt64?
  /// Where the comparison ended; nil where nothing differs.
  public var divergence: Divergence?
  /// Where the replay was told to begin: the state of a keyframe was adopted before this event. Nil for the beginning.
  public var begunAt: UInt64?
  /// A replay that was told to begin at a place, and began with the trace all the same.
  public struct WholeWay: Equatable, Sendable {
    /// Why, as what follows "for".
    public var reason: String
    /// How many of the events that were read are from the place on.
    public var askedCount: UInt64
  }
  /// Nil where the replay began as it was told.
  public internal(set) var wholeWay: WholeWay?
  /// Whether the replay ended where it was told to, before the trace does.
  public var isEndedEarly = false
  /// Whether the place to begin at is not there, be it that a whole trace ends before it or that the place to end at
  /// is before it.
  public var hasNoSuchPlace = false
  /// Why the replay is inconclusive, if it is.
  public var doubts: [String] = []
}

import TraceFormat

/// The first place where a trace is not what the core, given the same inputs, would have made of it.
public struct Divergence: Sendable {
  /// What was found.
  public enum Kind: String, Sendable {
    /// The kernel decided otherwise than the core does.
    case decision
    /// A decision that the core takes is missing.
    case missingDecision
    /// The hardware did otherwise than was decided.
    case observation
    /// An act that was decided was not observed before the next input.
    case missingObservation
    /// The input could not have come in the state that the core is in.
    case input
    /// A keyframe's state is not the core's.
    case keyframe
  }
  /// What is compared there, and how it fails.
  public var kind: Kind
  /// Index of the event in the trace, counted from 0.
  public var position: UInt64
  /// The event at `position`: for something missing, the one before which it is missed.
  public var recorded: TraceEvent
  /// What the core decides instead, where there is such an event.
  public var recomputed: TraceEvent?
  /// One sentence that says what is wrong.
  public var reason: String
  /// Up to ten events before it, oldest first, with their positions.
  public var before: [(position: UInt64, event: TraceEvent)]
}

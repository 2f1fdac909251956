import PartitionCore
import TraceFormat

/// A place in a replay to come back to.
public struct ReplayCheckpoint: Sendable {
  let words: [UInt64]
  let report: ReplayReport
  let observations: ObservationLedger
  let decision: SavedDecision
  let masks: UInt16?
  let pulsedLine: Int?
  let hasEnded: Bool
  let recent: RecentEvents
}

/// A decision is plain values; its type, shared with the kernel, does not say so.
struct SavedDecision: @unchecked Sendable {
  let value: Decision
}

extension Replayer {
  /// What to come back to later; nil while the state is not the run's: before the start, after a loss or a
  /// divergence, or while decisions of the last input are still to come.
  public func checkpoint() -> ReplayCheckpoint? {
    guard hasStarted, !isBlind, !hasDiverged, expected.first == nil, keyframe.isEmpty else { return nil }
    var words: [UInt64] = []
    core.forEachStateWord { words.append($0) }
    return ReplayCheckpoint(
      words: words, report: report, observations: observations, decision: SavedDecision(value: decision),
      masks: masks, pulsedLine: pulsedLine, hasEnded: hasEnded, recent: recent)
  }

  /// Goes on from where a replay of the same trace was.
  ///
  /// The words are the replay's own, so nothing is adopted that was not compared.
  public func restore(_ checkpoint: ReplayCheckpoint) {
    var words = checkpoint.words.makeIterator()
    let isWhole = core.restore { words.next() }
    precondition(isWhole, "the core does not take its own state back")
    report = checkpoint.report
    observations = checkpoint.observations
    decision = checkpoint.decision.value
    masks = checkpoint.masks
    pulsedLine = checkpoint.pulsedLine
    hasEnded = checkpoint.hasEnded
    recent = checkpoint.recent
    expected.begin()
    keyframe.removeAll(keepingCapacity: true)
    hasStarted = true
    isBlind = false
  }

  /// How far the core's state can be trusted.
  public enum Knowledge: Equatable, Sendable {
    /// The module has not started.
    case notStarted
    case known
    /// Events are missing, and no keyframe has come since.
    case unknown
    /// The run differs from here on: the state is that of the first difference.
    case diverged
  }

  public var knowledge: Knowledge {
    hasDiverged ? .diverged : isBlind ? .unknown : hasStarted ? .known : .notStarted
  }

  /// Lets `body` look at the core.
  public func withCore<Result>(_ body: (borrowing PartitionCore<Marking>) -> Result) -> Result { body(core) }

  /// All words of the core's state.
  public var stateWords: [UInt64] {
    var words: [UInt64] = []
    core.forEachStateWord { words.append($0) }
    return words
  }
}

import APEXTypes
import PartitionCore
import TraceFormat

/// A place in a replay to come back to.
public struct ReplayCheckpoint: Sendable {
  let words: [UInt64]
  let report: ReplayReport
  let observations: SavedObservations
  let resumption: SavedResumption
  let masks: UInt16?
  let hasEnded: Bool
  let recent: RecentEvents
}

/// What the hardware owes is plain values; types shared with the kernel do not say so.
struct SavedObservations: @unchecked Sendable {
  let value: ObservationLedger
}

/// Who gets the CPU, in plain values.
struct SavedResumption: Sendable {
  let partition: PartitionIndex?
  let notBefore: UInt64
  let initialising: PartitionIndex
}

extension Replayer {
  /// What to come back to later; nil while the state is not the run's: before the start, after a loss or a
  /// divergence, or while decisions of the last input are still to come.
  public func checkpoint() -> ReplayCheckpoint? {
    guard machine.hasStarted, !machine.isBlind, !hasDiverged, machine.expected.first == nil, machine.keyframe.isEmpty
    else { return nil }
    var partition: PartitionIndex?
    if case .partition(let successor) = machine.resumption.successor { partition = successor }
    return ReplayCheckpoint(
      words: stateWords, report: machine.report, observations: SavedObservations(value: machine.observations),
      resumption: SavedResumption(
        partition: partition, notBefore: machine.resumption.notBefore, initialising: machine.resumption.initialising),
      masks: machine.masks, hasEnded: machine.hasEnded, recent: machine.recent)
  }

  /// Goes on from where a replay of the same trace was.
  ///
  /// The words are the replay's own, so nothing is adopted that was not compared.
  public func restore(_ checkpoint: ReplayCheckpoint) {
    var words = checkpoint.words.makeIterator()
    let isWhole = machine.core.restore { words.next() }
    precondition(isWhole, "the core does not take its own state back")
    machine.report = checkpoint.report
    machine.hasDiverged = false
    machine.observations = checkpoint.observations.value
    machine.resumption.successor = checkpoint.resumption.partition.map { .partition($0) } ?? .idleLoop
    machine.resumption.notBefore = checkpoint.resumption.notBefore
    machine.resumption.initialising = checkpoint.resumption.initialising
    machine.masks = checkpoint.masks
    machine.hasEnded = checkpoint.hasEnded
    machine.recent = checkpoint.recent
    machine.expected.begin()
    machine.keyframe.removeAll(keepingCapacity: true)
    machine.hasStarted = true
    machine.isBlind = false
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

  /// Of the events taken so far.
  public var knowledge: Knowledge {
    hasDiverged ? .diverged : machine.isBlind ? .unknown : machine.hasStarted ? .known : .notStarted
  }

  /// Lets `body` look at the core.
  public func withCore<Result>(_ body: (borrowing PartitionCore<Marking>) -> Result) -> Result { body(machine.core) }

  /// All words of the core's state.
  public var stateWords: [UInt64] {
    var words: [UInt64] = []
    machine.core.forEachStateWord { words.append($0) }
    return words
  }
}

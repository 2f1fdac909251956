import ModuleConfiguration
import PartitionCore
import Replay
import SimulatedModule
import TestSeeds
import TraceFormat

/// Replays `events` from position 0.
func replay(
  _ events: [TraceEvent], _ module: SimulatedModule, doubt: String? = nil
) -> ReplayReport {
  replay(events, module, by: OwnersMarked.self, doubt: doubt)
}

func replay<Marking: MarkingRule>(
  _ events: [TraceEvent], _ module: SimulatedModule, by rule: Marking.Type, doubt: String? = nil
) -> ReplayReport {
  let replayer = Replayer<Marking>(table: module.table)
  for (position, event) in events.enumerated() { replayer.consume(event, position: UInt64(position)) }
  return replayer.finish(doubt: doubt)
}

extension ReplayReport {
  /// Kind and position of the divergence, for comparison.
  var place: String { divergence.map { "\($0.kind.rawValue) at \($0.position): \($0.reason)" } ?? verdict.rawValue }

  func isAt(_ kind: Divergence.Kind, _ position: Int) -> Bool {
    verdict == .diverged && divergence?.kind == kind && divergence?.position == UInt64(position)
  }
}

extension TraceEvent {
  var eventClass: EventClass? { knownKind?.eventClass }
}

extension Array where Element == TraceEvent {
  /// The positions of the events that meet a condition.
  func positions(where condition: (TraceEvent) -> Bool) -> [Int] { indices.filter { condition(self[$0]) } }

  func positions(of kind: EventKind) -> [Int] { positions { $0.kind == kind.rawValue } }

  /// The trace without one event.
  func without(_ position: Int) -> [TraceEvent] {
    var copy = self
    copy.remove(at: position)
    return copy
  }

  /// The trace with one event changed.
  func changing(_ position: Int, _ edit: (inout TraceEvent) -> Void) -> [TraceEvent] {
    var copy = self
    edit(&copy[position])
    return copy
  }
}

/// A recorded run in which everything happens that the tests change, and its seed.
func wholeRun(_ module: SimulatedModule, until stop: UInt64) -> (seed: UInt64, events: [TraceEvent]) {
  let kinds: [EventKind] = [.upcallWritten, .consoleWritten, .noteWords, .padded, .drained, .stimulus, .exception]
  return RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), until: stop, inputs: 50_000) { events in
    let reads = events.positions { $0.knownKind == .messageCopied && $0.detail == PortOperation.read.rawValue }
    return events.of(.stop).first?.detail == StopReason.instantReached.rawValue && !reads.isEmpty
      && kinds.allSatisfy { !events.of($0).isEmpty }
  }
}

import PartitionCore
import SimulatedModule
import TestSeeds
import TraceFormat

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
func wholeRun(
  _ module: SimulatedModule, until stop: UInt64, where isWanted: ([TraceEvent]) -> Bool = { _ in true }
) -> (seed: UInt64, events: [TraceEvent]) {
  let kinds: [EventKind] = [.upcallWritten, .consoleWritten, .noteWords, .padded, .drained, .stimulus, .exception]
  return RecordedWorld<OwnersMarked>.run(module, after: TestSeed.draw(), until: stop, inputs: 50_000) { events in
    let reads = events.positions { $0.knownKind == .messageCopied && $0.detail == PortOperation.read.rawValue }
    return events.of(.stop).first?.detail == StopReason.instantReached.rawValue && !reads.isEmpty
      && kinds.allSatisfy { !events.of($0).isEmpty } && isWanted(events)
  }
}

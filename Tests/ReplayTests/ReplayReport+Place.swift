import PartitionCore
import Replay
import SimulatedModule
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

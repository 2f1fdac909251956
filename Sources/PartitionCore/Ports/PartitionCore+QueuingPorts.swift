import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func serveQueuing<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable { Answer(.invalidConfiguration) }

  /// A partition stops or starts anew: it has to create its ports again.
  mutating func forgetPorts(of partition: PartitionIndex) {}
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func serveEvent<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable { Answer(.invalidConfiguration) }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func serveHealth<Recorder: DecisionRecorder>(
    _ number: HypercallNumber, _ call: Hypercall, at now: SystemTime, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable { Answer(.invalidConfiguration) }
}

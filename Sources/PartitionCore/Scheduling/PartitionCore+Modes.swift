import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func setPartitionMode<Recorder: DecisionRecorder>(
    _ call: Hypercall, into recorder: inout Recorder
  ) -> Answer where Recorder: ~Copyable { Answer(.invalidConfiguration) }
}

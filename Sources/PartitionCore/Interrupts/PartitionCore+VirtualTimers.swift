import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func setTimer(_ call: Hypercall, at now: SystemTime) -> Answer { Answer(.invalidConfiguration) }
}

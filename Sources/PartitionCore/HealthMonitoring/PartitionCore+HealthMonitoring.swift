import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  /// The standard's name for a CPU exception.
  ///
  /// A page fault in the page below the stack is a stack overflow. Source: vectors of the AMD64 manual, volume 2, 8.2.
  func error(vector: UInt8, address: UInt64, of partition: PartitionIndex) -> ErrorCode {
    switch vector {
    case 0, 4, 16, 19: return .numericError
    case 12: return .stackOverflow
    case 14:
      let stackBottom = PartitionLayout.stackTop &- configurations[Int(partition.rawValue)].stackBytes
      return address < stackBottom && address >= stackBottom &- 4096 ? .stackOverflow : .memoryViolation
    case 18: return .hardwareFault
    default: return .illegalRequest
    }
  }

  /// Decides what becomes of a partition that has erred, by its table; idle where the table is silent.
  mutating func handle<Recorder: DecisionRecorder>(
    _ error: ErrorCode, of partition: PartitionIndex, vector: UInt8?, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let action = healthActions[Int(partition.rawValue) * 8 + Int(error.rawValue)]
    recorder.record(
      .healthAction, partition: partition, detail: action.rawValue, operand: UInt32(error.rawValue),
      vector.map { UInt64($0) &+ 1 } ?? 0)
    if action != .ignore { idle(partition, into: &recorder) }
  }

  private mutating func idle<Recorder: DecisionRecorder>(
    _ partition: PartitionIndex, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    let index = Int(partition.rawValue)
    let old = partitions[index].mode
    partitions[index].mode = .idle
    mustPlan = true
    recorder.record(
      .modeChange, partition: partition, detail: OperatingMode.idle.rawValue, operand: UInt32(old.rawValue))
    // Its registrations go with it: a line that nobody can take is masked.
    forgetInterrupts(of: partition)
    forgetPorts(of: partition, into: &recorder)
  }
}

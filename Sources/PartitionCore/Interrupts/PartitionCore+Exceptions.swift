import APEXTypes
import ModuleConfiguration
import TraceFormat

extension PartitionCore where Marking: MarkingRule {
  mutating func serveException(_ number: HypercallNumber, _ call: Hypercall) -> Answer {
    Answer(.invalidConfiguration)
  }

  /// Gives a CPU exception (or with vector 32 an error of process level) to the partition's own handler, if it has one,
  /// is not in it already, and its stack can take the frame.
  ///
  /// - Returns: whether it was given; else the error is the health monitor's.
  mutating func reflect<Recorder: DecisionRecorder>(
    vector: UInt8, errorCode: UInt64, address: UInt64, to partition: PartitionIndex, into recorder: inout Recorder
  ) -> Bool where Recorder: ~Copyable { false }

  /// A partition stops or starts anew: nothing of its interrupts, timer, events and handlers is left.
  mutating func forgetInterrupts(of partition: PartitionIndex) {
    for line in 0..<16 { lines.remove(partition, from: InterruptLine(UInt8(line))) }
    vcpus.reset(partition)
  }
}

import APEXTypes
import TraceFormat

/// How an interrupt becomes marks: the seam at which a planted bug can be put in.
///
/// The shipping rule is `OwnersMarked`. A defective rule lives with the planted bugs, is injected as a type, and is in
/// no shipping image.
public protocol MarkingRule {
  /// Marks the vCPUs in `owners` (bit n = partition n) for a line that has fired, and records each mark.
  static func mark<Recorder: DecisionRecorder>(
    _ line: InterruptLine, owners: UInt32, in vcpus: VCPUTable, into recorder: inout Recorder
  ) where Recorder: ~Copyable
}

/// Marks every vCPU that registered the line, in ascending order of the partitions' indices (lineage L3).
public enum OwnersMarked: MarkingRule {
  /// Records one `mark` for each owner, with the marks that then wait there.
  @inline(__always)
  public static func mark<Recorder: DecisionRecorder>(
    _ line: InterruptLine, owners: UInt32, in vcpus: VCPUTable, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    var rest = owners
    while rest != 0 {
      let owner = PartitionIndex(UInt8(truncatingIfNeeded: rest.trailingZeroBitCount))
      rest &= rest &- 1
      let waiting = vcpus.mark(owner, VirtualInterrupt(line))
      recorder.record(
        .mark, partition: owner, detail: 0, operand: UInt32(line.vector), UInt64(waiting))
    }
  }
}

import APEXTypes
import PartitionCore
import TraceFormat

/// A planted bug in deciding: the marking loop of lineage row L3, which mixed its two indices.
///
/// The loop over partitions uses its index for the line, and the line for the partition. It is injected as a type into
/// a kernel of its own, and into a replayer that is to be as blind as that kernel; no shipping image has it.
public enum MixedIndices: MarkingRule {
  /// Makes as many marks as the line has owners, each with the two indices changed for each other.
  @inline(__always)
  public static func mark<Recorder: DecisionRecorder>(
    _ line: InterruptLine, owners: UInt32, in vcpus: VCPUTable, into recorder: inout Recorder
  ) where Recorder: ~Copyable {
    var rest = owners
    while rest != 0 {
      let i = rest.trailingZeroBitCount
      let j = Int(line.rawValue)
      rest &= rest &- 1
      let victim = PartitionIndex(UInt8(truncatingIfNeeded: j % vcpus.partitionCount))
      let marked = InterruptLine(UInt8(truncatingIfNeeded: i))
      let waiting = vcpus.mark(victim, VirtualInterrupt(marked))
      recorder.record(.mark, partition: victim, detail: 0, operand: UInt32(marked.vector), UInt64(waiting))
    }
  }
}

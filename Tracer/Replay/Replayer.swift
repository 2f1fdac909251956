import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat
import TraceReading

/// Runs `PartitionCore` over the recorded inputs of a trace and compares everything that came of them.
///
/// The core is the very source that the kernel is compiled from. What can differ is what the kernel *did*: acting,
/// assembly, toolchain, memory. A keyframe is compared with the core's state and never adopted, except after a loss,
/// when there is no other way on. The first difference ends the comparison: after it the states are no longer the same
/// run's.
public final class Replayer<Marking: MarkingRule> {
  var machine: ReplayMachine<Marking>

  /// - Parameter table: the trace's own; its bytes must outlive the replayer.
  public init(table: ModuleTable) { machine = ReplayMachine(table: table) }

  /// As far as the replay has come; its verdict stands only in what `finish` answers.
  public var report: ReplayReport { machine.report }

  /// Whether there is anything left to compare.
  public var hasDiverged: Bool { machine.hasDiverged }

  /// Takes the next event of the trace.
  public func consume(_ event: TraceEvent, position: UInt64) { machine.consume(event, position: position) }

  /// Takes the events of a block.
  public func consume(_ columns: EventColumns) { machine.consume(columns, 0..<columns.eventCount) }

  /// Events are missing here: nothing is known until the next keyframe.
  public func noteGap(_ reason: String) { machine.noteGap(reason) }

  /// The trace is over.
  ///
  /// - Parameter doubt: why the trace is not whole, if it is not.
  public func finish(doubt: String?) -> ReplayReport { machine.finish(doubt: doubt) }
}

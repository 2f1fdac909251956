import APEXTypes
import PartitionCore
import TraceFormat

/// Writes the core's decisions down as the kernel would, each stamped when it is written.
public struct EventLog: DecisionRecorder {
  /// Oldest first; whoever keeps the log for one input at a time empties it.
  public var events: [TraceEvent] = []
  /// In ns: the stamp of the last event, or what its owner sets before an input.
  public var now: UInt64 = 0
  /// Nanoseconds that writing an event takes.
  private let step: UInt64

  /// - Parameter step: how far each event's stamp is after the one before, in ns.
  public init(step: UInt64 = 1) { self.step = step }

  /// Writes an event `step` after the last one; observations too, which the core does not record.
  public mutating func add(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, _ detail: UInt8 = 0, _ operand: UInt32 = 0,
    _ words: TraceEvent.Words = .init()
  ) {
    now += step
    events.append(TraceEvent(time: now, kind, partition: partition, detail: detail, operand: operand, words: words))
  }

  /// A decision without data words.
  public mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    add(kind, partition.rawValue, detail, operand)
  }

  /// A decision with one data word.
  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0)) }

  /// A decision with two data words.
  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0, w1)) }

  /// A decision with three data words, the most that the core records.
  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0, w1, w2)) }
}

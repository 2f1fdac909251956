import APEXTypes
import PartitionCore
import TraceFormat

/// Writes the core's decisions down as the kernel would, each stamped when it is written.
public struct EventLog: DecisionRecorder {
  public var events: [TraceEvent] = []
  public var now: UInt64 = 0
  /// Nanoseconds that writing an event takes.
  private let step: UInt64

  public init(step: UInt64 = 1) { self.step = step }

  public mutating func add(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, _ detail: UInt8 = 0, _ operand: UInt32 = 0,
    _ words: TraceEvent.Words = .init()
  ) {
    now += step
    events.append(TraceEvent(time: now, kind, partition: partition, detail: detail, operand: operand, words: words))
  }

  public mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    add(kind, partition.rawValue, detail, operand)
  }

  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0)) }

  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0, w1)) }

  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) { add(kind, partition.rawValue, detail, operand, .init(w0, w1, w2)) }
}

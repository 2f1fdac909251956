import APEXTypes
import PartitionCore
import TraceFormat

/// The decisions that the core has taken for one input, in order, waiting to be compared with the recorded ones.
struct ExpectedDecisions: DecisionRecorder {
  private var events: ContiguousArray<TraceEvent> = []
  private var next = 0

  /// The decision that has to come next, or nil when all have come.
  var first: TraceEvent? { next < events.count ? events[next] : nil }

  mutating func begin() {
    events.removeAll(keepingCapacity: true)
    next = 0
  }

  /// Whether `event` is the next decision; times are when the kernel wrote it, and are not compared.
  mutating func take(_ event: TraceEvent) -> Bool {
    guard next < events.count else { return false }
    let expected = events[next]
    guard expected.kind == event.kind, expected.partition == event.partition, expected.detail == event.detail,
      expected.operand == event.operand, expected.words == event.words
    else { return false }
    next += 1
    return true
  }

  private mutating func append(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ words: TraceEvent.Words
  ) {
    events.append(
      TraceEvent(time: 0, kind, partition: partition.rawValue, detail: detail, operand: operand, words: words))
  }

  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    append(kind, partition, detail, operand, TraceEvent.Words())
  }

  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) { append(kind, partition, detail, operand, TraceEvent.Words(w0)) }

  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) { append(kind, partition, detail, operand, TraceEvent.Words(w0, w1)) }

  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) { append(kind, partition, detail, operand, TraceEvent.Words(w0, w1, w2)) }
}

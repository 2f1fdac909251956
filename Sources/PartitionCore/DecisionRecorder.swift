import APEXTypes
import TraceFormat

/// Where the core writes each decision as it takes it.
///
/// The kernel's recorder stores events in the trace ring; the replayer's compares them with the recorded ones; the
/// simulator's counts. It is a generic parameter, never an existential, so that in the kernel a record is a few stores.
public protocol DecisionRecorder: ~Copyable {
  /// Takes one event; `EventKind` says what detail, operand and words mean. Words that are left out are 0.
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64)

  // The same of an origin that is packed already: what every call records.
  mutating func record(_ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64)
  mutating func record(_ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64)
  mutating func record(
    _ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64, _ w2: UInt64)
}

extension DecisionRecorder where Self: ~Copyable {
  /// Takes the origin apart, for recorders that it saves nothing to have packed.
  @inlinable public mutating func record(_ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64) {
    record(kind, partition: origin.partition, detail: detail, operand: origin.operand, w0)
  }

  /// The same with two words.
  @inlinable public mutating func record(
    _ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64
  ) {
    record(kind, partition: origin.partition, detail: detail, operand: origin.operand, w0, w1)
  }

  /// The same with three words.
  @inlinable public mutating func record(
    _ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64, _ w2: UInt64
  ) {
    record(kind, partition: origin.partition, detail: detail, operand: origin.operand, w0, w1, w2)
  }
}

import APEXTypes
import PartitionCore
import TraceFormat

/// The decisions that the core has taken for one input, in order, waiting to be compared with the recorded ones.
///
/// Unsafe room: the memory is its own, every index is below `count`, and that is at most `capacity`.
struct ExpectedDecisions: DecisionRecorder, ~Copyable {
  private var events = UnsafeMutablePointer<TraceEvent>.allocate(capacity: 64)
  private var capacity = 64
  private var count = 0
  private var next = 0

  deinit { events.deallocate() }

  /// Whether all have come.
  @inline(__always) var isEmpty: Bool { next == count }

  /// The decision that has to come next, or nil when all have come.
  var first: TraceEvent? { next < count ? events[next] : nil }

  @inline(__always)
  mutating func begin() {
    count = 0
    next = 0
  }

  /// Whether `event` is the next decision; times are when the kernel wrote it, and are not compared.
  @inline(__always)
  mutating func take(_ event: EventReference) -> Bool {
    guard next < count else { return false }
    let expected = UnsafePointer(events + next)
    guard expected.pointee.kind == event.kind, expected.pointee.partition == event.partition,
      expected.pointee.detail == event.detail, expected.pointee.operand == event.operand,
      Self.areEqual(expected.pointee.words, event.words)
    else { return false }
    next += 1
    return true
  }

  /// Whether all words are equal: without a branch, for nearly always they are.
  @inline(__always)
  private static func areEqual(_ a: TraceEvent.Words, _ b: TraceEvent.Words) -> Bool {
    let low = (a.w0 ^ b.w0) | (a.w1 ^ b.w1) | (a.w2 ^ b.w2) | (a.w3 ^ b.w3)
    let high = (a.w4 ^ b.w4) | (a.w5 ^ b.w5) | (a.w6 ^ b.w6) | (a.w7 ^ b.w7)
    return low | high == 0
  }

  @inline(__always)
  private mutating func append(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ words: TraceEvent.Words
  ) {
    if count == capacity { grow() }
    (events + count).initialize(
      to: TraceEvent(time: 0, kind, partition: partition.rawValue, detail: detail, operand: operand, words: words))
    count += 1
  }

  private mutating func grow() {
    let larger = UnsafeMutablePointer<TraceEvent>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: events, count: count)
    events.deallocate()
    events = larger
    capacity *= 2
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

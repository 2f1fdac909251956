import APEXTypes
import PartitionCore
import TraceFormat
import TraceReading

/// The decisions that the core has taken for one input, in order, waiting to be compared with the recorded ones.
///
/// Unsafe room: the memory is its own, every index is below `count`, and that is at most `capacity`.
struct ExpectedDecisions: DecisionRecorder, ~Copyable {
  /// A decision without its time: a core's decision has three words at most.
  private struct Entry {
    var head: EventHead
    var w0, w1, w2: UInt64
  }

  private var entries = UnsafeMutablePointer<Entry>.allocate(capacity: 64)
  private var capacity = 64
  private var count = 0
  private var next = 0

  deinit { entries.deallocate() }

  /// Whether all have come.
  @inline(__always) var isEmpty: Bool { next == count }

  /// The decision that has to come next, or nil when all have come.
  var first: TraceEvent? {
    guard next < count else { return nil }
    let entry = entries[next]
    return TraceEvent(
      time: 0, kind: entry.head.kind, partition: entry.head.partition, detail: entry.head.detail,
      operand: entry.head.operand, words: TraceEvent.Words(entry.w0, entry.w1, entry.w2))
  }

  @inline(__always)
  mutating func begin() {
    count = 0
    next = 0
  }

  /// Whether `event` is the next decision; times are when the kernel wrote it, and are not compared.
  ///
  /// Unsafe: `event` is one that lies in memory as `EventHead` says.
  @inline(__always)
  mutating func take(_ event: UnsafePointer<TraceEvent>) -> Bool {
    guard next < count else { return false }
    let expected = UnsafePointer(entries + next)
    guard expected.pointee.head == EventHead(of: event), Self.areEqual(expected, event.pointee.words) else {
      return false
    }
    next += 1
    return true
  }

  /// Whether all words are equal: without a branch, for nearly always they are.
  @inline(__always)
  private static func areEqual(_ a: UnsafePointer<Entry>, _ b: TraceEvent.Words) -> Bool {
    let low = (a.pointee.w0 ^ b.w0) | (a.pointee.w1 ^ b.w1) | (a.pointee.w2 ^ b.w2)
    return low | b.w3 | b.w4 | b.w5 | b.w6 | b.w7 == 0
  }

  @inline(__always)
  private mutating func append(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ w0: UInt64 = 0,
    _ w1: UInt64 = 0, _ w2: UInt64 = 0
  ) {
    if count == capacity { grow() }
    let head = EventHead(kind: kind.rawValue, partition: partition.rawValue, detail: detail, operand: operand)
    (entries + count).initialize(to: Entry(head: head, w0: w0, w1: w1, w2: w2))
    count += 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
    larger.moveInitialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    append(kind, partition, detail, operand)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) { append(kind, partition, detail, operand, w0) }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) { append(kind, partition, detail, operand, w0, w1) }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) { append(kind, partition, detail, operand, w0, w1, w2) }
}

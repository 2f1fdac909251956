import APEXTypes
import ArchX86
import PartitionCore
import TraceFormat

/// The events of one short entry, laid down one behind the other: room for all of them is made sure of before, and the
/// ring learns of them at the end, at once.
struct InterruptBatch: ~Copyable, DecisionRecorder {
  /// Words that a batch has at most: the interrupt, the kernel's handler, a mark for each partition, the
  /// acknowledgement.
  static var maximumWordCount: Int { 4 + 3 + 3 * 32 + 3 + 2 }

  // Unsafe: within the room that `TraceRing.beginInterruptBatch` has made sure of.
  fileprivate var next: UnsafeMutablePointer<UInt64>
  fileprivate var events: UInt64
  fileprivate var lastTime: UInt64 = 0
  private let clock: Clock

  fileprivate init(_ ring: borrowing TraceRing, _ clock: Clock) {
    next = ring.next
    events = ring.events
    self.clock = clock
  }

  @inline(__always) private mutating func begin(_ head: UInt64) {
    lastTime = clock.nanoseconds(Instruction.ticks)
    next[0] = lastTime
    next[1] = head
    events &+= 1
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    begin(TraceRing.head(kind, partition, detail, operand, 0))
    next += 2
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64) {
    begin(TraceRing.head(kind, partition, detail, operand, 1))
    next[2] = w0
    next += 3
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) {
    begin(TraceRing.head(kind, partition, detail, operand, 2))
    next[2] = w0
    next[3] = w1
    next += 4
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) {
    begin(TraceRing.head(kind, partition, detail, operand, 3))
    next[2] = w0
    next[3] = w1
    next[4] = w2
    next += 5
  }

  /// The input event of a line's interrupt.
  ///
  /// - Parameter head: `TraceRing.interruptHead` of the interrupted partition.
  @inline(__always)
  mutating func recordInterrupt(
    _ vector: UInt64, at nanoseconds: UInt64, head: UInt64, flags: UInt64, counters: UInt64, resumeDelay: UInt64
  ) {
    lastTime = nanoseconds
    next[0] = nanoseconds
    next[1] = head | flags &<< 16 | vector &<< 32
    next[2] = counters
    next[3] = resumeDelay
    next += 4
    events &+= 1
  }
}

extension TraceRing {
  /// Begins a batch; nil where there may not be room for a whole one, or the end of the ring's first mapping is near.
  ///
  /// - Parameter clock: the kernel's.
  @inline(__always) func beginInterruptBatch(_ clock: Clock) -> InterruptBatch? {
    hasRoomForBatch ? InterruptBatch(self, clock) : nil
  }

  /// What the second word of every interrupt out of a partition has in common.
  static func interruptHead(of interrupted: PartitionIndex) -> UInt64 {
    RingRecord.packed(
      kind: EventKind.interrupt.rawValue, partition: interrupted.rawValue, detail: 0, wordCount: 2,
      operand: UInt32(interrupted.rawValue) &<< 16)
  }

  @inline(__always) mutating func end(_ batch: consuming InterruptBatch) {
    next = batch.next
    events = batch.events
    lastTime = batch.lastTime
  }
}

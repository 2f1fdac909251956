import APEXTypes
import ArchX86
import PartitionCore
import TraceFormat

/// What the hardware was seen to do, one event at a time, each with a reading of the counter of its own.
extension TraceRing {
  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    guard let place = reserve(2) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 0)
    advance(2)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) {
    guard let place = reserve(3) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 1)
    place[2] = w0
    advance(3)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) {
    guard let place = reserve(4) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 2)
    place[2] = w0
    place[3] = w1
    advance(4)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) {
    guard let place = reserve(5) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 3)
    place[2] = w0
    place[3] = w1
    place[4] = w2
    advance(5)
  }

  /// The observation that a window's start is waited for, and what is left until then.
  ///
  /// - Returns: the instant of the reading that the event tells of, recorded or not.
  @inline(__always)
  mutating func recordPadded(_ partition: PartitionIndex, until start: SystemTime) -> SystemTime {
    let ticks = Instruction.ticks
    let now = SystemTime(nanoseconds: clock.nanoseconds(ticks))
    guard let place = reserve(4) else { return now }
    lastTime = now.nanoseconds
    place[0] = now.nanoseconds
    place[1] = TraceRing.head(.padded, partition, 0, 0, 2)
    place[2] = start.nanoseconds
    place[3] = (start - now).count
    advance(4)
    return now
  }

  /// Eight words or fewer of a keyframe.
  mutating func recordKeyframeWords(_ source: UnsafeBufferPointer<UInt64>, from first: Int) {
    let count = min(8, source.count - first)
    guard let place = reserve(count + 2) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(.keyframeWords, .none, 0, UInt32(truncatingIfNeeded: first), count)
    precondition(first >= 0 && count > 0)
    if let words = source.baseAddress {
      Instruction.copy(to: place + 2, from: words + first, byteCount: UInt64(count) &* 8)
    }
    advance(count + 2)
  }

  // MARK: Second words

  @inline(__always)
  static func head(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ count: Int
  ) -> UInt64 {
    RingRecord.packed(
      kind: kind.rawValue, partition: partition.rawValue, detail: detail, wordCount: count, operand: operand)
  }

  /// What the second word of every call of a partition has in common: kind, partition, and its own address space.
  static func callHead(of caller: PartitionIndex) -> UInt64 {
    RingRecord.packed(
      kind: EventKind.hypercall.rawValue, partition: caller.rawValue, detail: 0, wordCount: 0,
      operand: UInt32(caller.rawValue) &<< 16)
  }

  /// What the second word of every interrupt out of a partition has in common.
  static func interruptHead(of interrupted: PartitionIndex) -> UInt64 {
    RingRecord.packed(
      kind: EventKind.interrupt.rawValue, partition: interrupted.rawValue, detail: 0, wordCount: 2,
      operand: UInt32(interrupted.rawValue) &<< 16)
  }

  /// The second word of an event with words of a note.
  @inline(__always)
  static func noteHead(of partition: PartitionIndex, first: Int, count: Int) -> UInt64 {
    head(.noteWords, partition, UInt8(truncatingIfNeeded: count), UInt32(truncatingIfNeeded: first), count)
  }
}

import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// Events of one short way through the kernel, laid down one behind the other in room that was asked for once
/// (`TraceRing.hasRoomForBatch`); `TraceRing.close` makes them part of the ring.
///
/// What is written in one go carries one reading of the counter: `readTime` takes it after the input, and all that
/// follow have it.
struct EventBatch: DecisionRecorder {
  // Unsafe: in the ring's two mappings; the room was checked before the batch was opened.
  private(set) var place: UnsafeMutablePointer<UInt64>
  /// Events in the batch.
  private(set) var count: UInt64 = 0
  /// Time of the next event, and of the last one once there is one.
  private(set) var time: UInt64

  /// - Parameter time: that of the first event, in ns.
  @inline(__always) init(at place: UnsafeMutablePointer<UInt64>, time: UInt64) {
    self.place = place
    self.time = time
  }

  /// Reads the counter for the events that follow.
  @inline(__always) mutating func readTime(_ clock: Clock) { time = clock.nanoseconds(Instruction.ticks) }

  @inline(__always) private mutating func lay(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ wordCount: Int
  ) {
    place[0] = time
    place[1] = RingRecord.packed(
      kind: kind.rawValue, partition: partition.rawValue, detail: detail, wordCount: wordCount, operand: operand)
  }

  @inline(__always) private mutating func advance(_ wordCount: Int) {
    place += wordCount
    count &+= 1
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    lay(kind, partition, detail, operand, 0)
    advance(2)
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64) {
    lay(kind, partition, detail, operand, 1)
    place[2] = w0
    advance(3)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) {
    lay(kind, partition, detail, operand, 2)
    place[2] = w0
    place[3] = w1
    advance(4)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) {
    lay(kind, partition, detail, operand, 3)
    place[2] = w0
    place[3] = w1
    place[4] = w2
    advance(5)
  }

  /// The input event of a hypercall with up to three arguments and no operand: the common ones, laid down word by word.
  ///
  /// - Parameters:
  ///   - head: `TraceRing.callHead` of the caller with the snapshot's flags.
  ///   - count: how many of the arguments the event has.
  @inline(__always)
  mutating func recordCall(
    _ number: UInt16, head: UInt64, counters: UInt64, resumeDelay: UInt64, _ arguments: CallArguments, _ count: Int
  ) {
    place[0] = time
    place[1] = head &+ (UInt64(number) &<< 32 | UInt64(UInt(bitPattern: 3 &+ count)) &<< 24)
    place[2] = counters
    place[3] = resumeDelay
    place[4] = 0
    if count > 0 { place[5] = arguments.first }
    if count > 1 { place[6] = arguments.second }
    if count > 2 { place[7] = arguments.third }
    advance(5 &+ count)
  }
}

/// The first three arguments of a hypercall, read once.
struct CallArguments {
  var first: UInt64 = 0
  var second: UInt64 = 0
  var third: UInt64 = 0

  /// - Parameter count: how many there are.
  @inline(__always) init(_ registers: RegisterPage, count: Int) {
    if count > 0 { first = registers[general: 5] }
    if count > 1 { second = registers[general: 4] }
    if count > 2 { third = registers[general: 3] }
  }
}

import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// The events of one entry to the kernel, the input and what is decided about it, laid down one behind the other in
/// room that was asked for once (`TraceRing.open`); `TraceRing.close` makes them part of the ring.
///
/// What is decided in one go carries one reading of the counter: `readTime` takes it after the input, and all that
/// follow have it. Marks of a line carry one that was taken when they were made (`retime`): their budgets are judged by
/// it, and it must not be too early.
struct EventBatch: DecisionRecorder {
  // Unsafe: in the ring's two mappings, where the room was checked before the batch was opened, or in the spill, which
  // has as much.
  private(set) var place: UnsafeMutablePointer<UInt64>
  /// Events in the batch.
  private(set) var count: UInt64 = 0
  /// Time of the next event, and of the last one once there is one.
  var time: UInt64

  /// - Parameter time: that of the first event, in ns.
  @inline(__always) init(at place: UnsafeMutablePointer<UInt64>, time: UInt64) {
    self.place = place
    self.time = time
  }

  /// Reads the counter for the events that follow.
  @inline(__always) mutating func readTime(_ clock: Clock) { time = clock.nanoseconds(Instruction.ticks) }

  /// Gives the events from `first` up to `end` the time of the last reading.
  @inline(__always) func retime(from first: UnsafeMutablePointer<UInt64>, to end: UnsafeMutablePointer<UInt64>) {
    var event = first
    while event < end {
      event[0] = time
      event += RingRecord.wordCount(event[1]) &+ 2
    }
  }

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

  @inline(__always)
  mutating func record(_ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64) {
    place[0] = time
    place[1] = origin.packed(kind: kind.rawValue, detail: detail, wordCount: 1)
    place[2] = w0
    advance(3)
  }

  @inline(__always)
  mutating func record(_ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64) {
    place[0] = time
    place[1] = origin.packed(kind: kind.rawValue, detail: detail, wordCount: 2)
    place[2] = w0
    place[3] = w1
    advance(4)
  }

  @inline(__always)
  mutating func record(
    _ kind: EventKind, _ origin: EventOrigin, detail: UInt8, _ w0: UInt64, _ w1: UInt64, _ w2: UInt64
  ) {
    place[0] = time
    place[1] = origin.packed(kind: kind.rawValue, detail: detail, wordCount: 3)
    place[2] = w0
    place[3] = w1
    place[4] = w2
    advance(5)
  }

  /// Words of a note, in as many events as they need: 26 instructions for each of eight words.
  ///
  /// - Parameters:
  ///   - words: memory that a partition writes, though not now.
  ///   - count: how many, at least 1.
  @inline(__always)
  mutating func recordNote(of partition: PartitionIndex, _ words: UnsafePointer<UInt64>, count total: Int) {
    var from = words
    let end = words + total
    var head = TraceRing.noteHead(of: partition, first: 0, count: 8)
    while end - from >= 8 {
      place[0] = time
      place[1] = head
      for index in 0..<8 { Instruction.store64(Instruction.load64(from + index), to: place + (index &+ 2)) }
      head &+= 8 &<< 32
      from += 8
      advance(10)
    }
    let rest = end - from
    guard rest > 0 else { return }
    place[0] = time
    place[1] = TraceRing.noteHead(of: partition, first: from - words, count: rest)
    for index in 0..<rest { Instruction.store64(Instruction.load64(from + index), to: place + (index &+ 2)) }
    advance(rest &+ 2)
  }

  /// An input event of any kind.
  ///
  /// - Parameter wordCount: how many of `words` the event has, at least 2.
  @inline(__always)
  mutating func recordInput(
    _ kind: EventKind, partition: UInt8, detail: UInt8, operand: UInt32, wordCount: Int, _ words: TraceEvent.Words
  ) {
    place[0] = time
    place[1] = RingRecord.packed(
      kind: kind.rawValue, partition: partition, detail: detail, wordCount: wordCount, operand: operand)
    place[2] = words.w0
    place[3] = words.w1
    if wordCount > 2 {
      for index in 2..<wordCount { place[index &+ 2] = words[index] }
    }
    advance(wordCount &+ 2)
  }

  /// The input event of any hypercall.
  ///
  /// - Parameters:
  ///   - head: the record's second word.
  ///   - count: how many of the arguments the event has, at most 4.
  @inline(__always)
  mutating func recordCall(
    _ call: borrowing Hypercall, head: UInt64, counters: UInt64, resumeDelay: UInt64, _ count: Int
  ) {
    place[0] = time
    place[1] = head
    place[2] = counters
    place[3] = resumeDelay
    place[4] = call.operand
    if count > 0 { place[5] = call.arguments.0 }
    if count > 1 { place[6] = call.arguments.1 }
    if count > 2 { place[7] = call.arguments.2 }
    if count > 3 { place[8] = call.arguments.3 }
    advance(5 &+ count)
  }

  /// The input event of the timer.
  ///
  /// - Parameter callHead: `TraceRing.callHead` of the interrupted partition.
  @inline(__always)
  mutating func recordTimer(
    _ vector: UInt16, callHead: UInt64, flags: UInt64, counters: UInt64, resumeDelay: UInt64
  ) {
    let ownKind = UInt64(EventKind.timer.rawValue) &- UInt64(EventKind.hypercall.rawValue)
    place[0] = time
    place[1] = (callHead | flags &<< 16) &+ (UInt64(vector) &<< 32 &+ 2 &<< 24 &+ ownKind)
    place[2] = counters
    place[3] = resumeDelay
    advance(4)
  }

  /// The input event of a line's interrupt.
  ///
  /// - Parameter head: `TraceRing.interruptHead` of the interrupted partition.
  @inline(__always)
  mutating func recordInterrupt(
    _ vector: UInt64, head: UInt64, flags: UInt64, counters: UInt64, resumeDelay: UInt64
  ) {
    place[0] = time
    place[1] = head | flags &<< 16 | vector &<< 32
    place[2] = counters
    place[3] = resumeDelay
    advance(4)
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

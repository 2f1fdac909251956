import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// The kernel's trace ring: a few stores an event, discard-new with a count when it is full.
///
/// The ring is mapped twice in a row, so that a record never wraps. The drainer reads it through its own read-only
/// mapping and moves its tail in its shared page; the kernel takes the tail over (`updateTail`) when the drainer has
/// run. Time stamps of decisions and observations are taken here, when they are written.
public struct TraceRing: ~Copyable, DecisionRecorder {
  // Unsafe: kernel memory mapped for ever at a constant address; every store is at `next`, with room checked before.
  private var first: UnsafeMutablePointer<UInt64> {
    @inline(__always) get { UnsafeMutablePointer(bitPattern: UInt(KernelImage.ring)).unsafelyUnwrapped }
  }
  private let control: UnsafeMutableRawPointer
  let clock: Clock
  private let capacityWords: UInt64
  /// Words that a batch may take.
  private let batchWords: Int
  /// Where the next record goes: in the first mapping, or beyond it in the second until `settle` brings it back.
  var next: UnsafeMutablePointer<UInt64>
  /// `next` may not pass this without a closer look: where the ring would be full as far as the tail is known, or the
  /// end of the first mapping, or `first` while a loss has to be reported or nothing may be recorded any more. One
  /// comparison covers all of them.
  private var limit: UnsafeMutablePointer<UInt64>
  /// The last place at which a batch may begin: `limit` less the words of a batch.
  private var batchLimit: UnsafeMutablePointer<UInt64>
  /// Words stored before `first` was written for the last time.
  private var wordsBefore: UInt64 = 0
  private var tail: UInt64 = 0
  var events: UInt64 = 0
  private var unreportedLoss: UInt64 = 0
  private var lost: UInt64 = 0
  private var isClosed = false
  /// A loss has been reported and no keyframe has followed.
  var needsKeyframe = false
  /// When the last event was written.
  var lastTime: UInt64 = 0

  /// - Parameter batchWords: the most words that the events of a batch take.
  init(control: PhysicalAddress, byteCount: UInt64, clock: Clock, batchWords: Int) {
    self.control = control.pointer
    self.clock = clock
    self.batchWords = batchWords
    capacityWords = byteCount / 8
    next = UnsafeMutablePointer(bitPattern: UInt(KernelImage.ring)).unsafelyUnwrapped
    limit = next
    batchLimit = next
    setLimit()
  }

  /// Words stored, ever.
  private var head: UInt64 {
    @inline(__always) get { wordsBefore &+ UInt64(UInt(bitPattern: next) &- UInt(KernelImage.ring)) &>> 3 }
  }

  /// Brings `next` back into the first mapping and works out `limit`.
  private mutating func setLimit() {
    if next >= first + Int(capacityWords) {
      next -= Int(capacityWords)
      wordsBefore &+= capacityWords
    }
    // A record or batch that begins in the first mapping may end in the second one, which has room for any.
    let free = tail &+ capacityWords &- head
    let toEnd = capacityWords &- (head &- wordsBefore) &+ UInt64(batchWords)
    limit = unreportedLoss != 0 || isClosed ? first : next + Int(min(free, toEnd))
    batchLimit = limit - batchWords
  }

  /// Cuts out room for a record of `count` words and the loss record that may have to precede it.
  @inline(__always)
  private mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt64>? {
    if _slowPath(next + count > limit) {
      guard reserveSlowly(count) else { return nil }
    }
    return next
  }

  @inline(never)
  private mutating func reserveSlowly(_ count: Int) -> Bool {
    if isClosed { return false }
    setLimit()
    guard head &+ UInt64(count) &+ (unreportedLoss != 0 ? 3 : 0) <= tail &+ capacityWords else {
      unreportedLoss &+= 1
      lost &+= 1
      Instruction.store64(lost, to: control + RingControl.lost)
      limit = first
      batchLimit = limit - batchWords
      return false
    }
    if unreportedLoss != 0 {
      next[0] = lastTime
      next[1] = RingRecord.packed(
        kind: EventKind.loss.rawValue, partition: 0xFF, detail: 0, wordCount: 1, operand: 0)
      next[2] = unreportedLoss
      unreportedLoss = 0
      needsKeyframe = true
      advance(3)
    }
    setLimit()
    return true
  }

  @inline(__always) private mutating func advance(_ count: Int) {
    next += count
    events &+= 1
  }

  // MARK: Batches

  /// Whether there is room for a batch just now; without it its events are for `record`, which counts what is lost.
  @inline(__always) var hasRoomForBatch: Bool { next <= batchLimit }

  /// Begins a batch whose first event is an input of the entry at `nanoseconds`.
  ///
  /// - Precondition: `hasRoomForBatch`; nothing else is recorded until the batch is closed.
  @inline(__always) func openBatch(at nanoseconds: UInt64) -> EventBatch {
    EventBatch(at: next, time: nanoseconds)
  }

  /// Makes the events of a batch part of the ring.
  @inline(__always) mutating func close(_ batch: EventBatch) {
    next = batch.place
    events &+= batch.count
    lastTime = batch.time
  }

  /// Shows the drainer what has been recorded. Once an entry is enough: nobody reads the ring while the kernel runs.
  @inline(__always) mutating func publish() {
    Instruction.store64(events, to: control + RingControl.events)
    Instruction.store64(head, to: control + RingControl.head)
  }

  @inline(__always) private mutating func stamp() -> UInt64 {
    // In this order the counter's origin and scale are operands in memory and take no instructions of their own.
    let ticks = Instruction.ticks
    lastTime = clock.nanoseconds(ticks)
    return lastTime
  }

  @inline(__always)
  static func head(
    _ kind: EventKind, _ partition: PartitionIndex, _ detail: UInt8, _ operand: UInt32, _ count: Int
  ) -> UInt64 {
    RingRecord.packed(
      kind: kind.rawValue, partition: partition.rawValue, detail: detail, wordCount: count, operand: operand)
  }

  @inline(__always)
  public mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    guard let place = reserve(2) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 0)
    advance(2)
  }

  @inline(__always)
  public mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64
  ) {
    guard let place = reserve(3) else { return }
    place[0] = stamp()
    place[1] = TraceRing.head(kind, partition, detail, operand, 1)
    place[2] = w0
    advance(3)
  }

  @inline(__always)
  public mutating func record(
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
  public mutating func record(
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

  /// An input: its time is the entry's, given to the core as well.
  ///
  /// - Parameter wordCount: how many of `words` the event has.
  @inline(__always)
  mutating func recordInput(
    _ kind: EventKind, at time: SystemTime, partition: UInt8, detail: UInt8, operand: UInt32, wordCount: Int,
    _ values: TraceEvent.Words
  ) {
    guard let place = reserve(wordCount &+ 2) else { return }
    lastTime = time.nanoseconds
    place[0] = time.nanoseconds
    place[1] = RingRecord.packed(
      kind: kind.rawValue, partition: partition, detail: detail, wordCount: wordCount, operand: operand)
    place[2] = values.w0
    place[3] = values.w1
    if wordCount > 2 {
      for index in 2..<wordCount { place[index &+ 2] = values[index] }
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
    _ call: borrowing Hypercall, head: UInt64, at nanoseconds: UInt64, counters: UInt64, resumeDelay: UInt64,
    _ count: Int
  ) {
    guard let place = reserve(5 &+ count) else { return }
    lastTime = nanoseconds
    place[0] = nanoseconds
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
  /// - Parameter callHead: that of the interrupted partition.
  @inline(__always)
  mutating func recordTimer(
    _ vector: UInt16, at nanoseconds: UInt64, callHead: UInt64, flags: UInt64, counters: UInt64, resumeDelay: UInt64
  ) {
    guard let place = reserve(4) else { return }
    lastTime = nanoseconds
    let ownKind = UInt64(EventKind.timer.rawValue) &- UInt64(EventKind.hypercall.rawValue)
    place[0] = nanoseconds
    place[1] = (callHead | flags &<< 16) &+ (UInt64(vector) &<< 32 &+ 2 &<< 24 &+ ownKind)
    place[2] = counters
    place[3] = resumeDelay
    advance(4)
  }

  /// What the second word of every call of a partition has in common: kind, partition, and its own address space.
  static func callHead(of caller: PartitionIndex) -> UInt64 {
    RingRecord.packed(
      kind: EventKind.hypercall.rawValue, partition: caller.rawValue, detail: 0, wordCount: 0,
      operand: UInt32(caller.rawValue) &<< 16)
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

  /// Takes over the drainer's tail. A tail that never was a head is not believed.
  ///
  /// - Returns: whether the tail moved.
  @inline(__always) mutating func updateTail(_ value: UInt64) -> Bool {
    guard value != tail else { return false }
    return moveTail(to: value)
  }

  @inline(never) private mutating func moveTail(to value: UInt64) -> Bool {
    guard value > tail, value <= head else { return false }
    tail = value
    setLimit()
    return true
  }

  /// Writes the end event if there is room for it; nothing is recorded afterwards.
  ///
  /// - Returns: whether the ring is closed.
  mutating func close() -> Bool {
    if isClosed { return true }
    guard let place = reserve(4) else {
      // The end event is no loss: it is tried again when the drainer has made room.
      lost &-= 1
      unreportedLoss &-= 1
      setLimit()
      return false
    }
    place[0] = stamp()
    place[1] = TraceRing.head(.end, .none, 0, 0, 2)
    place[2] = events
    place[3] = lost
    advance(4)
    isClosed = true
    setLimit()
    publish()
    Instruction.store64(1, to: control + RingControl.ended)
    return true
  }
}

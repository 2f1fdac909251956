import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// The kernel's trace ring: a few stores an event, discard-new with a count when it is full, or, as a flight recorder,
/// what is new over what is oldest.
///
/// The ring is mapped twice in a row, so that a record never wraps. The drainer reads it through its own read-only
/// mapping and moves its tail in its shared page; the kernel takes the tail over (`updateTail`) when the drainer has
/// run. An input and what the core decides about it come as a batch (`EventBatch`); what the hardware was seen to do is
/// recorded here one by one, each with a reading of the counter of its own.
public struct TraceRing: ~Copyable {
  // Unsafe: kernel memory mapped for ever at a constant address; every store is at `next`, with room checked before.
  private var first: UnsafeMutablePointer<UInt64> {
    @inline(__always) get { UnsafeMutablePointer(bitPattern: UInt(KernelImage.ring)).unsafelyUnwrapped }
  }
  let control: UnsafeMutableRawPointer
  let clock: Clock
  let capacityWords: UInt64
  /// Whether it is a flight recorder: nobody takes anything out, and there is always room.
  private let overwrites: Bool
  /// Words that a batch may take.
  private let batchWords: Int
  /// Where a batch goes for which the ring may not have room.
  // Unsafe: kernel memory for `batchWords` words, alive for ever; a batch is measured when it is closed.
  let spill: UnsafeMutablePointer<UInt64>
  /// Where the next record goes: in the first mapping, or beyond it in the second until `setLimit` brings it back.
  var next: UnsafeMutablePointer<UInt64>
  /// `next` may not pass this without a closer look: where the ring would be full as far as the tail is known, or a
  /// place that is to be marked, or `first` while a loss has to be reported or nothing may be recorded any more. One
  /// comparison covers all of them. The end of the first mapping is none of them: into whose entry it falls depends on
  /// how much others have recorded, and would be told by the time that entry takes.
  private var limit: UnsafeMutablePointer<UInt64>
  /// The last place at which a batch may begin: `limit` less the words of a batch.
  var batchLimit: UnsafeMutablePointer<UInt64>
  /// Words stored before `first` was written for the last time.
  var wordsBefore: UInt64 = 0
  private var tail: UInt64 = 0
  var events: UInt64 = 0
  var unreportedLoss: UInt64 = 0
  private var lost: UInt64 = 0
  private var isClosed = false
  /// A flight recorder's next mark is due at this word or right behind it.
  var nextMark: UInt64
  /// Marks made, ever.
  var markCount: UInt64 = 0
  /// A loss has been reported and no keyframe has followed.
  var needsKeyframe = false
  /// When the last event was written.
  var lastTime: UInt64 = 0

  /// - Parameters:
  ///   - batchWords: the most words that the events of a batch take.
  ///   - spill: memory for as many words.
  init(
    control: PhysicalAddress, byteCount: UInt64, policy: RingPolicy, clock: Clock, batchWords: Int,
    spill: PhysicalAddress
  ) {
    self.control = control.pointer
    self.clock = clock
    self.batchWords = batchWords
    self.spill = spill.pointer.assumingMemoryBound(to: UInt64.self)
    capacityWords = byteCount / 8
    overwrites = policy == .flightRecorder
    nextMark = overwrites ? 0 : .max
    next = UnsafeMutablePointer(bitPattern: UInt(KernelImage.ring)).unsafelyUnwrapped
    limit = next
    batchLimit = next
    setLimit()
  }

  /// Words stored, ever.
  var head: UInt64 {
    @inline(__always) get { wordsBefore &+ UInt64(UInt(bitPattern: next) &- UInt(KernelImage.ring)) &>> 3 }
  }

  /// Words that may be stored before the ring is full.
  private var freeWords: UInt64 { overwrites ? capacityWords : tail &+ capacityWords &- head }

  /// Brings `next` back into the first mapping and works out `limit`.
  ///
  /// Less than a ring lies before `next` then, and less than another comes before the tail moves or the limit is met:
  /// the two mappings hold both.
  mutating func setLimit() {
    if next >= first + Int(capacityWords) {
      next -= Int(capacityWords)
      wordsBefore &+= capacityWords
    }
    let head = head
    let toMark = overwrites ? nextMark &- min(head, nextMark) &+ UInt64(batchWords) : .max
    limit = unreportedLoss != 0 || isClosed ? first : head < nextMark ? next + Int(min(freeWords, toMark)) : next
    batchLimit = limit - batchWords
  }

  /// Cuts out room for a record of `count` words and the loss record that may have to precede it.
  @inline(__always)
  mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt64>? {
    if _slowPath(next + count > limit) {
      guard reserveSlowly(count) else { return nil }
    }
    return next
  }

  /// A loss is over when a batch finds room: else it would end and begin anew with every short record.
  @inline(never)
  private mutating func reserveSlowly(_ count: Int) -> Bool {
    if isClosed { return false }
    setLimit()
    if head >= nextMark { mark() }
    guard UInt64(unreportedLoss != 0 ? max(count, batchWords) &+ 3 : count) <= freeWords else {
      lose(1)
      return false
    }
    if unreportedLoss != 0 { reportLoss() }
    setLimit()
    return true
  }

  /// Says how many events were lost; the limit is another then.
  private mutating func reportLoss() {
    next[0] = lastTime
    next[1] = RingRecord.packed(
      kind: EventKind.loss.rawValue, partition: 0xFF, detail: 0, wordCount: 1, operand: 0)
    next[2] = unreportedLoss
    unreportedLoss = 0
    needsKeyframe = true
    advance(3)
  }

  @inline(__always) mutating func advance(_ count: Int) {
    next += count
    events &+= 1
  }

  // MARK: Batches

  /// Whether there is room for a batch just now; without it what is lost has to be counted, event by event.
  @inline(__always) var hasRoomForBatch: Bool { next <= batchLimit }

  /// Whether there is room for the batch of a call and the longest note behind it.
  @inline(__always) var hasRoomForNote: Bool { next + Self.longestNoteWords <= batchLimit }

  /// Words of the ring that the longest note takes.
  private static var longestNoteWords: Int { ModuleLimits.maximumNoteWords / 8 * 10 }

  /// Begins a batch whose first event is an input of the entry at `nanoseconds`.
  ///
  /// Nothing else is recorded until the batch is closed.
  @inline(__always) mutating func open(at nanoseconds: UInt64) -> EventBatch {
    if _slowPath(!hasRoomForBatch) { return EventBatch(at: placeBehindLimit(), time: nanoseconds) }
    return EventBatch(at: next, time: nanoseconds)
  }

  /// A place to be marked is no reason for the spill; a full ring is.
  @inline(never) private mutating func placeBehindLimit() -> UnsafeMutablePointer<UInt64> {
    makeRoom() ? next : spill
  }

  /// Behind the limit: marks the place if it is to be marked, reports a loss if it is over, and looks again.
  ///
  /// - Returns: whether there is room for a batch then.
  @inline(never) mutating func makeRoom() -> Bool {
    if unreportedLoss != 0 {
      guard UInt64(batchWords) &+ 3 <= freeWords, !isClosed else { return false }
      reportLoss()
    }
    if head >= nextMark { mark() }
    setLimit()
    return hasRoomForBatch
  }

  /// The same where `hasRoomForBatch`.
  @inline(__always) func openInRoom(at nanoseconds: UInt64) -> EventBatch { EventBatch(at: next, time: nanoseconds) }

  /// Makes the events of a batch part of the ring.
  @inline(__always) mutating func close(_ batch: EventBatch) {
    // It began at `next` and took no more than was asked for, or it is in the spill.
    guard UInt(bitPattern: batch.place) &- UInt(bitPattern: next) <= UInt(bitPattern: batchWords &* 8) else {
      return takeOver(batch)
    }
    closeInRoom(batch)
  }

  /// The same for a batch of `openInRoom` whose length is known to be no more than `batchWords`, or than these and a
  /// note where `hasRoomForNote`.
  ///
  /// - Returns: the time of its first event, for whom has not kept it.
  @discardableResult @inline(__always) mutating func closeInRoom(_ batch: EventBatch) -> UInt64 {
    defer { next = batch.place }
    events &+= batch.count
    lastTime = batch.time
    return next[0]
  }

  /// Records the events of a batch from the spill one by one, and counts those that are lost.
  @inline(never) private mutating func takeOver(_ batch: EventBatch) {
    precondition(batch.place >= spill && batch.place <= spill + batchWords)
    var from = spill
    while from < batch.place {
      let count = RingRecord.wordCount(from[1]) + 2
      if let place = reserve(count) {
        Instruction.copy(to: place, from: from, byteCount: UInt64(count) &* 8)
        lastTime = from[0]
        advance(count)
      }
      from += count
    }
  }

  /// Shows the drainer what has been recorded. Once an entry is enough: nobody reads the ring while the kernel runs.
  @inline(__always) mutating func publish() {
    Instruction.store64(events, to: control + RingControl.events)
    Instruction.store64(head, to: control + RingControl.head)
  }

  /// The reading of the counter that the next event is told to have come at.
  @inline(__always) mutating func stamp() -> UInt64 {
    // In this order the counter's origin and scale are operands in memory and take no instructions of their own.
    let ticks = Instruction.ticks
    lastTime = clock.nanoseconds(ticks)
    return lastTime
  }

  /// Words of a note, as many whole events as find room, in one go: the rest is lost like any other event.
  mutating func recordNote(of partition: PartitionIndex, _ words: UnsafePointer<UInt64>, count: Int) {
    let now = clock.nanoseconds(Instruction.ticks)
    let eventCount = (count + 7) / 8
    // Room for the first, behind the report of what was lost before.
    guard reserve(min(count, 8) + 2) != nil else { return lose(UInt64(eventCount - 1)) }
    // Where the first mapping ends does not matter: the second has room for any note.
    let free = Int(freeWords)
    let kept = count + 2 * eventCount <= free ? count : free / 10 * 8
    var batch = EventBatch(at: next, time: now)
    batch.recordNote(of: partition, words, count: kept)
    closeInRoom(batch)
    setLimit()
    if kept < count { lose(UInt64(eventCount - kept / 8)) }
  }

  /// Counts events that nothing is written of.
  mutating func lose(_ count: UInt64) {
    guard !isClosed, count != 0 else { return }
    let isFirst = unreportedLoss == 0
    unreportedLoss &+= count
    lost &+= count
    Instruction.store64(lost, to: control + RingControl.lost)
    if isFirst { setLimit() }
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
      Instruction.store64(lost, to: control + RingControl.lost)
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

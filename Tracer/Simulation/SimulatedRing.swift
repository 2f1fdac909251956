import APEXTypes
import DrainPump
import ModuleConfiguration
import PartitionCore
import TraceFormat

/// The kernel's trace ring on the host: records go in as the kernel lays them down, the drainer's pump takes them out.
///
/// Every word is stored twice, a ring's length apart, so that what the pump reads is contiguous as in the kernel's
/// doubly mapped ring.
final class SimulatedRing: DrainPort {
  private let storage: UnsafeMutablePointer<UInt64>
  private let capacity: Int
  private let sink: (UnsafeRawBufferPointer) -> Void
  private(set) var head: UInt64 = 0
  private(set) var eventCount: UInt64 = 0
  private(set) var hasEnded = false
  /// Words that the pump has taken out, ever.
  private(set) var tail: UInt64 = 0
  /// Bytes of the trace so far.
  private(set) var drainedBytes: UInt64 = 0
  /// The module's clock, in ns: the time of the last event, or later.
  var nanoseconds: UInt64 = 0
  /// The window that started last.
  private(set) var window = SimulatedWindow()

  /// - Parameters:
  ///   - ringBytes: as the module's ring has.
  ///   - sink: gets the bytes of the trace, one piece after the other.
  init(ringBytes: UInt64, sink: @escaping (UnsafeRawBufferPointer) -> Void) {
    capacity = Int(ringBytes / 8)
    self.sink = sink
    // Unsafe: owned by this object, freed in deinit; all indices are taken modulo the capacity.
    storage = .allocate(capacity: capacity * 2)
    storage.initialize(repeating: 0, count: capacity * 2)
  }

  deinit { storage.deallocate() }

  /// Whether another input and what follows from it might find no room.
  var isNearlyFull: Bool { Int(head &- tail) > capacity / 2 + capacity / 4 }

  /// Stores one record.
  func store(
    _ kind: EventKind, at time: UInt64, partition: UInt8, detail: UInt8, operand: UInt32, wordCount: Int,
    _ words: TraceEvent.Words
  ) {
    precondition(Int(head &- tail) + wordCount + 2 <= capacity, "the drainer has fallen behind the simulation")
    nanoseconds = time
    put(time)
    put(
      RingRecord.packed(
        kind: kind.rawValue, partition: partition, detail: detail, wordCount: wordCount, operand: operand))
    for index in 0..<wordCount { put(words[index]) }
    eventCount &+= 1
    if kind == .windowStart { window = SimulatedWindow(owner: partition, start: words.w0, end: words.w1) }
  }

  private func put(_ word: UInt64) {
    let place = Int(head % UInt64(capacity))
    storage[place] = word
    storage[place + capacity] = word
    head &+= 1
  }

  /// Nothing is recorded any more.
  func end() { hasEnded = true }

  func words(from first: UInt64, count: Int) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: storage + Int(first % UInt64(capacity)), count: count)
  }

  func write(_ bytes: UnsafeRawBufferPointer) { sink(bytes) }
  func note(_ number: UInt32, endsAt position: UInt64, eventCount: UInt64) {}
  func publish(tail: UInt64) { self.tail = tail }
  func publish(drainedBytes: UInt64) { self.drainedBytes = drainedBytes }
}

/// A window as a partition sees it; instants in ns.
struct SimulatedWindow: Equatable, Sendable {
  var owner: UInt8 = 0xFF
  var start: UInt64 = 0
  var end: UInt64 = 0
}

/// Writes decisions and observations into the ring, each some tens of nanoseconds after the one before.
struct StampingRecorder: DecisionRecorder {
  let ring: SimulatedRing
  var generator: SeededGenerator
  /// Whether costs vary as on a machine with other things to do.
  var isIrregular = true
  /// Who is told that a partition starts, at the decision itself: what it was at ends there; and of new schedules.
  var behaviour: (any PartitionBehaviour)?

  /// Nanoseconds that the kernel takes for one more event: a path's length, and now and then something more.
  private mutating func cost(of kind: EventKind) -> UInt64 {
    guard isIrregular else { return 25 }
    return 30 + UInt64(kind.rawValue) % 16 * 4 + (generator.oneIn(8) ? generator.number(1...60) : 0)
  }

  /// When the next event comes, if it is of that kind.
  mutating func timeOfNext(_ kind: EventKind) -> UInt64 { ring.nanoseconds + cost(of: kind) }

  mutating func add(
    _ kind: EventKind, _ partition: UInt8 = 0xFF, _ detail: UInt8 = 0, _ operand: UInt32 = 0, _ words: UInt64...
  ) {
    var all = TraceEvent.Words()
    for index in words.indices { all[index] = words[index] }
    stamp(kind, partition, detail, operand, words.count, all)
  }

  mutating func stamp(
    _ kind: EventKind, _ partition: UInt8, _ detail: UInt8, _ operand: UInt32, _ count: Int, _ words: TraceEvent.Words
  ) {
    let time = timeOfNext(kind)
    ring.store(
      kind, at: time, partition: partition, detail: detail, operand: operand, wordCount: count, words)
  }

  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32) {
    if kind == .scheduleChange, detail == 1 { behaviour?.changeSchedule() }
    stamp(kind, partition.rawValue, detail, operand, 0, .init())
  }

  mutating func record(_ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64) {
    if kind == .restart {
      let start = PartitionStart(mode: detail, condition: UInt8(truncatingIfNeeded: w0))
      behaviour?.restart(partition, as: start, at: ring.nanoseconds)
    }
    stamp(kind, partition.rawValue, detail, operand, 1, .init(w0))
  }

  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64
  ) {
    if kind == .windowStart { behaviour?.beginWindow(operand, at: w0) }
    stamp(kind, partition.rawValue, detail, operand, 2, .init(w0, w1))
  }

  mutating func record(
    _ kind: EventKind, partition: PartitionIndex, detail: UInt8, operand: UInt32, _ w0: UInt64, _ w1: UInt64,
    _ w2: UInt64
  ) { stamp(kind, partition.rawValue, detail, operand, 3, .init(w0, w1, w2)) }
}

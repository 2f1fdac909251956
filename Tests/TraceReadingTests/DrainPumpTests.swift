import DrainPump
import TestSeeds
import Testing
import TraceDamage
import TraceFormat
import TraceReading

@Suite("Drain pump")
struct DrainPumpTests {
  @Test("Random schedules of ring and pump lose nothing", arguments: 1...12 as ClosedRange<UInt64>)
  func schedules(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let events = EventStreams.whole(EventStreams.periodic(frames: 12, seed: seed))
    let ring = SimulatedRing(words: 1 << Int.random(in: 8...12, using: &generator))
    let eventsPerBlock = Int.random(in: 1...200, using: &generator)
    let pump = PumpUnderTest(ring, eventsPerBlock: eventsPerBlock)
    pump.writeModuleTable()
    var next = 0
    var idleSteps = 0
    while !pump.isComplete, idleSteps < 1_000_000 {
      for _ in 0..<Int.random(in: 0...40, using: &generator) where next < events.count {
        guard ring.push(events[next]) else { break }
        next += 1
      }
      if next == events.count { ring.hasEnded = true }
      ring.nanoseconds += UInt64.random(in: 0...100_000_000, using: &generator)
      idleSteps = pump.step() ? 0 : idleSteps + 1
    }
    let read = try TraceContents(ring.written)
    #expect(read.condition == .complete, "seed \(seed)")
    #expect(read.events == events, "seed \(seed)")
    #expect(ring.publishedTail == ring.head)
    // The module table's block comes before those of events, the seal after them.
    #expect(ring.notes.map { UInt64($0.number) } == Array(1...(read.sizes.blockCount - 2)))
    #expect(ring.notes.last?.position == ring.head && ring.notes.last?.events == UInt64(events.count))
    #expect(ring.publishedBytes == UInt64(ring.written.count))
    #expect(pump.step() == false)
  }

  @Test("What is left out is taken from the ring, and blocks end where they would with it")
  func leavingOut() throws {
    let ring = SimulatedRing(words: 1024)
    let pump = PumpUnderTest(ring, eventsPerBlock: 10)
    let kinds = LeftOutKinds.none.adding(.noteWords)
    pump.writeModuleTable(leavingOut: kinds)
    let note = TraceEvent(time: 0, .noteWords, detail: 1, words: .init(7))
    let events = EventStreams.whole(
      [TraceEvent](repeating: note, count: 34) + [TraceEvent](repeating: TraceEvent(time: 0, .idle), count: 5),
      leavingOut: kinds)
    for event in events.dropLast() { #expect(ring.push(event)) }
    let before = ring.written.count
    #expect(pump.step())
    // The boot's block; then there are notes alone, which become no block, and are given back all the same.
    let boot = ring.written.count
    #expect(boot > before && ring.notes.last?.events == 10 && ring.notes.last?.number == 1)
    for taken in [20, 30] as [UInt64] {
      #expect(pump.step() && ring.written.count == boot)
      #expect(ring.notes.last?.events == taken && ring.notes.last?.number == 1 && ring.publishedTail > taken * 2)
    }
    #expect(pump.step() && ring.written.count > boot && ring.notes.last?.number == 2)
    #expect(!pump.step())
    _ = ring.push(events[40])
    ring.hasEnded = true
    #expect(pump.step() && pump.step() && pump.isComplete)
    let read = try TraceContents(ring.written)
    #expect(read.condition == .complete)
    #expect(read.events.map(\.kind) == events.filter { $0.knownKind != .noteWords }.map(\.kind))
    #expect(read.events.last?.words.w0 == 6)
  }

  @Test("A block waits for its events, for half a ring, for a second, or for the end")
  func due() {
    let ring = SimulatedRing(words: 256)
    let pump = PumpUnderTest(ring, eventsPerBlock: 20)
    let event = TraceEvent(time: 0, .idle)
    for _ in 0..<19 { _ = ring.push(event) }
    #expect(!pump.step())
    _ = ring.push(event)
    #expect(pump.step())
    #expect(!pump.step())
    _ = ring.push(event)
    ring.nanoseconds = 1_000_000_000
    #expect(!pump.step())
    ring.nanoseconds = 1_000_000_001
    #expect(pump.step())
    let wide = TraceEvent(time: 0, .keyframeWords, words: .init(1, 1, 1, 1, 1, 1, 1, 1))
    for _ in 0..<12 { _ = ring.push(wide) }
    #expect(!pump.step())
    _ = ring.push(wide)
    #expect(pump.step())
    #expect(!pump.step())
    ring.hasEnded = true
    #expect(pump.step())
    #expect(pump.isComplete)
  }

  @Test("The pump takes the block size that its memory allows")
  func sizes() {
    let bytes = DrainPump<SimulatedRing>.memoryBytes(eventsPerBlock: 512)
    #expect(DrainPump<SimulatedRing>.eventsPerBlock(wanted: 512, memoryBytes: bytes) == 512)
    #expect(DrainPump<SimulatedRing>.eventsPerBlock(wanted: 1000, memoryBytes: bytes) == 500)
    #expect(DrainPump<SimulatedRing>.eventsPerBlock(wanted: .max, memoryBytes: 640 * 1024) == 4096)
    #expect(DrainPump<SimulatedRing>.eventsPerBlock(wanted: 0, memoryBytes: bytes) == 1)
    #expect(DrainPump<SimulatedRing>.eventsPerBlock(wanted: 5, memoryBytes: 100) == 0)
  }
}

/// A pump with its memory; a class, because `#expect` takes no noncopyable value.
private final class PumpUnderTest {
  private let memory: UnsafeMutableRawBufferPointer
  private var pump: DrainPump<SimulatedRing>

  init(_ ring: SimulatedRing, eventsPerBlock: Int) {
    memory = .allocate(
      byteCount: DrainPump<SimulatedRing>.memoryBytes(eventsPerBlock: eventsPerBlock), alignment: 8)
    pump = DrainPump(
      port: ring, ringBytes: UInt64(ring.capacity * 8), eventsPerBlock: eventsPerBlock, memory: memory)
  }

  deinit { memory.deallocate() }

  var isComplete: Bool { pump.isComplete }
  func step() -> Bool { pump.step() }
  func writeModuleTable(leavingOut kinds: LeftOutKinds = .none) {
    SampleModule.bytes(leavingOut: kinds).withUnsafeBytes { pump.writeModuleTable($0) }
  }
}

/// A ring mapped twice in a row, as the kernel lays it out, with the kernel's side played by the test.
final class SimulatedRing: DrainPort {
  /// Called with all that is written.
  var onWrite: (UnsafeRawBufferPointer) -> Void = { _ in }
  let capacity: Int
  private let memory: UnsafeMutablePointer<UInt64>
  var head: UInt64 = 0
  var eventCount: UInt64 = 0
  var hasEnded = false
  var nanoseconds: UInt64 = 0
  private(set) var publishedTail: UInt64 = 0
  private(set) var notes: [(number: UInt32, position: UInt64, events: UInt64)] = []
  private(set) var publishedBytes: UInt64 = 0
  private(set) var written: [UInt8] = []

  init(words: Int) {
    capacity = words
    memory = .allocate(capacity: 2 * words)
    memory.initialize(repeating: .max, count: 2 * words)
  }

  deinit { memory.deallocate() }

  private func put(_ word: UInt64, _ offset: UInt64) {
    let index = Int((head + offset) % UInt64(capacity))
    memory[index] = word
    memory[index + capacity] = word
  }

  /// Stores an event if there is room; whether there was.
  func push(_ event: TraceEvent) -> Bool {
    var count = 8
    while count > 0, event.words[count - 1] == 0 { count -= 1 }
    guard head + UInt64(count + 2) - publishedTail <= UInt64(capacity) else { return false }
    put(event.time, 0)
    put(
      RingRecord.packed(
        kind: event.kind, partition: event.partition, detail: event.detail, wordCount: count,
        operand: event.operand), 1)
    for index in 0..<count { put(event.words[index], UInt64(index + 2)) }
    head += UInt64(count + 2)
    eventCount += 1
    return true
  }

  func words(from first: UInt64, count: Int) -> UnsafeBufferPointer<UInt64> {
    UnsafeBufferPointer(start: memory + Int(first % UInt64(capacity)), count: count)
  }

  func write(_ bytes: UnsafeRawBufferPointer) {
    written += bytes
    onWrite(bytes)
  }
  func publish(drainedBytes: UInt64) { publishedBytes = drainedBytes }

  /// What the kernel gets back it may overwrite at once; here it does.
  func publish(tail: UInt64) {
    for word in publishedTail..<tail {
      let index = Int(word % UInt64(capacity))
      memory[index] = .max
      memory[index + capacity] = .max
    }
    publishedTail = tail
  }

  func note(_ number: UInt32, endsAt position: UInt64, eventCount: UInt64) {
    notes.append((number, position, eventCount))
  }
}

import DrainPump
import ModuleConfiguration
import TestSeeds
import Testing
import TraceDamage
import TraceFormat

@Suite("Bell pump")
struct BellPumpTests {
  /// A host that keeps the bell's contract to the letter and no more: it takes a stroke when the next one needs the
  /// room, and copies a chunk only then.
  private final class SlowHost {
    private let ring: SimulatedRing
    private(set) var words: [UInt64] = []
    private var taken: UInt64 = 0
    /// The stroke that lies between the drainer and the host.
    private var waiting: UInt8?
    /// Where the chunk ends whose stroke has been taken and which is not copied yet.
    private var announced: UInt64?
    private(set) var flushes = 0

    init(_ ring: SimulatedRing) { self.ring = ring }

    /// The drainer writes: the stroke before makes room, and for that the chunk before that one is copied.
    func hear(_ bytes: UnsafeRawBufferPointer) {
      for stroke in bytes {
        takeWaiting()
        waiting = stroke
      }
    }

    func takeWaiting() {
      guard let stroke = waiting else { return }
      copyAnnounced()
      taken += 1
      #expect(stroke & DrainBell.numberMask == UInt8(truncatingIfNeeded: taken) & DrainBell.numberMask)
      if stroke & DrainBell.flush != 0 { flushes += 1 }
      announced = ring.notes.first { UInt64($0.number) == taken }?.position
      #expect(announced != nil)
      waiting = nil
    }

    func copyAnnounced() {
      guard let end = announced else { return }
      let first = UInt64(words.count)
      words += ring.words(from: first, count: Int(end - first))
      announced = nil
    }
  }

  @Test(
    "Whatever the schedule, nothing is given back that the host has not copied",
    arguments: 1...12 as ClosedRange<UInt64>)
  func schedules(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let events = EventStreams.whole(EventStreams.periodic(frames: 12, seed: seed))
    let ring = SimulatedRing(words: 1 << Int.random(in: 8...12, using: &generator))
    let host = SlowHost(ring)
    ring.onWrite = { host.hear($0) }
    let pump = PumpUnderTest(ring)
    var expected: [UInt64] = []
    var next = 0
    var steps = 0
    while !pump.isComplete, steps < 1_000_000 {
      for _ in 0..<Int.random(in: 0...40, using: &generator) where next < events.count {
        let head = ring.head
        guard ring.push(events[next]) else { break }
        // Kept apart: what the ring gives back it overwrites.
        expected += ring.words(from: head, count: Int(ring.head - head))
        next += 1
      }
      if next == events.count { ring.hasEnded = true }
      ring.nanoseconds += UInt64.random(in: 0...100_000_000, using: &generator)
      _ = pump.step()
      steps += 1
    }
    host.takeWaiting()
    host.copyAnnounced()
    let isWhole = host.words == expected && next == events.count
    #expect(isWhole, "seed \(seed): \(host.words.count) of \(expected.count) words")
    #expect(host.flushes > 0 && pump.isComplete)
    #expect(ring.publishedBytes == UInt64(ring.written.count))
  }

  @Test("A stroke comes for an eighth of the ring, for a second, and for the end")
  func due() {
    let ring = SimulatedRing(words: 256)
    let pump = PumpUnderTest(ring)
    let event = TraceEvent(time: 0, .idle)
    for _ in 0..<15 { _ = ring.push(event) }
    #expect(!pump.step())
    _ = ring.push(event)
    #expect(pump.step() && ring.written == [1])
    _ = ring.push(event)
    #expect(!pump.step())
    ring.nanoseconds = 1_000_000_001
    #expect(pump.step() && ring.written == [1, 2 | DrainBell.flush])
    #expect(ring.publishedTail == 0)
    // A stroke that leaves more than a quarter of the ring in the host's hands is followed by two that tell of nothing.
    for _ in 0..<40 { _ = ring.push(event) }
    #expect(pump.step() && ring.written == [1, 2 | DrainBell.flush, 3, 4, 5])
    #expect(ring.publishedTail == ring.head)
    ring.hasEnded = true
    #expect(!pump.step() && pump.isComplete)
  }
}

/// A class, because `#expect` takes no noncopyable value.
private final class PumpUnderTest {
  private var pump: BellPump<SimulatedRing>

  init(_ ring: SimulatedRing) { pump = BellPump(port: ring, ringBytes: UInt64(ring.capacity * 8)) }

  var isComplete: Bool { pump.isComplete }
  func step() -> Bool { pump.step() }
}

import Testing

@testable import Simulation

/// When a module's ring is too small for what is recorded between its drainer's turns.
@Suite struct ModuleRingTests {
  /// A ring of 1000 words, blocks of 100 events of four words.
  private var ring: ModuleRing { ModuleRing(byteCount: 8000, eventsPerBlock: 100) }

  @Test func whatIsDueIsWritten() {
    var ring = ring
    for turn in UInt64(1)...20 {
      ring.note(turn * 800, at: turn * 1000)
      ring.drain(turn * 800, eventCount: turn * 200, at: turn * 1000)
    }
    #expect(ring.overflow == nil)
  }

  /// Half a block is not due, and waits in the ring.
  @Test func whatIsNotDueTakesRoom() {
    for (waiting, overflow) in [(UInt64(0), nil), (50, 2000)] as [(UInt64, UInt64?)] {
      var ring = ring
      ring.drain(waiting * 4, eventCount: waiting, at: 1000)
      ring.note(waiting * 4 + 900, at: 2000)
      #expect(ring.overflow == overflow)
    }
  }

  /// After a second it is due.
  @Test func patienceEnds() {
    var ring = ring
    ring.drain(200, eventCount: 50, at: 2_000_000_000)
    ring.note(1100, at: 2_000_000_001)
    #expect(ring.overflow == nil)
    ring.note(1300, at: 2_000_000_002)
    #expect(ring.overflow == 2_000_000_002)
  }

  /// More than half the ring is due, however few events that is.
  @Test func halfARingIsDue() {
    var ring = ring
    ring.drain(501, eventCount: 50, at: 1000)
    ring.note(1501, at: 2000)
    #expect(ring.overflow == nil)
  }
}

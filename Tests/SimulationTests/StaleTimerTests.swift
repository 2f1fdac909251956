import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat
import TraceReading
import Verification

@testable import Simulation

/// A timer that fires while the kernel arms it anew comes all the same: its interrupt waits at the local APIC.
@Suite struct StaleTimerTests {
  private static func event(
    _ kind: EventKind, at time: UInt64, _ operand: UInt32 = 0, _ w0: UInt64 = 0, _ w1: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(time: time, kind: kind.rawValue, partition: 0xFF, detail: 0, operand: operand, words: .init(w0, w1))
  }

  /// The prediction for a recorded run of 60 ms with these interrupts of line 0, whose timer came 30 ns late.
  private static func predicted(interrupts: [UInt64]) throws -> (events: [TraceEvent], report: VerificationReport) {
    let module = try SimulatedModule(.standard)
    var recorded = [
      event(.start, at: 1000, 0, .max), event(.timerArmed, at: 1100, 0, 1200), event(.timer, at: 1230, 0xE0),
    ]
    recorded += interrupts.map { event(.interrupt, at: $0, 32) } + [event(.timer, at: 60_000_000, 0xE0)]
    var rest = recorded[...]
    var bytes: [UInt8] = []
    let prediction = try Prediction(
      recorded: module.table, under: module.table, source: { rest.popFirst() },
      sink: { bytes.append(contentsOf: $0) })
    #expect(prediction.run(isInterrupted: { false }) != nil)
    let reader = try TraceReader(bytes: bytes)
    var verifier = Verifier(table: reader.moduleTable)
    var events: [TraceEvent] = []
    while case .event(let position, let event)? = reader.next() {
      events.append(event)
      verifier.consume(event, position: position)
    }
    return (events, verifier.finish(fileBytes: UInt64(bytes.count)))
  }

  /// An interrupt between the timer's instant and its entry passes the boundary in the timer's place.
  @Test func itComesAfterAnInterruptAtAWindowsBoundary() throws {
    let plain = try Self.predicted(interrupts: []).events
    let start = try #require(plain.firstIndex { $0.knownKind == .windowStart && $0.time > 20_000_000 })
    let entry = try #require(plain[..<start].last { $0.knownKind == .timer })
    let (events, report) = try Self.predicted(interrupts: [entry.time - 20])
    let interrupt = try #require(events.firstIndex { $0.knownKind == .interrupt })
    let later = events[interrupt...]
    #expect(events[interrupt].time == entry.time - 20)
    let armed = try #require(later.firstIndex { $0.knownKind == .timerArmed })
    let stale = try #require(later.firstIndex { $0.knownKind == .timer })
    #expect(later[interrupt..<stale].contains { $0.knownKind == .windowStart } && armed < stale)
    #expect(events[stale].time < events[armed].words.w0, "it comes before what is armed now")
    // Once, and what is armed now comes too.
    func count(_ events: [TraceEvent]) -> Int { events.count { $0.knownKind == .timer } }
    #expect(count(events) == count(plain))
    #expect(report.claims.allSatisfy { $0.verdict != .fail })
    // Well before the timer's instant an interrupt passes no boundary, and no timer is stale.
    #expect(try count(Self.predicted(interrupts: [entry.time - 5000]).events) == count(plain))
  }
}

import Testing
import TraceFormat

@testable import Audit
@testable import Verification

/// What was armed may expire between the decision to arm anew and the hardware's being told, which is up to L later. So
/// a capture had it, of a partition whose error closed lines: the masks are written before the timer is set.
@Suite struct TimerExpiryTests {
  private static let rearmed: UInt64 = 500_000

  /// How often the timer was not punctual; by both judges.
  private static func failures(_ module: SampleModule, _ events: [TraceEvent]) -> [UInt64?] {
    var verifier = Verifier(table: module.table)
    var auditor = Auditor(module.table)
    for (position, event) in events.enumerated() {
      verifier.consume(event, position: UInt64(position))
      auditor.consume(event, position: UInt64(position))
    }
    auditor.finish(fileBytes: 10_000)
    return [
      verifier.finish().claim("timer.punctual")?.failures,
      auditor.measures.first { $0.identifier == "timer.punctual" }?.failures,
    ]
  }

  /// The same of one that was armed for an instant, was armed anew at `rearmed` for one much later, and came when first
  /// armed for.
  private static func failures(_ module: SampleModule, armedFor first: UInt64) -> [UInt64?] {
    let arming = TraceEvent(time: 1000, .timerArmed, words: .init(first))
    let anew = TraceEvent(time: rearmed, .timerArmed, words: .init(9_000_000))
    let expiry = TraceEvent(time: first + 100, .timer, operand: 0xFF_0000)
    return failures(module, [arming, anew, expiry])
  }

  @Test func whatExpiresBeforeItIsReplacedMayCome() throws {
    let module = try SampleModule()
    #expect(Self.failures(module, armedFor: Self.rearmed - 1) == [0, 0])
    #expect(Self.failures(module, armedFor: Self.rearmed + 1) == [0, 0])
    #expect(Self.failures(module, armedFor: Self.rearmed + SampleModule.allowance) == [0, 0])
    #expect(Self.failures(module, armedFor: Self.rearmed + SampleModule.allowance + 1) == [1, 1])
  }

  /// The same of one that was armed for 400,000 ns, anew for 700,000 (at `rearmedAt`) and for an instant far away, and
  /// came at the instants given.
  private static func failures(_ module: SampleModule, rearmedAt: UInt64, expiries: [UInt64]) -> [UInt64?] {
    var events = [
      TraceEvent(time: 1000, .timerArmed, words: .init(400_000)),
      TraceEvent(time: rearmedAt, .timerArmed, words: .init(700_000)),
    ]
    for (index, time) in expiries.enumerated() {
      events.append(TraceEvent(time: time, .timer, operand: 0xFF_0000))
      if index == 0 { events.append(TraceEvent(time: time + 100, .timerArmed, words: .init(9_000_000))) }
    }
    return failures(module, events)
  }

  /// The old instant's interrupt waits while the kernel works, is taken right before the new instant, and is told of
  /// right after it: then the new instant's comes too, once. So a capture had it, of pulses 1.3 us apart.
  @Test func whatIsToldForTheOneMayHaveBeenTheOthers() throws {
    let module = try SampleModule()
    #expect(Self.failures(module, rearmedAt: 400_100, expiries: [700_006]) == [0, 0])
    #expect(Self.failures(module, rearmedAt: 400_100, expiries: [700_006, 701_300]) == [0, 0])
    #expect(Self.failures(module, rearmedAt: 400_100, expiries: [700_006, 701_300, 702_000]) == [1, 1])
    // Nothing was on its way when it was armed anew.
    #expect(Self.failures(module, rearmedAt: 2000, expiries: [700_006, 701_300]) == [1, 1])
  }
}

import Testing

@testable import Simulation

/// What a timer's instant goes by, as recorded calls show it.
@Suite struct TimerEvidenceTests {
  private let period = PeriodFollower.Period(number: 1, start: 0, length: 10_000)

  /// Calls at these instants for those.
  private func evidence(_ calls: [(at: UInt64, instant: UInt64)]) -> TimerEvidence {
    var evidence = TimerEvidence()
    for (number, call) in calls.enumerated() {
      let start = UInt64(number) * 10_000
      let period = PeriodFollower.Period(number: UInt64(number), start: start, length: 10_000)
      evidence.note(0, start + call.instant, at: start + call.at, in: period)
    }
    return evidence
  }

  @Test func whoAsksForTheSamePhaseAtDifferentTimesGoesByThePeriod() {
    let evidence = evidence([(300, 10_000), (900, 10_000), (450, 10_000)])
    #expect(evidence.origin(0, 10_000, in: period) == .period)
    #expect(evidence.origin(0, 20_000, in: period) == .period)
    #expect(evidence.origin(1, 10_000, in: period) == .call, "another partition")
    #expect(evidence.origin(0, 10_001, in: period) == .call, "another phase")
  }

  @Test func whoAsksForTheSameDelayGoesByTheCall() {
    let evidence = evidence([(300, 5300), (900, 5900), (450, 5450)])
    #expect(evidence.origin(0, 5300, in: period) == .call)
  }

  /// An upcall between the clock's reading and the call takes less than that.
  @Test func whatIsAlikeInEveryPeriodIsOpen() {
    let evidence = evidence([(300, 5300), (300, 5300), (390, 5300)])
    #expect(evidence.origin(0, 5300, in: period) == .open)
  }

  @Test func anInstantThatIsOverTellsNothing() {
    let evidence = evidence([(300, 200), (900, 200), (300, 200)])
    #expect(evidence.origin(0, 200, in: period) == .call)
  }
}

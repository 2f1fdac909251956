import Testing

@testable import Simulation

@Suite struct PeriodFollowerTests {
  private func period(_ number: UInt64, from start: UInt64, length: UInt64 = 20) -> PeriodFollower.Period {
    .init(number: number, start: start, length: length)
  }

  @Test func anInstantIsAsFarFromThePeriodsStart() {
    let recorded = period(3, from: 1040)
    #expect(period(3, from: 1045).instant(like: 1047, in: recorded) == 1052)
    #expect(period(3, from: 1040).instant(like: 1047, in: recorded) == 1047)
    // Two periods later.
    #expect(period(3, from: 1045).instant(like: 1081, in: recorded) == 1086)
    #expect(period(3, from: 1045).instant(like: 1039, in: recorded) == nil)
  }

  /// A call that comes a little earlier or later is in another period; what it asks for is not.
  @Test func aCallInThePeriodBeforeOrAfterAsksForTheSame() {
    let recorded = period(3, from: 1040)
    #expect(period(4, from: 1065).instant(like: 1060, in: recorded) == 1065)
    #expect(period(2, from: 1025).instant(like: 1060, in: recorded) == 1065)
    // Of no use where so many more have begun.
    #expect(period(6, from: 1100).instant(like: 1060, in: recorded) == 1120)
  }

  @Test func periodsOfAnotherLengthAreCounted() {
    let recorded = period(3, from: 1040)
    #expect(period(2, from: 1050, length: 50).instant(like: 1060, in: recorded) == 1100)
    #expect(period(2, from: 1050, length: 50).instant(like: 1065, in: recorded) == 1105)
    // No phase lies behind a shorter period's end.
    #expect(period(9, from: 1050, length: 3).instant(like: 1059, in: recorded) == 1053)
  }
}

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

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

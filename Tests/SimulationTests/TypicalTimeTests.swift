import Testing

@testable import Simulation

/// What something takes as a rule is no single time that was long for a reason of its own.
@Suite struct TypicalTimeTests {
  @Test func oneLongTimeSaysNothing() {
    var time = TypicalTime()
    #expect(time.nanoseconds == nil)
    time.add(5_340)
    #expect(time.nanoseconds == 5_340)
    for _ in 0..<4 { time.add(380) }
    #expect(time.nanoseconds == 380)
    time.add(9_000)
    #expect(time.nanoseconds == 380)
  }

  @Test func anotherHabitIsLearnt() {
    var time = TypicalTime()
    for _ in 0..<100 { time.add(380) }
    for _ in 0..<5 { time.add(700) }
    #expect(time.nanoseconds == 700)
  }
}

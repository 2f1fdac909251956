import APEXTypes
import Testing

@testable import ModuleCompiler

/// L's longest hypercall, of services that look through what a module file lists.
@Suite struct AllowanceTests {
  /// Any partition may ask for a schedule by its name, and all of them are compared.
  @Test func theSearchForAScheduleIsPartOfTheAllowance() throws {
    let one = try #require(SampleModule.check(SampleModule.text).description)
    func allowance(_ count: Int) -> UInt64 {
      var module = one
      module.schedules = Array(repeating: one.schedules[0], count: count)
      return SwitchAllowance(module).total.count
    }
    let change = UInt64(one.partitions.count) * SwitchAllowance.Cost.shownPromise
    #expect(allowance(3) == allowance(1) + change && allowance(3) == allowance(2), "another call is longer")
    #expect(allowance(200) - allowance(100) == 100 * SwitchAllowance.Cost.comparedSchedule)
  }

  /// Nobody else's ring is marked.
  @Test func theMarksOfAFlightRecordersRingArePartOfTheAllowance() throws {
    let one = try #require(SampleModule.check(SampleModule.text).description)
    var recorder = one
    recorder.trace.ringPolicy = .flightRecorder
    #expect(SwitchAllowance(recorder).total.count == SwitchAllowance(one).total.count + SwitchAllowance.Cost.ringMarks)
  }
}

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

  /// A reset of the module starts every partition anew, besides the two that a window's end and start may.
  @Test func aResetStartsEveryPartition() throws {
    let entry = "<Error_ID_Level ErrorIdentifier=\"9\" ErrorLevel=\"MODULE\"/>"
    let code = "<Error_ID_Level ErrorIdentifier=\"9\" ErrorLevel=\"MODULE\" ErrorCode=\"HARDWARE_FAULT\"/>"
    func allowance(_ action: String) throws -> UInt64 {
      let table =
        "<Module_HM_Table><System_State_Entry SystemState=\"1\">"
        + "<Error_ID_Action ErrorIdentifier=\"9\" Action=\"\(action)\"/></System_State_Entry></Module_HM_Table>"
      let text = SampleModule.text.replacing(entry, with: code)
        .replacing("</System_HM_Table>", with: "</System_HM_Table>\n\(table)")
      return SwitchAllowance(try #require(SampleModule.check(text).description)).total.count
    }
    let one = SwitchAllowance.Cost.restart + SwitchAllowance.Cost.forgottenPort
    #expect(try allowance("RESET") == allowance("SHUTDOWN") + 3 * one, "of three partitions, with a port at most")
  }

  /// Nobody else's ring is marked.
  @Test func theMarksOfAFlightRecordersRingArePartOfTheAllowance() throws {
    let one = try #require(SampleModule.check(SampleModule.text).description)
    var recorder = one
    recorder.trace.ringPolicy = .flightRecorder
    #expect(SwitchAllowance(recorder).total.count == SwitchAllowance(one).total.count + SwitchAllowance.Cost.ringMarks)
  }
}

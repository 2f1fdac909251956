import Foundation
import Testing

@testable import ModuleCompiler

/// The sample module with another `System_HM_Table`.
enum HealthTables {
  static func module(table: String?) -> String {
    let old = SampleModule.text.firstRange(of: /(?s)<System_HM_Table>.*<\/System_HM_Table>/)!
    let tables = table.map { "<System_HM_Table>\($0)</System_HM_Table>" } ?? ""
    return SampleModule.text.replacingCharacters(in: old, with: tables)
      .replacing("<Error_ID_Action ErrorIdentifier=\"3\" Action=\"WARM_START\"/>", with: "")
  }

  static func levels(state: String = "1", _ codes: [String], level: String) -> String {
    let entries = codes.enumerated().map {
      "<Error_ID_Level ErrorIdentifier=\"\($0.offset)\" ErrorLevel=\"\(level)\" ErrorCode=\"\($0.element)\"/>"
    }
    return "<System_State_Entry SystemState=\"\(state)\">\(entries.joined())</System_State_Entry>"
  }

  static let codes = [
    "DEADLINE_MISSED", "APPLICATION_ERROR", "NUMERIC_ERROR", "ILLEGAL_REQUEST", "STACK_OVERFLOW", "MEMORY_VIOLATION",
  ]
}

/// Health-monitor tables that were written for other systems.
@Suite struct ForeignHealthTests {
  @Test func statesAndErrorsOfOtherSystemsHaveNoEffect() throws {
    let table = """
      \(HealthTables.levels(HealthTables.codes, level: "PARTITION"))
      \(HealthTables.levels(state: "0", ["POWER_FAILURE"], level: "MODULE"))
      <System_State_Entry SystemState="4"><Error_ID_Level ErrorIdentifier="13" ErrorLevel="PARTITION"/>
      </System_State_Entry></System_HM_Table>
      <Module_HM_Table><System_State_Entry SystemState="0"><Error_ID_Action ErrorIdentifier="0" Action="RESET"/>
      </System_State_Entry></Module_HM_Table>
      <Partition_HM_Table PartitionIdentifier="30"><System_State_Entry SystemState="4">
      <Error_ID_Action ErrorIdentifier="13" Action="WARM_START"/><Error_ID_Action ErrorIdentifier="99" Action="IDLE"/>
      </System_State_Entry></Partition_HM_Table><System_HM_Table>
      """
    let text = HealthTables.module(table: table).replacing("<System_HM_Table></System_HM_Table>", with: "")
    let report = SampleModule.check(text)
    #expect(report.exitStatus == 0, "\(report.errors)")
    #expect(report.diagnostics.map(\.rule) == [.systemState, .systemState, .systemState, .systemState])
    let module = try #require(report.description)
    #expect(!module.health.mayReset, "nothing restarts the module")
    let knownTable = HealthTables.levels(HealthTables.codes, level: "PARTITION")
    let known = try #require(SampleModule.check(HealthTables.module(table: knownTable)).description)
    #expect(HealthActionTable(module).records == HealthActionTable(known).records)
    #expect(SwitchAllowance(module).total == SwitchAllowance(known).total)
  }
  /// Not even the drainer would start again.
  @Test func anActionForAnErrorWithoutCodeIsToldOfOnce() {
    let text = SampleModule.text.replacing(
      "<Connection_Table>",
      with: "<Partition_HM_Table PartitionIdentifier=\"30\"><System_State_Entry SystemState=\"1\">"
        + "<Error_ID_Action ErrorIdentifier=\"9\" Action=\"COLD_START\"/></System_State_Entry></Partition_HM_Table>"
        + "<Connection_Table>")
    let report = SampleModule.check(text)
    #expect(report.diagnostics.map(\.rule) == [.errorWithoutCode] && report.exitStatus == 0, "\(report.diagnostics)")
    #expect(SampleModule.check(text, strict: true).exitStatus == 1)
  }

  /// What is said of one state must not hide what is wrong in another.
  @Test func levelsThatDifferAreToldOfInEachState() {
    let states = ["1", "2"].map { state in
      """
      <System_State_Entry SystemState="\(state)">
      <Error_ID_Level ErrorIdentifier="3" ErrorLevel="PROCESS" ErrorCode="NUMERIC_ERROR"/>
      <Error_ID_Level ErrorIdentifier="4" ErrorLevel="PARTITION" ErrorCode="NUMERIC_ERROR"/>
      </System_State_Entry>
      """
    }
    let report = SampleModule.check(HealthTables.module(table: states.joined(separator: "\n")))
    let conflicts = report.diagnostics.filter { $0.rule == .conflictingActions }
    #expect(conflicts.count == 2, "\(report.diagnostics)")
    #expect(Set(conflicts.map(\.line)).count == 2)
  }
}

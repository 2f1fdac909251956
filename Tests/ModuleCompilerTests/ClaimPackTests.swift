import APEXTypes
import ModuleConfiguration
import Testing

@testable import ModuleCompiler

/// Claims and bounds of the module file, as `verify` reads them from the table.
@Suite struct ClaimPackTests {
  private static let text = SampleModule.text.replacing(
    "<p:Clocks", with: BrokenModule.claiming(BrokenModule.soundClaim), maxReplacements: 1)

  @Test func theSampleWithClaimsHolds() {
    let report = SampleModule.check(Self.text, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
  }

  @Test func theTableHasTheClaimsOfTheFile() throws {
    let folder = TemporaryFolder()
    let file = folder.write(Self.text, "module.xml")
    _ = folder.write(TinyELF().bytes, "Tiny.elf")
    let packed = try withExtendedLifetime(folder) { try ModuleCompiler.compile(file: file) }
    try packed.withTable { table in
      let claims = (0..<table.count(ClaimRecord.self)).map { table.record(ClaimRecord.self, $0) }
      #expect(
        claims.map { String(decoding: table.name($0.name), as: UTF8.self) } == ["in.after-out_1", "no-faults", "ticks"])
      #expect(claims.map(\.form) == [.within, .never, .atMost])
      #expect(claims.map(\.bound) == [4_000_000, 0, 3])
      #expect(claims[0].first == EventPattern(.portOperation, partition: 0, operand: 0, detail: 1))
      #expect(claims[0].second == EventPattern(.portOperation, partition: 1, operand: 1, detail: 2))
      #expect(claims[1].first == EventPattern(.exception))
      #expect(claims[2].first == EventPattern(.interrupt, operand: 40) && claims[2].second == claims[2].first)
    }
  }

  @Test func aPartitionsSupplyIsBoundByItsIndex() throws {
    let folder = TemporaryFolder()
    let text = SampleModule.text.replacing(
      "Quantity=\"HYPERCALL\" Subject=\"65\"", with: "Quantity=\"PARTITION_SUPPLY\" Subject=\"20\"")
    let file = folder.write(text, "module.xml")
    // The table alone does not need the images.
    let packed = try withExtendedLifetime(folder) { try ModuleCompiler.table(file: file) }
    try packed.withTable { table in
      let budgets = (0..<table.count(BudgetRecord.self)).map { table.record(BudgetRecord.self, $0) }
      #expect(budgets.contains(BudgetRecord(quantity: .partitionSupply, subject: 1, bound: 5000)))
      #expect(table.count(SegmentRecord.self) == 0 && table.partitionCount == 3)
    }
  }

  @Test func aBrokenModuleHasNoTable() {
    let folder = TemporaryFolder()
    let file = folder.write(SampleModule.text.replacing("SOURCE", with: "OUT"), "module.xml")
    #expect(throws: CompilationFailure.self) { try ModuleCompiler.table(file: file) }
  }
}

import APEXTypes
import ModuleConfiguration
import TemporaryFolder
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

  /// No rule relies on another having held: what a claim is about may be there, and be more than a module can have.
  @Test(arguments: [16, 255, 65_504, 65_536, UInt64(Int64.max)])
  func aClaimMayNameALineThatNoControllerHas(_ line: UInt64) {
    let text = Self.text.replacing("Number=\"8\"", with: "Number=\"\(line)\"")
      .replacing("Line=\"8\"", with: "Line=\"\(line)\"")
    let report = SampleModule.check(text)
    #expect(report.errors.contains { $0.rule == .lineNumber }, "\(report.diagnostics)")
    #expect(!report.errors.contains { $0.rule == .claimEvent }, "\(report.diagnostics)")
    #expect(report.exitStatus == 1)
  }

  /// The same of a partition and its port.
  @Test func aClaimMayNameAPartitionOfTooMany() {
    let more = (0..<300).map { number in
      "<Partition PartitionIdentifier=\"\(1000 + number)\" PartitionName=\"P\(number)\" p:Image=\"Tiny\">"
        + "<Sampling_Port Name=\"P\" MaxMessageSize=\"1\" Direction=\"SOURCE\"/></Partition>\n"
    }
    let text = Self.text.replacing(
      "<Partition PartitionIdentifier=\"30\"", with: more.joined() + "<Partition PartitionIdentifier=\"30\""
    ).replacing(
      "<p:Event Kind=\"exception\"/>",
      with: "<p:Event Kind=\"portOperation\" PartitionIdentifier=\"1299\" PortName=\"P\"/>")
    let report = SampleModule.check(text)
    #expect(report.errors.contains { $0.rule == .tooManyPartitions }, "\(report.diagnostics.count)")
    #expect(!report.errors.contains { $0.rule == .claimEvent })
    #expect(report.exitStatus == 1)
  }

  @Test func theTableHasTheClaimsOfTheFile() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(Self.text, to: "module.xml")
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
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

  private static func table(_ text: String) throws -> PackedModule {
    let folder = try TemporaryFolder()
    let file = try folder.write(text, to: "module.xml")
    return try withExtendedLifetime(folder) { try ModuleCompiler.table(file: file) }
  }

  private static func choosing(_ choices: String) -> String {
    SampleModule.text.replacing("<p:Clocks", with: BrokenModule.choosing(choices), maxReplacements: 1)
  }

  @Test func theTableHasTheChoicesOfTheFile() throws {
    let text = Self.choosing(
      """
      <p:Except Claims="upcall.o?der"/><p:Choose Claims="budget.*"/>
      <p:Claim Name="quiet" Form="NEVER"><p:Event Kind="exception"/></p:Claim>
      <p:Choose Claims="upcall"/><p:Choose Claims="custom.quiet"/>
      """)
    let report = SampleModule.check(text, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
    try Self.table(text).withTable { table in
      let choices = (0..<table.count(ClaimChoiceRecord.self)).map { table.record(ClaimChoiceRecord.self, $0) }
      #expect(choices.map(\.kind) == [.choose, .choose, .choose, .except])
      let patterns = choices.map { String(decoding: table.name($0.pattern), as: UTF8.self) }
      #expect(patterns == ["budget.*", "upcall", "custom.quiet", "upcall.o?der"])
      #expect(table.count(ClaimRecord.self) == 1)
    }
  }

  /// Who chooses nothing has the table that he had before there was anything to choose.
  @Test func withoutChoicesThereIsNoSection() throws {
    func words(_ text: String) throws -> [UInt64] {
      let bytes = try Self.table(text).tableBytes
      return bytes.withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
    }
    func sections(_ words: [UInt64]) -> [UInt64] { (0..<Int(words[6])).map { words[8 + $0 * 4] } }
    let plain = try words(SampleModule.text)
    #expect(try words(Self.choosing("")) == plain)
    #expect(!sections(plain).contains(19))
    #expect(sections(try words(Self.choosing("<p:Choose Claims=\"upcall\"/>"))) == sections(plain) + [19])
  }

  @Test func aPartitionsSupplyIsBoundByItsIndex() throws {
    let folder = try TemporaryFolder()
    let text = SampleModule.text.replacing(
      "Quantity=\"HYPERCALL\" Subject=\"65\"", with: "Quantity=\"PARTITION_SUPPLY\" Subject=\"20\"")
    let file = try folder.write(text, to: "module.xml")
    // The table alone does not need the images.
    let packed = try withExtendedLifetime(folder) { try ModuleCompiler.table(file: file) }
    try packed.withTable { table in
      let budgets = (0..<table.count(BudgetRecord.self)).map { table.record(BudgetRecord.self, $0) }
      #expect(budgets.contains(BudgetRecord(quantity: .partitionSupply, subject: 1, bound: 5000)))
      #expect(table.count(SegmentRecord.self) == 0 && table.partitionCount == 3)
    }
  }

  @Test func aBrokenModuleHasNoTable() throws {
    let folder = try TemporaryFolder()
    let file = try folder.write(SampleModule.text.replacing("SOURCE", with: "OUT"), to: "module.xml")
    #expect(throws: CompilationFailure.self) { try ModuleCompiler.table(file: file) }
  }
}

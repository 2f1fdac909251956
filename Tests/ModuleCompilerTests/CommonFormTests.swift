import Testing

@testable import ModuleCompiler

/// What files of other systems have, such as POK's, and what it means here.
@Suite struct CommonFormTests {
  /// READ and WRITE are what most files have; they are the two words that we had.
  @Test(arguments: [("READ_ONLY", false), ("READ", false), ("READ_WRITE", true), ("WRITE", true)])
  func accessOfMemory(_ word: String, _ isWritable: Bool) throws {
    let text = SampleModule.text.replacing(
      "</Partition_Memory>",
      with: "<Memory_Requirements Type=\"DATA\" SizeBytes=\"80000\" Access=\"\(word)\"/></Partition_Memory>")
    let report = SampleModule.check(text, strict: true)
    #expect(report.diagnostics.isEmpty, "\(report.diagnostics)")
    #expect(try #require(report.description).memories[0].regions.map(\.isWritable) == [false, true, isWritable])
  }

  /// A supplier's namespace whose name is no whole URI, as AIR's files have one; and a default one of that kind.
  @Test func namespacesNeedNoWholeURI() {
    let extended = SampleModule.text.replacing(
      "<Connection_Table>", with: "<Extension xmlns:m=\"ModExt\"><m:Part m:Size=\"1\"/></Extension><Connection_Table>")
    let report = SampleModule.check(extended)
    #expect(report.diagnostics.map(\.rule) == [.ignoredElement] && report.exitStatus == 0)
    let named = SampleModule.text.replacing("<ARINC_653_Module ", with: "<ARINC_653_Module xmlns=\"ARINC653\" ")
    #expect(SampleModule.check(named, strict: true).diagnostics.isEmpty)
  }

  @Test func otherWordsForAccessAreRefused() {
    let report = SampleModule.check(SampleModule.text.replacing("Access=\"READ_ONLY\"", with: "Access=\"EXECUTE\""))
    let found = report.errors.filter { $0.rule == .schemaViolation }
    #expect(found.map(\.advice) == ["write one of READ_ONLY, READ_WRITE, READ, WRITE"])
  }

  /// Nobody's tables are told one by one, and nothing else comes of them.
  @Test func emptyHealthTablesHaveNoEffect() throws {
    let text = SampleModule.text.replacing(
      "<Connection_Table>", with: "<Partition_HM_Table/>\n<Partition_HM_Table/>\n<Connection_Table>")
    let report = SampleModule.check(text)
    #expect(report.diagnostics.map(\.rule) == [.unsupported, .unsupported] && report.exitStatus == 0)
    #expect(report.diagnostics.allSatisfy { $0.message.contains("no effect") })
    let plain = try #require(SampleModule.check(SampleModule.text).description)
    #expect(try #require(report.description).health.partitionActions.count == plain.health.partitionActions.count)
  }
}

import TemporaryFolder
import TestSeeds
import Testing

@testable import ModuleCompiler

@Suite struct DocumentTests {
  @Test func vocabularyComesFromTheSchema() {
    let vocabulary = ModuleSchema.shared.vocabulary
    let module = vocabulary.content(ofType: Vocabulary.rootType)
    #expect(module.children["Partition"] == "Partition")
    #expect(module.children["p:Interrupts"] == "p:Interrupts")
    #expect(vocabulary.content(ofType: "Partition").attributes.isSuperset(of: ["PartitionIdentifier", "p:Image"]))
    #expect(vocabulary.content(ofType: "p:Line").children == ["p:Owner": "p:Owner"])
    for (name, content) in vocabulary.contents {
      for type in content.children.values { #expect(vocabulary.contents[type] != nil, "\(name) › \(type)") }
    }
  }

  @Test func entitiesAndNetworkAreOutOfReach() {
    let bomb = """
      <?xml version="1.0"?>
      <!DOCTYPE ARINC_653_Module [
        <!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
        <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">
      ]>
      <ARINC_653_Module ModuleName="&c;">&x;</ARINC_653_Module>
      """
    let report = SampleModule.check(bomb)
    #expect(report.diagnostics.map(\.rule) == [.documentType])
    #expect(report.description == nil)
    let hint = SampleModule.text.replacing(
      "ModuleName=",
      with: "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" "
        + "xsi:noNamespaceSchemaLocation=\"x.xsd\" ModuleName=")
    #expect(SampleModule.check(hint, strict: true).diagnostics.isEmpty)
  }

  /// It is found at every use, and the cause is one line.
  @Test func aPrefixThatIsNotDeclaredIsToldOnce() {
    let text = SampleModule.text.replacing(" xmlns:p=\"urn:partita:module:1\"", with: "")
    let report = SampleModule.check(text)
    #expect(report.diagnostics.map(\.rule) == [.malformedXML] && report.exitStatus == 2, "\(report.diagnostics)")
    #expect(report.diagnostics.first?.line == SampleModule.line(of: "p:Image", in: text))
    #expect(report.diagnostics.first?.advice == "write xmlns:p=\"urn:partita:module:1\" in the root element")
  }

  /// What has our names in no namespace, or in another's, is ignored, and it is said what it would be in ours.
  @Test func namesOfOursInNoNamespaceAreToldByTheirOwn() {
    let bare = SampleModule.check(SampleModule.text.replacing("p:Priority", with: "Priority"))
    #expect(bare.diagnostics.map(\.rule) == [.ignoredAttribute])
    #expect(
      bare.diagnostics.first?.advice
        == "'Process' knows p:Priority, of the namespace 'urn:partita:module:1', and none without")
    let other = SampleModule.check(SampleModule.text.replacing("urn:partita:module:1", with: "urn:partita:module:2"))
    #expect(
      other.diagnostics.contains {
        $0.rule == .ignoredElement && $0.message.contains("'Clocks'")
          && $0.advice == "'ARINC_653_Module' knows p:Clocks, of the namespace 'urn:partita:module:1', and none of "
            + "'urn:partita:module:2'"
      }, "\(other.diagnostics)")
  }

  @Test func commonFormMayHaveANamespace() {
    let spaced = SampleModule.text.replacing("<ARINC_653_Module ", with: "<ARINC_653_Module xmlns=\"urn:arinc\" ")
    #expect(SampleModule.check(spaced, strict: true).diagnostics.isEmpty)
  }

  @Test func linesAreWhereTagsBegin() {
    let text = SampleModule.text
      .replacing("<Sampling_Port Name=\"IN\" ", with: "<Sampling_Port\n\nName=\"IN\"\n")
      .replacing("PortName=\"IN\"", with: "PortName=\"OTHER\"")
    let line = SampleModule.line(of: "<Sampling_Port\n\n", in: text)
    #expect(SampleModule.check(text).errors.contains { $0.rule == .portWithoutChannel && $0.line == line })
  }

  @Test func longFilesKeepTheirLines() {
    let text = SampleModule.text.replacing(
      "<Connection_Table>", with: String(repeating: "\n", count: 70_000) + "<Connection_Table>"
    )
    .replacing("PortName=\"IN\"", with: "PortName=\"INN\"")
    let line = SampleModule.line(of: "INN", in: text)
    #expect(line > 65_536)
    #expect(SampleModule.check(text).errors.contains { $0.rule == .unknownPort && $0.line == line })
  }

  /// Mutated files are checked, and where they hold also packed, without a crash.
  @Test func survivesMutation() throws {
    let seed = TestSeed.draw()
    print("DocumentTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let original = Array(SampleModule.text.utf8)
    let folder = try TemporaryFolder()
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
    let digits = Array("0123456789xX.-\"<>/& ".utf8)
    let places = original.indices.filter { original[$0] >= 0x30 && original[$0] <= 0x39 }
    var statuses: [Int32: Int] = [:]
    for _ in 0..<3000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[.random(in: 0..<bytes.count, using: &generator)] = .random(in: 0...255, using: &generator)
        case 1: bytes.remove(at: .random(in: 0..<bytes.count, using: &generator))
        case 2:
          let start = Int.random(in: 0..<bytes.count, using: &generator)
          let piece = bytes[start..<min(bytes.count, start + .random(in: 1...200, using: &generator))]
          bytes.insert(contentsOf: piece, at: .random(in: 0...bytes.count, using: &generator))
        default:
          let place = min(places.randomElement(using: &generator)!, bytes.count - 1)
          bytes[place] = digits.randomElement(using: &generator)!
        }
      }
      let file = try folder.write(bytes, to: "module.xml")
      let report = ModuleCompiler.check(file: file)
      statuses[report.exitStatus, default: 0] += 1
      #expect(report.exitStatus == 0 || !report.errors.isEmpty)
      #expect(report.exitStatus != 0 || report.description != nil)
      guard report.exitStatus == 0 else { continue }
      do {
        try ModuleCompiler.compile(file: file).withTable { _ in }
      } catch let failure as CompilationFailure {
        #expect(failure.report.errors.allSatisfy { $0.rule == .imageNotFound })
      }
    }
    #expect(statuses.keys.sorted() == [0, 1, 2], "\(statuses)")
  }
}

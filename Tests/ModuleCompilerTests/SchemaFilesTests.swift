import CLibXML2
import Foundation
import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// The schema as files: what others validate by is what `partita check` validates by.
@Suite struct SchemaFilesTests {
  private static let package: String = {
    var folder = #filePath as NSString
    for _ in 0..<3 { folder = folder.deletingLastPathComponent as NSString }
    return folder as String
  }()

  /// Whether a validator that knows nothing of us accepts a document, by the files alone.
  private static func accepts(_ document: String, schema: String) throws -> Bool {
    let context = try #require(xmlSchemaNewParserCtxt(schema))
    defer { xmlSchemaFreeParserCtxt(context) }
    let parsed = try #require(xmlSchemaParse(context), "\(schema) is a schema by itself")
    defer { xmlSchemaFree(parsed) }
    let validator = try #require(xmlSchemaNewValidCtxt(parsed))
    defer { xmlSchemaFreeValidCtxt(validator) }
    let tree = try #require(xmlReadMemory(document, Int32(document.utf8.count), "module.xml", nil, 0))
    defer { xmlFreeDoc(tree) }
    return xmlSchemaValidateDoc(validator, tree) == 0
  }

  @Test func theShippedModulesAreValidByTheFilesAlone() throws {
    let folder = try TemporaryFolder()
    for file in ModuleSchemaFiles.all { try folder.write(file.text, to: file.name) }
    let schema = "\(folder.path)/\(ModuleSchemaFiles.common)"
    let modules = Self.package + "/Kernel/Modules"
    let names = try FileManager.default.contentsOfDirectory(atPath: modules)
      .filter { FileManager.default.fileExists(atPath: "\(modules)/\($0)/module.xml") }
    #expect(names.count >= 7)
    for name in names {
      let text = try String(contentsOfFile: "\(modules)/\(name)/module.xml", encoding: .utf8)
      #expect(try Self.accepts(text, schema: schema), "\(name)")
      // An element that no file has, and a number that is none: both schemas are looked into.
      let foreign = text.replacing("<Module_Schedule ", with: "<Nonsense/><Module_Schedule ")
      #expect(foreign != text)
      #expect(try !Self.accepts(foreign, schema: schema), "\(name)")
      let wrong = text.replacing("p:Drainer=\"true\"", with: "p:Drainer=\"perhaps\"")
      #expect(wrong != text)
      #expect(try !Self.accepts(wrong, schema: schema), "\(name)")
    }
  }

  @Test func blanksAroundValuesAreValidByTheFilesToo() throws {
    let folder = try TemporaryFolder()
    for file in ModuleSchemaFiles.all { try folder.write(file.text, to: file.name) }
    let schema = "\(folder.path)/\(ModuleSchemaFiles.common)"
    #expect(try Self.accepts(BlanksTests.spaced, schema: schema))
    let wrong = BlanksTests.spaced.replacing("&#9;0.01&#10;", with: "&#9;0. 01&#10;")
    #expect(wrong != BlanksTests.spaced)
    #expect(try !Self.accepts(wrong, schema: schema))
  }

  @Test func namesThatCheckAcceptsAreThoseThatPartitionsCanUse() {
    for (length, isFine) in [(30, true), (31, true), (32, true), (33, false)] {
      let name = String(repeating: "N", count: length)
      // The port's own, and that of the channel which leads from it.
      let report = SampleModule.check(SampleModule.text.replacing("Name=\"OUT\"", with: "Name=\"\(name)\""))
      let tooLong = report.errors.filter { $0.rule == .nameTooLong }
      #expect(!isFine || report.exitStatus == 0, "\(report.errors)")
      #expect(tooLong.isEmpty == isFine, "\(length): \(tooLong)")
    }
  }
}

import CommandFolder
import Foundation
import Testing

/// `partita schema`: two files, written whole or not at all.
@Suite struct SchemaCommandTests {
  private static let files = ["partita-extensions.xsd", "partita-module.xsd"]

  @Test func theFilesAreWrittenAndNothingIsOverwritten() throws {
    let folder = try CommandFolder()
    let first = try folder.run("schema", "-o", "schemas")
    #expect(first.ending == .status(0), "\(first.errors)")
    #expect(first.output == "schemas/partita-module.xsd\nschemas/partita-extensions.xsd\n")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("schemas")).sorted()
    #expect(names == Self.files)
    try Data("mine".utf8).write(to: URL(fileURLWithPath: folder.file("schemas/partita-extensions.xsd")))
    let second = try folder.run("schema", "-o", "schemas")
    #expect(second.ending == .status(2) && second.errors.contains("--force"), "\(second.errors)")
    let kept = try String(contentsOfFile: folder.file("schemas/partita-extensions.xsd"), encoding: .utf8)
    #expect(kept == "mine")
    #expect(try folder.run("schema", "-o", "schemas", "--force").ending == .status(0))
  }

  @Test func whatCannotBeWrittenLeavesNothing() throws {
    let folder = try CommandFolder()
    try folder.write([1], to: "file")
    for output in ["nowhere/schemas", "file", "/dev/null", "-/x"] {
      let run = try folder.run("schema", "-o", output)
      let isTold = ["partita: ", "Error: "].contains { run.errors.hasPrefix($0) }
      #expect(run.ending == .status(2) && isTold, "\(output): \(run.errors)")
    }
    #expect(folder.names == ["file"])
  }

  /// It is not the root.
  @Test(arguments: [[], ["--force"]]) func anEmptyNameIsRefused(force: [String]) throws {
    let folder = try CommandFolder()
    let run = try folder.run(["schema", "-o", ""] + force)
    #expect(run.ending == .status(2) && run.output == "", "\(run.output)")
    #expect(run.errors == "partita: '' is no name of a folder; name one after -o\n")
    #expect(folder.names == [])
  }
}

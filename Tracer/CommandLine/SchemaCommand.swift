import ArgumentParser
import Foundation
import ModuleCompiler
import Outputs

/// `partita schema`: the schema of module files, for other people's tools.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Writes the XML schema of module files, for editors and validators.",
    discussion: """
      Two files: \(ModuleSchemaFiles.common), to be named, and \(ModuleSchemaFiles.extensions), which it imports, with \
      the elements and attributes of the namespace urn:partita:module:1. They are what 'partita check' validates by; \
      what it says beyond them are rules of meaning, which no schema can express.

      Exit status: 0 written, 2 bad usage, or the files cannot be written.

      Examples:
        partita schema -o schemas
        xmllint --noout --schema schemas/\(ModuleSchemaFiles.common) module.xml
      """)

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("The folder for both files; it is made if it is not there.", valueName: "folder"),
    completion: .directory)
  var output: String

  @Flag(help: "Replace the files if they exist, but never a program (ELF).")
  var force = false

  func run() throws {
    // Without a name the files' own would be in the root; and they are two, which standard output cannot take.
    guard !output.isEmpty, output != "-" else {
      TraceCommand.complain("'\(output)' is no name of a folder; name one after -o")
      throw ExitCode(2)
    }
    let isNew = mkdir(output, 0o777) == 0
    do throws(OutputFile.Failure) {
      let files = ModuleSchemaFiles.all.map { (path: "\(output)/\($0.name)", text: $0.text) }
      for file in files { try OutputFile.examine(file.path, replacing: force) }
      for file in files { try OutputFile.write(Array(file.text.utf8), to: file.path, replacing: force) }
      print(files.map(\.path).joined(separator: "\n"))
    } catch {
      if isNew { try? FileManager.default.removeItem(atPath: output) }
      TraceCommand.complain("\(error)")
      throw ExitCode(2)
    }
  }
}

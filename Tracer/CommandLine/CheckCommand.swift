import ArgumentParser
import Foundation
import ModuleCompiler

/// `partita check`: says whether a module file can run as it is.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Validates a module file: schema, then meaning.",
    discussion: """
      Every error comes with file, line, what is wrong and what would be right; all of them at once. A warning that
      comes again and again is told three times and then counted; --format json has all.

      Exit status: 0 the module holds, 1 it violates a rule of meaning, 2 the file cannot be read or is not valid XML.

      Examples:
        partita check module.xml
        partita check module.xml --images .build/images --strict
        partita check module.xml --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  @Argument(help: "The module file.", completion: .file())
  var module: String

  @Flag(help: "Treat warnings as errors, such as elements that are not known.")
  var strict = false

  @Option(help: "text, or json with every finding and the summary.")
  var format = Format.text

  @Option(
    name: .customLong("images"), help: "A directory with partition images; may be repeated.", completion: .directory)
  var imageDirectories: [String] = []

  func run() throws {
    try ImageFolders.require(imageDirectories)
    let report = ModuleCompiler.check(
      file: module, options: .init(isStrict: strict, imageDirectories: imageDirectories))
    switch format {
    case .text:
      ModuleFindings.tell(report.diagnostics)
      if report.exitStatus == 0, let description = report.description {
        print(ModuleSummary(description).text, terminator: "")
      } else {
        let count = report.errors.count
        TraceCommand.complain("\(module): \(count) error\(count == 1 ? "" : "s")")
      }
    case .json:
      print(try ModuleSummary.json(of: report))
    }
    if report.exitStatus != 0 { throw ExitCode(report.exitStatus) }
  }
}

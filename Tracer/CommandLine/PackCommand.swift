import ArgumentParser
import Foundation
import ModuleCompiler
import Outputs

/// `partita pack`: writes the module image that the kernel boots with.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Packs a module file and its partitions' images into a module image.",
    discussion: """
      Exit status: 0 written, 1 the module violates a rule, 2 bad input, or the output cannot be written.

      Examples:
        partita pack module.xml -o module.img
        partita pack module.xml --images .build/images -o module.img --force
        partita pack module.xml --stimulus stimulus.txt -o played.img
      """)

  @Argument(help: "The module file.", completion: .file())
  var module: String

  @Option(name: [.short, .customLong("output")], help: "The module image to write.", completion: .file())
  var output: String

  @Option(
    help: "A stimulus file to pack with the module: what arrives from outside, at virtual instants.",
    completion: .file())
  var stimulus: String?

  @Flag(help: "Treat warnings as errors.")
  var strict = false

  @Flag(help: "Replace the output if it exists, but never a program (ELF).")
  var force = false

  @Option(
    name: .customLong("images"), help: "A directory with partition images; may be repeated.", completion: .directory)
  var imageDirectories: [String] = []

  func run() throws {
    try ImageFolders.require(imageDirectories)
    try TraceCommand.keepApart(output, from: [module, stimulus])
    let options = ModuleCompiler.Options(
      isStrict: strict, imageDirectories: imageDirectories, stimulusFile: stimulus)
    do {
      let packed = try ModuleCompiler.compile(file: module, options: options)
      ModuleFindings.tell(packed.diagnostics)
      try OutputFile.write(packed.imageBytes, to: output, replacing: force)
      print("\(output): \(packed.imageBytes.count) bytes, \(packed.tableByteCount) of them the module table")
    } catch let failure as CompilationFailure {
      ModuleFindings.tell(failure.report.diagnostics)
      throw ExitCode(failure.report.exitStatus)
    } catch let failure as OutputFile.Failure {
      TraceCommand.complain("\(failure)")
      throw ExitCode(2)
    }
  }
}

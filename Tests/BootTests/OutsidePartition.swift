import CommandFolder
import Foundation
import Testing

/// Partitions that `Tools/build-partition` builds in a folder of their own, outside the tree.
enum OutsidePartition {
  /// Calls the script; what it says by standard error is in the text too.
  static func build(_ arguments: String..., in folder: CommandFolder) throws -> (status: Int32, text: String) {
    try build(arguments, in: folder)
  }

  static func build(_ arguments: [String], in folder: CommandFolder) throws -> (status: Int32, text: String) {
    let script = CommandFolder.package + "/Tools/build-partition"
    return try folder.run("/bin/bash", ["-c", "exec \"$0\" \"$@\" 2>&1", script] + arguments)
  }

  /// Writes the template's module, with `source` in the place of the template's.
  static func begin(_ folder: CommandFolder, source: String? = nil) throws {
    let begun = try build("--new", "Nav", "nav", in: folder)
    try #require(begun.status == 0, "\(begun.text)")
    if let source { try folder.write(Array(source.utf8), to: "nav/main.c") }
  }

  /// Builds `source` with options, and boots it in the template's module.
  static func run(
    _ source: String, options: [String] = [], milliseconds: UInt64 = 200
  ) throws -> CapturedRun {
    let folder = try CommandFolder()
    try begin(folder, source: source)
    let built = try build(["--name", "Nav"] + options + ["nav/main.c"], in: folder)
    try #require(built.status == 0, "\(built.text)")
    var module = ModuleVariant(
      description: try String(contentsOfFile: folder.file("nav/module.xml"), encoding: .utf8), stimulus: "")
    module.images["Nav"] = Array(try Data(contentsOf: folder.url("Nav.elf")))
    return try CapturedRun.capture(module, milliseconds: milliseconds)
  }
}
